import Accounts
import Batches
import Database
import Digests
import Foundation
import OrganizationSettings
import TestSupport
import Testing
import WebRouting

@testable import MigrationSources

/// An OpenWISP database in every shape, on both engines.
@Suite struct OpenWISPTests {
    typealias Engine = TestDatabase.Engine
    typealias F = OpenWISPFixture

    enum Shape: String, CaseIterable {
        case copy, inserts, fixture, file, live
    }

    static let cases = Engine.available.flatMap { engine in
        Shape.allCases.filter { $0 != .live || Engine.postgres.isAvailable }.map { (engine, $0) }
    }

    /// Gives the fixture in one shape to the body.
    private func with(_ shape: Shape, _ place: Place, _ body: (String) throws -> Void) throws {
        switch shape {
        case .copy: try body(place.file("dump.sql", F.copyDump))
        case .inserts: try body(place.file("dump.sql", F.script(isSQLite: false)))
        case .fixture: try body(place.file("dump.json", F.fixture()))
        case .file:
            let path = place.directory.appendingPathComponent("db.sqlite3").path
            try Place.engines.newFile(path).connect(.general).script(F.script(isSQLite: true))
            try body(path)
        case .live:
            try TestDatabase.with(.postgres) { source in
                try source.engine.connect(.general).script(F.script(isSQLite: false))
                try body(source.url)
            }
        }
    }

    @Test("everything comes across, and a second run changes nothing", arguments: cases)
    func everything(engine: Engine, shape: Shape) throws {
        try Place.with(engine) { place in
            try with(shape, place) { source in
                let rehearsal = try place.migrate(.openwisp, source) { $0.isDryRun = true }
                #expect(try place.table("SELECT count(*) FROM radian_user") == [["0"]])
                let report = try place.migrate(.openwisp, source)
                #expect(rehearsal.tallies == report.tallies)
                try Self.check(place)
                try Self.check(report)
                let before = try place.everything()
                let again = try place.migrate(.openwisp, source)
                #expect(again.taken == 0)
                #expect(again.refused == report.refused)
                #expect(try place.everything() == before)
            }
        }
    }

