import Accounts
import Composition
import Database
import TestSupport
import Testing
import WebRouting

@testable import AccessPolicy

/// Rules: who changed what is written down with the change, and only with it.
@Suite struct RuleAuditTests {
    typealias Engine = TestDatabase.Engine

    @Test(arguments: Engine.available) func `changes of rules`(_ engine: Engine) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            let alice = ChangeAuthor(name: "command line (alice)")
            try ChangeAuthor.$current.withValue(alice) { try change(RuleChanges(connection), of: cafe, connection) }
            let rows = try connection.auditRows()
            #expect(rows.allSatisfy { $0.actor == alice.name })
            #expect(
                rows.map { "\($0.action) \($0.label)" } == [
                    "added rule a", "added rule b", "added rule c", "changed rule c", "removed rule a",
                ])
            #expect(rows.map(\.organization) == ["NULL", cafe.id, "NULL", "NULL", "NULL"])
            #expect(rows[0].after == #"{"name":"a","organization":null,"place":1,"then":{"vlan":"30"}}"#)
            #expect(
                rows[1].after
                    == #"{"name":"b","organization":"\#(cafe.id)","place":1,"when":{"ssid":["x","y"],"attribute":"Cleartext-Password ***"},"then":{"set":{"Tunnel-Password":"***","Class":"gold"},"add":{"Cisco-AVPair":["***","psk-mode=ascii"]}}}"#
            )
            #expect(rows[3].before == #"{"place":3}"# && rows[3].after == #"{"place":1}"#)
            #expect(rows[4].before == #"{"name":"a","organization":null,"place":3,"then":{"vlan":"30"}}"# && rows[4].after == "NULL")
            #expect(!"\(rows)".contains("hush"))

            try connection.dropAudit()
            let changes = RuleChanges(connection)
            #expect(throws: DatabaseError.self) { try changes.remove("b") }
            #expect(throws: DatabaseError.self) { try changes.move("b", before: "c") }
            #expect(throws: DatabaseError.self) { try changes.add(name: "d", definition: "then: {vlan: 1}", organizationID: nil) }
            #expect(try RuleStore(connection).all().map(\.name) == ["c", "b"])
        }
    }

    private func change(_ changes: RuleChanges, of cafe: Organization, _ connection: any DatabaseConnection) throws {
        try changes.add(name: "a", definition: "then: {vlan: 30}", organizationID: nil)
        let secret = """
            when: {ssid: [x, y], attribute: 'Cleartext-Password == hush'}
            then:
              set: {Tunnel-Password: hush, Class: gold}
              add: {Cisco-AVPair: [psk=hush, psk-mode=ascii]}
            """
        try changes.add(name: "b", definition: secret, organizationID: cafe.id, before: "a")
        try changes.add(name: "c", definition: "then: {vlan: 1}", organizationID: nil)
        try changes.move("c", before: "b")
        // Where they are already.
        try changes.move("c", before: "b")
        try changes.move("a", before: nil)
        #expect(throws: RuleError.exists("a")) { try changes.add(name: "a", definition: "then: {vlan: 1}", organizationID: nil) }
        #expect(throws: RuleError.unknown("x")) { try changes.move("a", before: "x") }
        #expect(throws: RuleError.unknown("x")) { try changes.remove("x") }
        #expect(throws: RuleError.unknown("x")) {
            try changes.add(name: "d", definition: "then: {vlan: 1}", organizationID: nil, before: "x")
        }
        #expect(try RuleStore(connection).all().map(\.name) == ["c", "b", "a"])
        try changes.remove("a")
    }
}
