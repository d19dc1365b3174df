import AccessPolicy
import Accounts
@testable import Batches
import Database
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting

@Suite struct BatchRunnerTests {
    private struct Crash: Error {}

    @Test(arguments: TestDatabase.Engine.available) func aPrefixMakesNumberedMembersWithSealedPasswords(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            try UserStore(fixture.connection).add(User(username: "guest2"))
            let batch = try fixture.run(fixture.prefixWish(3))
            #expect(batch.status == .completed)
            #expect(batch.error == nil)
            #expect((batch.position, batch.createdUsers, batch.linkedUsers, batch.refusedRows) == (3, 3, 0, 0))
            #expect(try fixture.usernames() == ["guest1", "guest2", "guest3", "guest4"])
            #expect(try OrganizationStore(fixture.connection).memberCount(of: fixture.cafe) == 3)

            let credentials = try fixture.service.credentials(of: batch, limit: 10, over: fixture.connection)
            #expect(credentials.map(\.username) == ["guest1", "guest3", "guest4"])
            #expect(credentials.allSatisfy { $0.password.count == 8 })
            for credential in credentials {
                let rows = try fixture.connection.table(
                    "SELECT attribute, value, organization_id FROM radcheck WHERE username = $1", [.text(credential.username)])
                #expect(rows == [["Cleartext-Password", credential.password, "NULL"]])
            }
            let sealed = try fixture.connection.table("SELECT sealed FROM radian_batch_credential").joined().joined()
            for credential in credentials {
                #expect(!sealed.contains(credential.password))
                #expect(!String(decoding: Data(base64Encoded: sealed) ?? Data(), as: UTF8.self).contains(credential.password))
            }
            let other = CredentialVault(fixture.connection, key: [UInt8](repeating: 8, count: 32))
            #expect(throws: DatabaseError.self) { try other.first(1, of: batch.id) }
            #expect(
                try fixture.connection.table("SELECT username, groupname FROM radusergroup ORDER BY 1")
                    == ["guest1", "guest3", "guest4"].map { [$0, "cafe-users"] })
            #expect(
                try fixture.connection.table("SELECT DISTINCT method, is_verified FROM radian_registered_user") == [["manual", "0"]])
            #expect(fixture.mails.withLockedValue { $0 }.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aFileMakesAndLinksAndMailsWhatItMadeUp(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let users = UserStore(fixture.connection)
            let known = User(username: "alice", email: "Alice@example.org")
            try users.add(known)
            let text = "bob,cleartext$pw,bob@example.org,Bob,Jones\n,,carol@example.org,,\nx,,ALICE@example.org,New,Name\n"
            let batch = try fixture.run(
                fixture.wish(csv: text, group: Fixture.groupID, expirationDate: "2099-12-31"))
            #expect(batch.status == .completed)
            #expect((batch.createdUsers, batch.linkedUsers) == (2, 1))
            #expect(fixture.mails.withLockedValue { $0.map(\.recipient) } == ["carol@example.org"])
            let password = try fixture.connection.table("SELECT value FROM radcheck WHERE username = 'carol'")[0][0]
            #expect(fixture.mails.withLockedValue { $0.first?.password } == password)
            #expect(
                try fixture.connection.table("SELECT username, groupname, organization_id FROM radusergroup ORDER BY username")
                    == ["alice", "bob", "carol"].map { [$0, "cafe-guests", fixture.cafe.id] })
            let end = try #require(fixture.runner.settings.end(of: "2099-12-31"))
            #expect(try users.user(named: "bob")?.expiresAt == end)
            // The account was there before: only its membership is new.
            let alice = try #require(try users.user(named: "alice"))
            #expect(alice.expiresAt == nil)
            #expect(alice.firstName == "")
            #expect(
                try fixture.connection.table("SELECT count(*) FROM radian_registered_user WHERE method = 'manual'") == [["3"]])
            #expect(
                try fixture.store.users(of: batch, limit: 10).map { "\($0.username) \($0.isCreated) \($0.groups)" }.sorted()
                    == ["alice false [\"cafe-guests\"]", "bob true [\"cafe-guests\"]", "carol true [\"cafe-guests\"]"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aRunThatBreaksOffGoesOnBehindTheLastChunk(engine: TestDatabase.Engine) async throws
    {
        try await Fixture.with(engine) { fixture in
            let text = (1...1300).map { ",,user\($0)@example.org,,\n" }.joined()
            let owner = BatchRunner.newOwner()
            let batch = try fixture.service.create(fixture.wish(csv: text), for: owner, over: fixture.connection)
            #expect(throws: DatabaseError.self) {
                // As when the database, or the program, dies.
                _ = try fixture.runner.run(batch.id, owner: owner, over: fixture.connection) { _, step in
                    if step.counts.rows == 1000 { throw DatabaseError(.connection, "gone") }
                }
            }
            let halfway = try #require(try fixture.store.batch(id: batch.id))
            #expect(halfway.status == .processing)
            #expect(halfway.position == 1000)
            // Its owner may still live.
            #expect(try fixture.runner.runNext(over: fixture.connection) { _, _ in } == nil)
            try fixture.connection.script("UPDATE radian_batch SET lease_until = 1")
            let done = try #require(try fixture.runner.runNext(over: fixture.connection) { _, _ in })
            #expect(done.status == .completed)
            #expect((done.position, done.createdUsers, done.refusedRows) == (1300, 1300, 0))
            #expect(try fixture.usernames().count == 1300)
            #expect(fixture.mails.withLockedValue { Set($0.map(\.recipient)).count } == 1300)
            #expect(fixture.mails.withLockedValue { $0.count } == 1300)
            #expect(try fixture.service.credentials(of: done, limit: 2000, over: fixture.connection).count == 1300)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aWorkerThatLostItsBatchWritesNothingMore(engine: TestDatabase.Engine) async throws
    {
        try await Fixture.with(engine) { fixture in
            let owner = BatchRunner.newOwner()
            let batch = try fixture.service.create(fixture.prefixWish(1200), for: owner, over: fixture.connection)
            let done = try fixture.runner.run(batch.id, owner: owner, over: fixture.connection) { batch, step in
                if step.counts.rows == 500 { _ = try fixture.service.cancel(batch, by: "boss", over: fixture.connection) }
            }
            #expect(done?.status == .failed)
            #expect(done?.error == "cancelled by boss")
            #expect(done?.position == 500)
            #expect(try fixture.usernames().count == 500)
            #expect(try fixture.runner.runNext(over: fixture.connection) { _, _ in } == nil)
            #expect(try !fixture.service.cancel(#require(done), by: "boss", over: fixture.connection))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aRunThatIsAskedToStopLeavesItsBatchToTheNext(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            _ = try fixture.service.create(fixture.prefixWish(600), over: fixture.connection)
            let left = try fixture.runner.runNext(over: fixture.connection) { _, _ in throw BatchRunner.Interrupted() }
            #expect(left == nil)
            let done = try fixture.runner.runNext(over: fixture.connection) { _, _ in }
            #expect(done?.createdUsers == 600)
            #expect(try fixture.usernames().count == 600)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func refusedRowsAreReportedWithoutPasswordsAndFormulas(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            let text = """
                bob,cleartext$pw,bob@example.org,Bob,
                =cmd|' /C calc'!A0,topsecret,nonsense,+39,@SUM(A1)
                carol,topsecret,carol@example.org,,
                '; DROP TABLE radian_user; --,cleartext$pw,drop@example.org,%{User-Name},{{any $1 text}}

                """
            #expect(
                Fixture.fields { _ = try fixture.service.create(fixture.wish(csv: text), over: fixture.connection) } == [
                    "csvfile": [
                        "Line 2, column email: 'nonsense' is not an e-mail address",
                        "Line 3, column password: is no hash that is known here; a plain password is written 'cleartext$PASSWORD'",
                    ]
                ])
            #expect(try fixture.usernames().isEmpty)
            let batch = try fixture.run(fixture.wish(csv: text, skipsErrors: true))
            #expect(batch.status == .completed)
            #expect(batch.error == "2 of 4 rows were refused")
            #expect(try fixture.usernames() == ["'; DROP TABLE radian_user; --", "bob"])
            let report = try BatchStore.errorReportHeading + (fixture.store.errorReport(of: batch.id, after: 0)?.text ?? "")
            #expect(
                report == """
                    line,column,error,username,email,first_name,last_name\r
                    2,email,'nonsense' is not an e-mail address,"'=cmd|' /C calc'!A0",nonsense,+39,"'@SUM(A1)"\r
                    3,password,"is no hash that is known here; a plain password is written 'cleartext$PASSWORD'",carol,carol@example.org,,\r

                    """)
            #expect(!report.contains("topsecret"))
            #expect(try fixture.store.errorReport(of: batch.id, after: 3) == nil)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func rehearsalsOfLargeFilesListWhatIsWrong(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let text = (1...12_000).map { $0 % 1000 == 0 ? "wrong\n" : ",cleartext$pw,user\($0)@example.org,,\n" }.joined()
            let rehearsal = try fixture.service.rehearse(fixture.wish(csv: text), over: fixture.connection)
            #expect((rehearsal.counts.created, rehearsal.counts.refused) == (11_988, 12))
            #expect(rehearsal.lines.map(\.line) == (1...12).map { $0 * 1000 })
            #expect(try fixture.usernames().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func everyRowRefusedIsAFailure(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let batch = try fixture.run(fixture.wish(csv: "a,b\nc,d\n", skipsErrors: true))
            #expect(batch.status == .failed)
            #expect(batch.error == "2 of 2 rows were refused")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func encodingsAreFoundAndForeignOnesRefusedByLine(engine: TestDatabase.Engine)
        async throws
    {
        try await Fixture.with(engine) { fixture in
            let text = "username;email\nАнна;anna@example.org\nзоя;zoe@example.org\n"
            let utf16: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            let utf8: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
            for (index, octets) in [utf16, utf8].enumerated() {
                let wish = BatchService.Wish(
                    name: "\(index)", strategy: .csv, organization: fixture.cafe, file: try fixture.file(octets))
                let batch = try fixture.run(wish)
                #expect(batch.createdUsers == (index == 0 ? 2 : 0))
                #expect(batch.linkedUsers == (index == 0 ? 0 : 2))
            }
            #expect(try fixture.usernames() == ["Анна", "зоя"])
            let latin: [UInt8] = Array("username,email\nbob,bob@example.org\nJos".utf8) + [0xE9] + Array(",jose@example.org\n".utf8)
            let wish = BatchService.Wish(name: "latin", strategy: .csv, organization: fixture.cafe, file: try fixture.file(latin))
            #expect(
                Fixture.fields { _ = try fixture.service.create(wish, over: fixture.connection) } == [
                    "csvfile": ["Line 3: field 1: a character cannot be read; save the file as UTF-8"]
                ])
        }
    }

    /// The file of another node is left to it.
    @Test(arguments: TestDatabase.Engine.available) func aBatchWhoseFileIsElsewhereWaits(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let batch = try fixture.service.create(fixture.wish(csv: "bob,cleartext$pw,bob@example.org,,\n"), over: fixture.connection)
            let url = fixture.runner.files.url(of: batch)
            #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == 0o600)
            let away = url.deletingLastPathComponent().appendingPathComponent("away")
            try FileManager.default.moveItem(at: url, to: away)
            #expect(try fixture.runner.runNext(over: fixture.connection) { _, _ in } == nil)
            try FileManager.default.moveItem(at: away, to: url)
            #expect(try fixture.runner.runNext(over: fixture.connection) { _, _ in }?.status == .completed)
        }
    }

    /// Who goes on with a batch keeps passwords as its maker wished, whatever its own configuration says.
    @Test(arguments: TestDatabase.Engine.available) func wishesAboutPasswordsLastToTheEnd(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            var wish = fixture.prefixWish(2)
            (wish.passwordScheme, wish.passwordLength) = (.scrypt, 23)
            _ = try fixture.service.create(wish, over: fixture.connection)
            _ = try fixture.service.create(fixture.prefixWish(1, name: "plain", prefix: "p"), over: fixture.connection)
            let seen = NIOLockedValueBox<[PasswordScheme]>([])
            var hooks = Fixture.hooks()
            hooks.credentials = { passwords, scheme in
                seen.withLockedValue { $0.append(scheme) }
                return passwords.map { UserProvisioning.cleartext($0) }
            }
            let runner = fixture.runner(hooks)
            while try runner.runNext(over: fixture.connection, step: { _, _ in }) != nil {}
            #expect(seen.withLockedValue { $0 } == [.scrypt, .argon2])
            let lengths = try fixture.connection.table("SELECT length(value) FROM radcheck ORDER BY username")
            #expect(lengths == [["23"], ["23"], ["8"]])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func theEndOfALargeBatchIsToldToItsMakerOnce(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine, threshold: 3) { fixture in
            let boss = User(username: "boss", email: "boss@example.org")
            try UserStore(fixture.connection).add(boss)
            let told = NIOLockedValueBox<[String]>([])
            var hooks = Fixture.hooks()
            hooks.finished = { _, batch, organization in
                told.withLockedValue { $0.append("\(organization.slug) \(batch.name) \(batch.status) \(batch.createdBy == boss.id)") }
            }
            let runner = fixture.runner(hooks)
            for (name, count, maker) in [("large", 3, boss.id), ("small", 2, boss.id), ("nobodys", 3, nil)] {
                var wish = fixture.prefixWish(count, name: name, prefix: name)
                wish.createdBy = maker
                _ = try fixture.service.create(wish, over: fixture.connection)
            }
            var wish = try fixture.wish("vain", csv: "a,b\nc,d\ne,f\n", skipsErrors: true)
            wish.createdBy = boss.id
            _ = try fixture.service.create(wish, over: fixture.connection)
            while try runner.runNext(over: fixture.connection, step: { _, _ in }) != nil {}
            #expect(told.withLockedValue { $0 } == ["cafe large completed true", "cafe vain failed true"])
            // The maker may leave; the batch stays.
            try fixture.connection.script("DELETE FROM radian_user WHERE username = 'boss'")
            #expect(try fixture.store.batch(named: "large", organizationID: fixture.cafe.id)?.createdBy == nil)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func filesOfOrganizationsThatAreGoneGo(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let text = "bob,cleartext$pw,bob@example.org,,\n"
            let kept = try fixture.service.create(fixture.wish("kept", csv: text), over: fixture.connection)
            let (gone, recent) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
            let directory = fixture.runner.files.url(of: kept).deletingLastPathComponent()
            for id in [gone, recent] { try Data(text.utf8).write(to: directory.appendingPathComponent("\(id).csv")) }
            for id in [gone, kept.id] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: directory.appendingPathComponent("\(id).csv").path
                )
            }
            try fixture.service.removeOrphanedFiles(over: fixture.connection)
            let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(Set(left) == ["\(kept.id).csv", "\(recent).csv"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available)
    func aBatchWhoseMakerIsGoneIsNobodys(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            var wish = fixture.prefixWish(1)
            wish.createdBy = UUID().uuidString.lowercased()
            let batch = try fixture.run(wish)
            #expect(batch.status == .completed && batch.createdBy == nil)
        }
    }
}