    private static func check(_ place: Place) throws {
        let users = try place.table(
            """
            SELECT id, username, email, phone_number, first_name, is_staff, is_active, created, last_login, expires_at, birth_date, language,
                password_updated, location, notes FROM radian_user ORDER BY username
            """)
        #expect(
            users == [
                [
                    F.alice, "alice", "Alice@Example.org", "+393664255801", "Alice", "0", "1", "1764583200000000", "1769860800000000",
                    "1924992000", "1990-05-01", "it", "20454", "Rome", "a\tnote",
                ],
                [
                    F.bob, "bob", "bob@example.org", "NULL", "", "1", "1", "1764669600000000", "NULL", "NULL", "NULL", "de", "NULL", "", "",
                ],
            ])
        #expect(
            try place.table("SELECT user_id, email, is_verified, is_primary FROM radian_email_address ORDER BY email DESC") == [
                [F.bob, "bob@example.org", "0", "1"], [F.alice, "alice@home.example", "0", "0"], [F.alice, "Alice@Example.org", "1", "1"],
            ])
        #expect(
            try place.table("SELECT id, name, slug FROM radian_organization ORDER BY slug") == [
                [F.cafe, "Café", "cafe"], [F.club, "Club", "club"],
            ])
        let settings = OrganizationSettingsStore(place.connection, defaults: OrganizationSettings())
        #expect(
            try settings.overrides(of: F.cafe) == [
                "sms_verification": "yes", "sms_sender": "+39066", "needs_identity_verification": "yes", "first_name": "mandatory",
            ])
        #expect(try settings.settings(of: F.cafe).token == F.secret)
        #expect(try settings.settings(of: F.club).token.count == 32)
        let members = MembershipStore(place.connection)
        #expect(try members.role(F.bob, F.cafe) == .owner)
        #expect(try members.role(F.alice, F.cafe) == .member)
        #expect(try members.role(F.alice, F.club) == .member)
        #expect(try members.membership(of: F.alice, in: F.club)?.id == "e3333333-3333-4333-8333-333333333333")
        #expect(
            try place.table("SELECT r.name FROM radian_user_role u JOIN radian_role r ON r.id = u.role_id") == [["Operator"]])
        #expect(
            try place.table("SELECT id, name, description, organization_id, is_default FROM radiusgroup") == [
                [F.group, "cafe-users", "Regular users", F.cafe, "1"]
            ])
        #expect(
            try place.table("SELECT username, attribute, op, value, organization_id FROM radcheck ORDER BY attribute") == [
                ["alice", "Max-Daily-Session", ":=", "3600", F.cafe], ["alice", "PBKDF2-Password", ":=", F.hash, "NULL"],
            ])
        #expect(try place.table("SELECT groupname, attribute, value FROM radgroupreply") == [["cafe-users", "Session-Timeout", "1800"]])
        #expect(
            try place.table("SELECT groupname, attribute, value FROM radgroupcheck") == [
                ["cafe-users", "Max-Daily-Session-Traffic", "3000000000"]
            ])
        #expect(
            try place.table("SELECT username, groupname, priority, organization_id FROM radusergroup") == [
                ["alice", "cafe-users", "1", F.cafe]
            ])
        #expect(
            try place.table("SELECT nasname, shortname, type, secret, description, organization_id FROM nas") == [
                ["10.0.0.0/24", "lab", "Other", "nas-secret-0123456789", "Lab", F.cafe]
            ])
        #expect(
            try place.table("SELECT user_id, organization_id, method, is_verified, modified FROM radian_registered_user") == [
                [F.alice, F.cafe, "mobile_phone", "1", "1767312000000000"]
            ])
        let batches = BatchStore(place.connection)
        let batch = try #require(try batches.batch(id: F.batch))
        #expect(batch.name == "Guests" && batch.strategy == .prefix && batch.status == .completed && batch.prefix == "guest")
        #expect(batch.organizationID == F.cafe && batch.groupName == "cafe-users" && batch.expirationDate == "2030-12-31")
        #expect(batch.itemCount == 1 && batch.createdUsers == 0 && batch.linkedUsers == 1)
        let guests = try batches.users(of: batch, limit: 10)
        #expect(guests.map(\.username) == ["alice"])
        // To undo the batch here deletes nobody: the users were made elsewhere.
        #expect(guests.map(\.isCreated) == [false])
        #expect(try place.table("SELECT count(*) FROM radian_batch_credential") == [["0"]])
        #expect(try APITokenStore(place.connection, key: []).userID(token: F.token) == F.alice)
        #expect(
            try place.table("SELECT user_id, key, organization_id, can_auth FROM radian_radius_token") == [
                [F.alice, "RadiusTokenOfAlice0123456789012345678901", F.cafe, "1"]
            ])
        #expect(
            try place.connection.table(
                """
                SELECT acctuniqueid, username, groupname, {{host nasipaddress}}, {{epoch acctstarttime}}, {{epoch acctstoptime}},
                    acctsessiontime, acctoutputoctets, acctterminatecause, organization_id FROM radacct ORDER BY 1
                """) == [
                    [
                        "u1", "alice", "cafe-users", "10.0.0.1", "1769860800", "1769861400", "600", "5000000000", "User-Request", F.cafe,
                    ],
                    [
                        "u2", "alice", "NULL", "10.0.0.1", "1769947200", "NULL", "0", "0", engineEmpty(place), F.cafe,
                    ],
                ])
        #expect(
            try place.table("SELECT username, pass, reply, callingstationid, organization_id FROM radpostauth") == [
                ["alice", "", "Access-Accept", "00-11", F.cafe]
            ])
    }

    /// Of a text that the source does not have: FreeRADIUS's schema for SQLite wants an empty one there.
    private static func engineEmpty(_ place: Place) -> String { place.connection.dialect == .sqlite ? "" : "NULL" }

    private static func check(_ report: MigrationReport) throws {
        let refused = report.problems.filter(\.isRefused)
        #expect(Set(refused.map(\.table)).isSuperset(of: ["openwisp_users_user", "account_emailaddress", "radacct"]))
        #expect(refused.first { $0.table == "openwisp_users_user" }?.key == " carol")
        #expect(refused.first { $0.table == "radacct" }?.reason == "its nasipaddress is no address")
        #expect(report.problems.contains { $0.table == "auth_group" && $0.key == "Accountants" })
        #expect(report.tallies[.users] == MigrationTally(taken: 2, refused: 1))
        #expect(report.tallies[.roles] == MigrationTally(taken: 1, refused: 1))
        #expect(report.tallies[.sessions] == MigrationTally(taken: 2, refused: 1))
        #expect(report.tallies[.logins] == MigrationTally(taken: 1))
        #expect(report.tallies[.batches] == MigrationTally(taken: 1))
        #expect(report.tallies[.batchUsers] == MigrationTally(taken: 1))
        #expect(!report.problems.contains { $0.description.contains("s3cret") || $0.description.contains("pbkdf2") })
    }

    @Test("the password is the one that it was", arguments: Engine.available)
    func password(engine: Engine) throws {
        try Place.with(engine) { place in
            try place.migrate(.openwisp, place.file("dump.sql", F.copyDump))
            let row = try #require(
                try PasswordStore(place.connection).isUsable(username: "alice")
                    ? place.table("SELECT attribute, value FROM radcheck WHERE attribute LIKE '%Password'").first : nil)
            let stored = try #require(StoredPassword(attribute: row[0], value: row[1]))
            #expect(stored.verify(Array("s3cret-of-alice".utf8)))
            #expect(!stored.verify(Array("s3cret-of-bob".utf8)))
            #expect(try !PasswordStore(place.connection).isUsable(username: "bob"))
        }
    }

    @Test("who is here already is linked and keeps what he has, unless he is to be replaced", arguments: Engine.available)
    func linked(engine: Engine) throws {
        try Place.with(engine) { place in
            let store = UserStore(place.connection)
            let known = User(username: "al", email: "alice@example.ORG", firstName: "Al")
            try store.add(known)
            try PasswordStore(place.connection).set(
                username: "al", credential: PolicyCredential(attribute: "Cleartext-Password", value: "mine"), at: 0)
            let dump = try place.file("dump.sql", F.copyDump)
            let report = try place.migrate(.openwisp, dump)
            #expect(report.tallies[.users] == MigrationTally(taken: 1, present: 1, refused: 1))
            #expect(try store.user(id: known.id)?.firstName == "Al")
            #expect(try store.user(named: "alice") == nil)
            // What belongs to the user belongs to the account under its name here.
            #expect(try MembershipStore(place.connection).role(known.id, F.cafe) == .member)
            #expect(try place.table("SELECT username, groupname FROM radusergroup") == [["al", "cafe-users"]])
            #expect(try place.table("SELECT DISTINCT username FROM radacct") == [["al"]])
            #expect(
                try place.table("SELECT attribute, value FROM radcheck WHERE attribute LIKE '%Password'") == [
                    ["Cleartext-Password", "mine"]
                ])
            #expect(try place.table("SELECT count(*) FROM radian_api_token") == [["0"]])

            try place.migrate(.openwisp, dump) { $0.replaces = true }
            #expect(try store.user(id: known.id)?.firstName == "Alice")
            #expect(try store.user(id: known.id)?.username == "al")
            #expect(
                try place.table("SELECT attribute, value FROM radcheck WHERE attribute LIKE '%Password'") == [["PBKDF2-Password", F.hash]])
        }
    }

    @Test("two people here who share a user's name and address are told apart by refusing him", arguments: Engine.available)
    func ambiguous(engine: Engine) throws {
        try Place.with(engine) { place in
            try UserStore(place.connection).add(User(username: "alice"))
            try UserStore(place.connection).add(User(username: "other", email: "alice@example.org"))
            let report = try place.migrate(.openwisp, place.file("dump.sql", F.copyDump))
            #expect(report.problems.contains { $0.table == "openwisp_users_user" && $0.key == "alice" && $0.isRefused })
            #expect(try MembershipStore(place.connection).memberships(F.alice).isEmpty)
        }
    }

    @Test("a run that the database broke off goes on where it was", arguments: Engine.available, [3, 8, 13, 22])
    func interrupted(engine: Engine, writes: Int) throws {
        try Place.with(engine) { place in
            let dump = try place.file("dump.sql", F.copyDump)
            #expect(throws: DatabaseError.self) {
                let breaking = BreakingConnection(place.connection, after: writes)
                try place.run(over: breaking) { try $0.run(.openwisp, MigrationSource(dump, engines: Place.engines)) }
            }
            try place.migrate(.openwisp, dump)
            try Self.check(place)
        }
    }

    @Test("accounting may be left out, or older parts of it", arguments: Engine.available)
    func accounting(engine: Engine) throws {
        try Place.with(engine) { place in
            let dump = try place.file("dump.sql", F.copyDump)
            let without = try place.migrate(.openwisp, dump) { $0.skipsAccounting = true }
            #expect(without.tallies[.sessions] == nil)
            let since = try place.migrate(.openwisp, dump) { $0.since = 1_769_904_000_000_000 }
            #expect(since.tallies[.sessions]?.taken == 1)
            #expect(since.tallies[.logins] == MigrationTally(skipped: 1))
            #expect(try place.table("SELECT acctuniqueid FROM radacct") == [["u2"]])
        }
    }

    @Test("a session that went on at the source is brought up to date", arguments: Engine.available)
    func followed(engine: Engine) throws {
        try Place.with(engine) { place in
            try place.migrate(.openwisp, place.file("dump.sql", F.copyDump))
            let later = F.copyDump.replacing(
                "2026-02-01 12:00:00+00\t\\N\t\\N\t0\t0\t0",
                with: "2026-02-01 12:00:00+00\t2026-02-01 13:00:00+00\t2026-02-01 13:00:00+00\t3600\t7\t8")
            let report = try place.migrate(.openwisp, place.file("later.sql", later))
            #expect(report.tallies[.sessions] == MigrationTally(taken: 1, present: 1, refused: 1))
            #expect(
                try place.connection.table("SELECT {{epoch acctstoptime}}, acctinputoctets FROM radacct WHERE acctuniqueid = 'u2'") == [
                    ["1769950800", "7"]
                ])
        }
    }
}

/// Loses the database after some transactions.
private final class BreakingConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private var left: Int

    init(_ base: any DatabaseConnection, after writes: Int) {
        self.base = base
        left = writes
    }

    var dialect: Dialect { base.dialect }
    var isUsable: Bool { left > 0 }

    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        try base.execute(statement, arguments)
    }

    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) { try base.query(statement, arguments, row) }

    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int {
        try base.executeRows(statement, columns: columns)
    }

    func transaction<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R {
        left -= 1
        let breaks = left <= 0
        return try base.transaction { () throws(DatabaseError) -> R in
            let result = try body()
            if breaks { throw DatabaseError(.connection, "the database went away") }
            return result
        }
    }

    func script(_ sql: String) throws(DatabaseError) { try base.script(sql) }
    func reconnect() throws(DatabaseError) { try base.reconnect() }
}
