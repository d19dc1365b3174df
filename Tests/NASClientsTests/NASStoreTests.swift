import Accounts
import Database
import NASClients
import TestSupport
import Testing

@Suite struct NASStoreTests {
    @Test(arguments: Engine.available) func `a device comes back as it was added`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let school = Organization(name: "School", slug: "school")
            try OrganizationStore(connection).add(school)
            let store = NASStore(connection)
            try store.add(
                name: "office", address: "192.0.2.0/24", secret: "s", type: "mikrotik", organizationID: school.id, comment: "first 'floor'")
            try store.add(name: "branch", address: "2001:db8::1", secret: "0xdeadbeef")
            let devices = try store.all()
            #expect(devices.map(\.name) == ["branch", "office"])
            #expect(devices.map(\.address) == ["2001:db8::1", "192.0.2.0/24"])
            #expect(devices.map(\.type) == ["other", "mikrotik"])
            #expect(devices.map(\.organization) == [nil, "school"])
            #expect(devices.map(\.comment) == [nil, "first 'floor'"])
            #expect(devices.map(\.requireMessageAuthenticator) == ["auto", "auto"])
            #expect(devices.map(\.limitProxyState) == ["auto", "auto"])
        }
    }

    @Test(arguments: Engine.available) func `a wrong address or secret is refused`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            for address in ["", "office", "192.0.2.256", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/"] {
                #expect(throws: NASError.invalidAddress(address)) { try store.add(name: "n", address: address, secret: "s") }
            }
            #expect(throws: NASError.invalidSecret) { try store.add(name: "n", address: "192.0.2.1", secret: "") }
            #expect(try store.all() == [])
        }
    }

    @Test(arguments: Engine.available) func `name and address are unique within an organization`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let school = Organization(name: "School", slug: "school")
            try OrganizationStore(connection).add(school)
            let store = NASStore(connection)
            try store.add(name: "a", address: "192.0.2.1", secret: "s")
            #expect(throws: NASError.exists(name: "a")) { try store.add(name: "a", address: "192.0.2.2", secret: "s") }
            #expect(throws: NASError.exists(name: "b")) { try store.add(name: "b", address: "192.0.2.1", secret: "s") }
            try store.add(name: "a", address: "192.0.2.3", secret: "s", organizationID: school.id)
            #expect(throws: NASError.exists(name: "a")) {
                try store.add(name: "a", address: "192.0.2.4", secret: "s", organizationID: school.id)
            }
            #expect(try store.all().count == 2)
        }
    }

    @Test(arguments: Engine.available) func `removing, by name or address`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            try store.add(name: "a", address: "192.0.2.1", secret: "s")
            try store.add(name: "b", address: "192.0.2.2", secret: "s")
            try store.remove("a")
            try store.remove("192.0.2.2")
            #expect(try store.all() == [])
            #expect(throws: NASError.unknown(name: "a")) { try store.remove("a") }
        }
    }
}
