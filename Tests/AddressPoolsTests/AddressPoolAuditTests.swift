import Accounts
import Database
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing
import WebRouting

@testable import AddressPools

/// Pools: who changed what is written down with the change, and only with it.
@Suite struct AddressPoolAuditTests {
    @Test(arguments: Engine.available) func `changes of pools`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            try Migrator([AccountsModule.migrations, AddressPoolsModule.migrations]).migrate(connection)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            let changes = AddressPoolChanges(connection)
            let ranges = try AddressRanges("10.0.0.1-10.0.0.9, 10.0.1.0/24", kind: .ipv4)
            let home = AddressPool(name: "home", kind: .ipv4, ranges: ranges, leaseSeconds: 600, organizationID: cafe.id)
            let prefixes = try AddressRanges("2001:db8:100::/40", kind: .delegatedPrefix, length: 56)
            let alice = ChangeAuthor(name: "command line (alice)")
            try ChangeAuthor.$current.withValue(alice) {
                try changes.add(home, at: 0)
                try changes.add(AddressPool(name: "home6", kind: .delegatedPrefix, ranges: prefixes, leaseSeconds: 60), at: 0)
                #expect(throws: AddressPoolError.exists("home")) { try changes.add(home, at: 0) }
                #expect(throws: AddressPoolError.unknown("none")) { try changes.remove("none", force: true, at: 0) }
                try connection.script(
                    """
                    INSERT INTO radian_lease (pool, address, nas, pool_key, username, station, expires, changed)
                        VALUES ('home', '10.0.0.1', '192.0.2.1', 'k', 'bob', 's', 100, 1)
                    """)
                #expect(throws: AddressPoolError.inUse("home", leases: 1)) { try changes.remove("home", force: false, at: 50) }
                try changes.remove("home", force: true, at: 50)
            }
            let ofHome =
                #"{"name":"home","kind":"ipv4","ranges":"10.0.0.1-10.0.0.9, 10.0.1.0/24","length":32,"lease_seconds":600,"organization":"\#(cafe.id)"}"#
            let ofHome6 =
                #"{"name":"home6","kind":"delegated-prefix","ranges":"2001:db8:100::/40","length":56,"lease_seconds":60,"organization":null}"#
            #expect(
                try connection.auditRows() == [
                    AuditRow(alice.name, "added address pool", "home", after: ofHome, organization: cafe.id),
                    AuditRow(alice.name, "added address pool", "home6", after: ofHome6),
                    AuditRow(alice.name, "removed address pool", "home", before: ofHome, organization: cafe.id),
                ])

            try connection.dropAudit()
            #expect(throws: DatabaseError.self) { try changes.add(home, at: 0) }
            #expect(throws: DatabaseError.self) { try changes.remove("home6", force: true, at: 0) }
            #expect(try AddressPoolStore(connection).all().map(\.name) == ["home6"])
        }
    }
}
