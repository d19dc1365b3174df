import Accounts
import Database
import Localization
import OrganizationSettings
import ServerKernel
import TestSupport
import Testing
import WebRouting

@testable import Registration

/// Logins and checks of tokens that arrive together.
@Suite struct LoginRenewalTests {
    private typealias Subject = LoginRenewals.Renewal.Subject

    private func run(_ cafe: Cafe, _ renewals: [(Subject, Organization)]) async throws -> [LoginRenewals.Outcome] {
        let (environment, directory) = (cafe.environment, cafe.directory)
        let all = try renewals.map { subject, organization in
            LoginRenewals.Renewal(
                subject: subject, context: try #require(directory.context(id: organization.id)), language: .german)
        }
        return try await cafe.write { try LoginRenewalBatch(environment: environment, connection: $0).run(all) }
    }

    @Test("each gets what is his, and one who is refused takes nobody with him", arguments: Engine.available)
    func together(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.set(["registration_enabled": "no"], of: cafe.bar)
            var users: [User] = []
            for name in ["ann", "bob", "eve"] { users.append(try await cafe.add(User(username: name, email: "\(name)@example.org"))) }
            let (ann, bob, eve) = (users[0], users[1], users[2])
            let idle = try await cafe.add(User(username: "idle", isActive: false))
            let token = try await cafe.token(bob)
            let outcomes = try await run(
                cafe,
                [
                    (.login(userID: ann.id, isPasswordBased: true), cafe.cafe), (.token(token), cafe.cafe),
                    (.login(userID: eve.id, isPasswordBased: true), cafe.bar), (.token(String(repeating: "f", count: 40)), cafe.cafe),
                    (.login(userID: "nobody", isPasswordBased: true), cafe.cafe),
                    (.login(userID: idle.id, isPasswordBased: true), cafe.cafe),
                    (.token(try await cafe.token(eve)), cafe.bar),
                ])
            let states = try [0, 1, 5, 6].map { try #require(try outcomes[$0].get()) }
            #expect(states.map(\.user.username) == ["ann", "bob", "idle", "eve"])
            #expect(states.map(\.isUsable) == [true, true, false, true])
            #expect(states.map { $0.radiusToken != nil } == [true, true, false, false])
            var tokens: [String] = []
            for user in [ann, bob, idle, eve] { tokens.append(try await cafe.token(user)) }
            #expect(states.map(\.apiToken) == tokens)
            #expect(throws: Problem.self) { try outcomes[2].get() }
            #expect(try outcomes[3].get()?.apiToken == nil)
            #expect(try outcomes[4].get()?.apiToken == nil)
            let kept = try await cafe.table(
                "SELECT u.username, t.key FROM radian_radius_token t JOIN radian_user u ON u.id = t.user_id ORDER BY u.username")
            #expect(kept == [["ann", states[0].radiusToken ?? ""], ["bob", states[1].radiusToken ?? ""]])
            let logins = try await cafe.table(
                """
                SELECT username, COALESCE(language, ''), CASE WHEN last_login IS NULL THEN 'never' ELSE 'now' END,
                    COALESCE(CAST(password_based_token AS text), '') FROM radian_user ORDER BY username
                """)
            // Eve was refused once, and known by her token once.
            #expect(
                logins == [["ann", "de", "now", "1"], ["bob", "de", "now", ""], ["eve", "de", "now", ""], ["idle", "de", "now", "1"]])
        }
    }

    @Test("several logins of one user: the last one's token is good", arguments: Engine.available)
    func again(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"), to: [cafe.cafe, cafe.bar])
            let subject = Subject.token(try await cafe.token(bob))
            let outcomes = try await run(cafe, [(subject, cafe.cafe), (subject, cafe.cafe), (subject, cafe.bar)])
            let keys = try outcomes.map { try $0.get()?.radiusToken ?? "" }
            #expect(Set(keys).count == 3)
            #expect(try await cafe.table("SELECT key, organization_id FROM radian_radius_token") == [[keys[2], cafe.bar.id]])
        }
    }

    @Test("who is not verified sees the number that waits for its code, each his own", arguments: Engine.available)
    func numbers(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let ann = try await cafe.add(User(username: "ann", phoneNumber: "+393664255801"))
            let bob = try await cafe.add(User(username: "bob", phoneNumber: "+393664255802"))
            for (user, numbers) in [(ann, ["+393664255803", "+393664255804"]), (bob, ["+393664255805"])] {
                for (index, number) in numbers.enumerated() {
                    try await cafe.run(
                        """
                        INSERT INTO radian_phone_token (id, user_id, organization_id, number, code_hash, valid_until, address, created)
                            VALUES ('\(number)', '\(user.id)', '\(cafe.cafe.id)', '\(number)', '', 0, '', \(index)),
                                ('\(number)-bar', '\(user.id)', '\(cafe.bar.id)', '+39000', '', 0, '', 9)
                        """)
                }
            }
            try await cafe.register(bob, cafe.cafe, "mobile_phone", isVerified: true)
            let outcomes = try await run(
                cafe, [(.token(try await cafe.token(ann)), cafe.cafe), (.token(try await cafe.token(bob)), cafe.cafe)])
            let states = try outcomes.map { try #require(try $0.get()) }
            #expect(states.map(\.pendingNumber) == ["+393664255804", nil])
            #expect(states.map(\.isIdentified) == [false, true])
        }
    }
}
