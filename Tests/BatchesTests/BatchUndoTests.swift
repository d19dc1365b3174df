import AccessPolicy
import Accounts
@testable import Batches
import Database
import Foundation
import TestSupport
import Testing
import WebRouting

@Suite struct BatchUndoTests {
    @Test(arguments: TestDatabase.Engine.available) func onlyAccountsThatTheBatchMadeAreDeleted(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let users = UserStore(fixture.connection)
            let (linked, member) = (
                User(username: "linked", email: "linked@example.org"), User(username: "member", email: "member@example.org")
            )
            try users.add(linked)
            try users.add(member)
            try users.join(member, organization: fixture.cafe)
            let batch = try fixture.run(
                fixture.wish(
                    csv: """
                        bob,cleartext$pw,bob@example.org,,
                        roamer,cleartext$pw,roamer@example.org,,
                        boss,cleartext$pw,boss@example.org,,
                        ,,linked@example.org,,
                        ,,member@example.org,,
                        """, group: Fixture.groupID))
            #expect(batch.createdUsers == 3)
            // One became a member elsewhere, one runs the system by now.
            let roamer = try #require(try users.user(named: "roamer"))
            try users.join(roamer, organization: fixture.museum)
            try fixture.connection.script("UPDATE radian_user SET is_staff = 1 WHERE username = 'boss'")

            try fixture.service.undo(batch, in: fixture.cafe, over: fixture.connection)
            #expect(try fixture.usernames() == ["boss", "linked", "member", "roamer"])
            #expect(
                try fixture.connection.table(
                    """
                    SELECT u.username, o.slug FROM radian_organization_user m JOIN radian_user u ON u.id = m.user_id
                    JOIN radian_organization o ON o.id = m.organization_id ORDER BY 1, 2
                    """) == [["member", "cafe"], ["roamer", "museum"]])
            #expect(try fixture.connection.table("SELECT username FROM radcheck ORDER BY 1") == [["boss"], ["roamer"]])
            #expect(try fixture.connection.table("SELECT username FROM radusergroup") == [["member"]])
            #expect(try fixture.store.batch(id: batch.id) == nil)
            #expect(!fixture.runner.files.has(batch))
            for table in ["radian_batch_user", "radian_batch_problem", "radian_batch_credential"] {
                #expect(try fixture.connection.table("SELECT count(*) FROM \(table)") == [["0"]])
            }
            #expect(
                try fixture.connection.table("SELECT subject FROM radian_change WHERE kind = 'user.disabled'") == [["bob"]])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aBatchUnderWayStopsBeforeItIsUndone(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let owner = BatchRunner.newOwner()
            let batch = try fixture.service.create(fixture.prefixWish(1500), for: owner, over: fixture.connection)
            let other = try fixture.database.engine.connect(.general)
            let done = try fixture.runner.run(batch.id, owner: owner, over: fixture.connection) { batch, step in
                if step.counts.rows == 500 { try fixture.service.undo(batch, in: fixture.cafe, over: other) }
            }
            #expect(done == nil)
            #expect(try fixture.usernames().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func usersOfBatchesThatExpiredLongAgoAreDeleted(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            let old = try fixture.run(fixture.prefixWish(2, name: "old", prefix: "old"))
            let kept = try fixture.run(fixture.prefixWish(2, name: "kept", prefix: "kept"))
            try fixture.connection.script(
                """
                UPDATE radian_batch SET expiration_date = '2020-01-31';
                UPDATE radian_user SET expires_at = 1580515200;
                UPDATE radian_user SET expires_at = NULL WHERE username = 'kept2'
                """)
            let now = Date(timeIntervalSince1970: 1_580_515_200)
            #expect(try fixture.service.removeExpired(now: now.addingTimeInterval(539 * 86_400), over: fixture.connection) == 0)
            #expect(try fixture.usernames().count == 4)
            #expect(try fixture.service.removeExpired(now: now.addingTimeInterval(542 * 86_400), over: fixture.connection) == 1)
            #expect(try fixture.usernames() == ["kept2"])
            #expect(try fixture.store.batch(id: old.id) == nil)
            #expect(try fixture.store.userCount(of: kept.id) == 1)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func generatedPasswordsEndAnHourAfterTheyWereHandedOut(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            let batch = try fixture.run(fixture.prefixWish(2))
            let until = try #require(batch.credentialsUntil)
            #expect(abs(until - currentMicroseconds() - 30 * 86_400_000_000) < 60_000_000)
            let path = try fixture.runner.files.makeTemporary().path
            #expect(
                try BatchSheet(fixture.runner).write(batch, of: fixture.cafe, to: path, .init(), over: fixture.connection) == 2)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: Array("%PDF-".utf8)))
            let shortened = try #require(try fixture.store.batch(id: batch.id)?.credentialsUntil)
            #expect(abs(shortened - currentMicroseconds() - BatchSheet.grace) < 60_000_000)
            #expect(try fixture.service.dropDueCredentials(now: shortened - 1, over: fixture.connection) == 0)
            #expect(try fixture.service.dropDueCredentials(now: shortened, over: fixture.connection) == 1)
            #expect(try fixture.connection.table("SELECT count(*) FROM radian_batch_credential") == [["0"]])
            let dropped = try #require(try fixture.store.batch(id: batch.id))
            #expect(dropped.credentialsUntil == nil)
            #expect(try fixture.service.credentials(of: dropped, limit: 10, over: fixture.connection).isEmpty)
        }
    }

    @Test func linksOfCardsEscapeWhatTheyCarry() {
        let credential = GeneratedCredential(username: "gäst+1 &x", password: "p=?")
        #expect(
            BatchSheet.link("https://wifi.example.org/login?lang=de", credential, linksPassword: false)
                == "https://wifi.example.org/login?lang=de&username=g%C3%A4st%2B1%20%26x")
        #expect(
            BatchSheet.link("https://wifi.example.org/login", credential, linksPassword: true)
                == "https://wifi.example.org/login?username=g%C3%A4st%2B1%20%26x&password=p%3D%3F")
    }
}
