import Accounts
import Composition
import Database
import RADIUSPipeline
import ServicePlans
import TestSupport
import Testing
import WebRouting

@testable import AccessPolicy

/// Plans and quotas: who changed what is written down with the change, and only with it.
@Suite struct LimitAuditTests {
    typealias Engine = TestDatabase.Engine
    private static let alice = ChangeAuthor(name: "command line (alice)")

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, Organization) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            try ChangeAuthor.$current.withValue(Self.alice) { try body(connection, cafe) }
        }
    }

    private static func row(_ action: String, _ label: String, before: String = "NULL", after: String = "NULL", in organization: String)
        -> AuditRow
    {
        AuditRow(alice.name, action, label, before: before, after: after, organization: organization)
    }

    @Test(arguments: Engine.available) func `changes of plans`(_ engine: Engine) throws {
        try with(engine) { connection, cafe in
            let changes = PlanChanges(connection)
            var gold = PlanRow(name: "gold", description: "Rooms", sessionLimit: 3, organizationID: cafe.id)
            gold.terms.downRate = 8
            gold.terms.vlan = .name("guests")
            try changes.add(gold, at: 0)
            let all = #"{"name":"gold","description":"Rooms","organization":"\#(cafe.id)","sessions":3,"down_rate":8,"vlan":"guests"}"#
            #expect(try connection.auditRows() == [Self.row("added plan", "gold", after: all, in: cafe.id)])

            #expect(throws: QuotaError.planExists("gold")) { try changes.add(gold, at: 0) }
            #expect(throws: QuotaError.planUnknown("iron")) { try changes.set(PlanRow(name: "iron")) }
            #expect(throws: QuotaError.planUnknown("iron")) { try changes.remove("iron", force: false) }
            try changes.set(gold)
            #expect(try connection.auditRows().count == 1)

            gold.terms.downRate = 16
            gold.terms.vlan = nil
            gold.sessionLimit = nil
            try changes.set(gold)
            let change = Self.row(
                "changed plan", "gold", before: #"{"sessions":3,"down_rate":8,"vlan":"guests"}"#,
                after: #"{"sessions":null,"down_rate":16}"#,
                in: cafe.id)
            #expect(try connection.auditRows().last == change)

            // Its quota goes with it; both are told.
            let id = try QuotaChanges(connection).add(
                Quota(id: "", measure: .time, period: .days(1), limit: 60), for: .plan, "gold", at: 0)
            try connection.script("INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Radian-Plan', ':=', 'gold')")
            #expect(throws: QuotaError.planInUse("gold", by: "user bob")) { try changes.remove("gold", force: false) }
            #expect(try connection.auditRows().count == 3)
            try changes.remove("gold", force: true)
            let rows = try connection.auditRows()
            #expect(rows.map(\.action) == ["added plan", "changed plan", "added quota", "removed quota", "removed plan"])
            #expect(rows[3].label == "quota \(id) of plan gold" && rows[3].before == rows[2].after)
            let last = #"{"name":"gold","description":"Rooms","organization":"\#(cafe.id)","sessions":null,"down_rate":16}"#
            #expect(rows[4] == Self.row("removed plan", "gold", before: last, in: cafe.id))

            try changes.add(gold, at: 0)
            try connection.dropAudit()
            #expect(throws: DatabaseError.self) { try changes.add(PlanRow(name: "iron"), at: 0) }
            #expect(throws: DatabaseError.self) { try changes.remove("gold", force: true) }
            #expect(try PlanStore(connection).all() == [gold])
        }
    }

    @Test(arguments: Engine.available) func `changes of quotas`(_ engine: Engine) throws {
        try with(engine) { connection, cafe in
            let bob = User(username: "bob")
            try UserStore(connection).add(bob)
            let changes = QuotaChanges(connection)
            var terms = PlanTerms()
            terms.downRate = 64_000
            let first = try changes.add(
                Quota(id: "", measure: .octets, period: .days(1), limit: 100, exhaustion: .throttle(terms), organizationID: cafe.id),
                for: .user, "bob", at: 0)
            let second = try changes.add(
                Quota(id: "", measure: .time, period: .total, limit: 60, exhaustion: .plan("slow")), for: .group, "staff", at: 0)
            #expect(throws: QuotaError.quotaUnknown(second + 1)) { try changes.remove(second + 1) }
            try changes.remove(first)
            #expect(throws: QuotaError.quotaUnknown(first)) { try changes.remove(first) }
            let ofBob =
                #"{"for":"user bob","measure":"octets","period":"daily","limit":100,"organization":"\#(cafe.id)","action":"throttle","down_rate":64000}"#
            let ofStaff =
                #"{"for":"group staff","measure":"time","period":"never","limit":60,"organization":null,"action":"plan","plan":"slow"}"#
            #expect(
                try connection.auditRows() == [
                    Self.row("added quota", "quota \(first) of user bob", after: ofBob, in: cafe.id),
                    Self.row("added quota", "quota \(second) of group staff", after: ofStaff, in: "NULL"),
                    Self.row("removed quota", "quota \(first) of user bob", before: ofBob, in: cafe.id),
                ])
            // What is about a user is in the user's history.
            #expect(try connection.table("SELECT user_id FROM radian_audit ORDER BY id") == [[bob.id], ["NULL"], [bob.id]])

            try connection.dropAudit()
            #expect(throws: DatabaseError.self) { try changes.remove(second) }
            #expect(throws: DatabaseError.self) {
                try changes.add(Quota(id: "", measure: .time, period: .total, limit: 1), for: .user, "bob", at: 0)
            }
            #expect(try QuotaStore(connection).quotas().map(\.id) == [second])
        }
    }
}
