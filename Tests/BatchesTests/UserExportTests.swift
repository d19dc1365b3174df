import AccessPolicy
import Accounts
@testable import Batches
import Database
import Documents
import Foundation
import Localization
import TestSupport
import Testing
import WebRouting

@Suite struct UserExportTests {
    private static let headings = [
        "id", "username", "email", "first_name", "last_name", "is_staff", "is_active", "date_joined", "expiration_date", "phone_number",
        "birth_date", "location", "notes", "language", "organizations (organization_id, is_admin)",
        "registered_users (organization_id, method, is_verified)",
    ]

    /// The settings of a site in London, so that days do not depend on where tests run.
    private static var settings: AccountsSettings {
        var settings = AccountsSettings()
        settings.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
        return settings
    }

    private static func rows(_ export: UserExport) throws -> [[String]] {
        var text = ""
        try export.run { text += $0 }
        var reader = Fixture.reader(text)
        var rows: [[String]] = []
        while let record = try reader.next() { rows.append(record.fields) }
        return rows
    }

    private static func addUsers(_ fixture: Fixture) throws {
        let connection = fixture.connection
        let users = UserStore(connection)
        let alice = User(
            id: "aaaaaaaa-0000-4000-8000-000000000001", username: "alice", email: "alice@example.org", firstName: "Alice",
            lastName: "Jones, Dr.", expiresAt: 1_798_761_599, phoneNumber: "+393664255801", language: .italian, isStaff: true,
            birthDate: "2001-02-28", location: "Roma", notes: "=1+1", created: 1_600_000_000_000_000)
        let bob = User(id: "bbbbbbbb-0000-4000-8000-000000000002", username: "bob", isActive: false, created: 1_500_000_000_000_000)
        try connection.inTransaction {
            try users.add(alice)
            try users.add(bob)
            try MembershipStore(connection).join(alice.id, fixture.cafe.id, role: .manager)
            try MembershipStore(connection).join(alice.id, fixture.museum.id, role: .member)
            try BulkPolicyStore(connection).register(
                [alice.id], organizationID: fixture.cafe.id, method: "mobile_phone", isVerified: true, at: 1)
            try BulkPolicyStore(connection).register(
                [alice.id], organizationID: fixture.museum.id, method: "manual", isVerified: false, at: 2)
            try PasswordStore(connection).set(
                username: "alice", credential: PolicyCredential(attribute: "Argon2-Password", value: "argon2$argon2id$hash"), at: 0)
            try PasswordStore(connection).set(
                username: "bob", credential: PolicyCredential(attribute: "Cleartext-Password", value: "open-secret"), at: 0)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func everyAccountIsARowFromTheOldestOn(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            try Self.addUsers(fixture)
            let rows = try Self.rows(UserExport(fixture.connection, settings: Self.settings))
            #expect(rows.first == Self.headings)
            #expect(rows.map { $0[1] } == ["username", "bob", "alice"])
            #expect(
                rows[1] == [
                    "bbbbbbbb-0000-4000-8000-000000000002", "bob", "", "", "", "False", "False", "2017-07-14T02:40:00Z", "", "", "", "", "",
                    "", "", "",
                ])
            let (cafe, museum) = (fixture.cafe.id, fixture.museum.id)
            #expect(
                rows[2].dropLast(2) == [
                    "aaaaaaaa-0000-4000-8000-000000000001", "alice", "alice@example.org", "Alice", "Jones, Dr.", "True", "True",
                    "2020-09-13T12:26:40Z", "2026-12-31", "+393664255801", "2001-02-28", "Roma", "'=1+1", "it",
                ])
            #expect(Set(rows[2][14].split(separator: "\n")) == ["(\(cafe),True)", "(\(museum),False)"])
            #expect(rows[2][15] == "(\(cafe),mobile_phone,True)\n(\(museum),manual,False)")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func hashesLeaveOnRequestAndClearTextNever(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            try Self.addUsers(fixture)
            let plain = try Self.rows(UserExport(fixture.connection, settings: Self.settings)).joined().joined(separator: "|")
            #expect(!plain.contains("argon2") && !plain.contains("open-secret"))
            let rows = try Self.rows(UserExport(fixture.connection, columns: [.username, .password], settings: Self.settings))
            #expect(rows == [["username", "password"], ["bob", ""], ["alice", "argon2$argon2id$hash"]])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func anOrganizationsExportTellsNothingOfOthers(engine: TestDatabase.Engine) async throws
    {
        try await Fixture.with(engine) { fixture in
            try Self.addUsers(fixture)
            let rows = try Self.rows(
                UserExport(
                    fixture.connection, columns: [.username, .organizations, .registeredUsers], organization: fixture.museum,
                    settings: Self.settings))
            let museum = fixture.museum.id
            #expect(rows.dropFirst() == [["alice", "(\(museum),False)", "(\(museum),manual,False)"]])
        }
    }

    /// Many accounts of one moment, as an import makes them: none is missing, none is there twice.
    @Test(arguments: TestDatabase.Engine.available) func chunksMeet(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let users = (1...1203).map { User(username: "user\($0)", created: 7) }
            try fixture.connection.inTransaction { try BulkUserStore(fixture.connection).add(users) }
            try fixture.connection.script("UPDATE radian_user SET created = 7")
            var pieces = 0
            var text = ""
            let count = try UserExport(fixture.connection, columns: [.username], settings: Self.settings).run {
                pieces += 1
                text += $0
            }
            #expect(count == 1203)
            #expect(pieces == 4)
            #expect(Set(text.split(separator: "\r\n")) == Set(users.map { $0.username[...] } + ["username"]))
            #expect(text.split(separator: "\r\n").count == 1204)
        }
    }
}
