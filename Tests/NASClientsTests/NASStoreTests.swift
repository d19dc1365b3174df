import Accounts
import Database
@testable import NASClients
import RADIUSTransport
import RADIUSWire
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

@Suite struct NASLinkSettingsTests {
    @Test(arguments: Engine.available) func `certificates, keys and limits come back as they were added`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            var certified = NASLinkSettings()
            certified.transports = [.tls, .dtls]
            certified.certificate = .dns("ap1.example.org")
            certified.limits.maximumLinks = 3
            certified.limits.lifetime = .seconds(60)
            certified.limits.idleTimeout = nil
            try store.add(name: "certified", address: nil, secret: nil, links: certified)
            var keyed = NASLinkSettings()
            keyed.transports = [.tls]
            keyed.preSharedKey = NASPreSharedKey(identity: "ap2", key: [UInt8](repeating: 7, count: 16))
            try store.add(name: "keyed", address: "192.0.2.0/24", secret: nil, links: keyed)
            try store.add(name: "plain", address: "192.0.2.1", secret: "s")
            let clients = try store.clients { Issue.record("\($0)") }
            #expect(clients.map(\.name) == ["certified", "keyed", "plain"])
            #expect(clients.map(\.transports) == [[.tls, .dtls], [.tls], [.udp, .tcp]])
            #expect(clients[0].certificate == .dns("ap1.example.org") && clients[0].linkLimits == certified.limits)
            #expect(clients[1].preSharedKey == keyed.preSharedKey && clients[2].linkLimits == LinkLimits())
            #expect(clients[0].secret != clients[1].secret)
            #expect(try store.all().map(\.transports) == ["tls,dtls", "tls", "udp,tcp"])
        }
    }

    @Test(arguments: Engine.available) func `several secrets for one address`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            try store.add(name: "a", address: "192.0.2.1", secret: "s")
            #expect(throws: NASError.exists(name: "b")) { try store.add(name: "b", address: "192.0.2.1", secret: "t") }
            try store.add(name: "b", address: "192.0.2.1", secret: "t", sharesAddress: true)
            var named = NASLinkSettings()
            named.nasIdentifier = "ap-3"
            try store.add(name: "c", address: "192.0.2.1", secret: "u", links: named)
            let table = NASTable(try store.clients { Issue.record("\($0)") })
            let address = try #require(IPAddress("192.0.2.1"))
            #expect(table.clients(for: address, over: .udp).map(\.name) == ["a", "b", "c"])
        }
    }

    @Test(arguments: Engine.available, [("transports", "tls,carrier-pigeon"), ("certificate", "dns"), ("psk_identity", "ap")])
    func `a row that cannot be understood serves nobody`(_ engine: Engine, _ column: (name: String, value: String)) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try NASStore(connection).add(name: "a", address: "192.0.2.1", secret: "s")
            try connection.script("UPDATE nas SET \(column.name) = '\(column.value)'")
            var problems = 0
            #expect(try NASStore(connection).clients { _ in problems += 1 }.isEmpty)
            #expect(problems == 1)
        }
    }

    @Test func `lists of transports`() {
        #expect(NASLinkSettings.transports("any") == Set(NASTransport.allCases))
        #expect(NASLinkSettings.transports("tls") == [.tls])
        #expect(NASLinkSettings.transports("udp, tcp") == [.udp, .tcp])
        #expect(NASLinkSettings.transports("dtls tls") == [.tls, .dtls])
        for text in ["", "tls,x", "any,tls"] { #expect(NASLinkSettings.transports(text) == nil) }
    }

    @Test(arguments: [
        "any", "dns:ap1.example.org", "dns:*.example.org", "ip:192.0.2.1", "ip:2001:db8::1", "uri:urn:x", "cn:ap1", "realm:example.org",
        "sha256:" + String(repeating: "0a", count: 32),
    ])
    func `rules of certificates are their texts`(_ text: String) throws {
        #expect(try #require(CertificateRule(text)).description == text)
    }

    @Test(arguments: ["", "dns:", "ip:example.org", "sha256:0a", "sha256:" + String(repeating: "zz", count: 32), "ap1.example.org", "x:y"])
    func `anything else is no rule`(_ text: String) {
        #expect(CertificateRule(text) == nil)
    }
}
