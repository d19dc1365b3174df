import AccessPolicy
import Accounts
import Batches
import Database
import Digests
import Foundation
import Localization
import Logging
import ServerKernel
import TestSupport
import Testing

@testable import Composition

/// What batches put into the outbox.
@Suite struct BatchMailTests {
    @Test(arguments: TestDatabase.Engine.available) func passwordsAndTheEndOfAnImportAreMailed(engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { database in
            let connection = try database.engine.connect(.general)
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian-mails-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            let boss = User(username: "boss", email: "boss@example.org", language: .german)
            try UserStore(connection).add(boss)
            var reader = ConfigurationReader(
                yaml: "batches:\n  directory: \(directory.path)/files\n  async_threshold: 1\n", file: "f", environment: [:])
            let configuration = RadianConfiguration(&reader)
            let runner = configuration.makeBatchRunner(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let file = directory.appendingPathComponent("users.csv")
            try Data("carol,,carol@example.org,,\ndora,cleartext$pw,dora@example.org,,\nbad,,b..d@example.org,,\n".utf8).write(to: file)
            let owner = BatchRunner.newOwner()
            let service = BatchService(runner)
            let batch = try service.create(
                .init(
                    name: "guests", strategy: .csv, organization: cafe, file: file, skipsErrors: true, createdBy: boss.id,
                    passwordScheme: .cleartext), for: owner, over: connection)
            let done = try runner.run(batch.id, owner: owner, over: connection)
            #expect(done?.status == .completed)
            #expect(done?.refusedRows == 1)
            let password = try connection.table("SELECT value FROM radcheck WHERE username = 'carol'")[0][0]
            let mails = try connection.table(
                "SELECT recipient, kind, subject, organization_id, is_secret, body FROM radian_message ORDER BY recipient")
            #expect(
                mails.map { Array($0.prefix(5)) } == [
                    ["boss@example.org", "batch-finished", "Import guests: fertig", cafe.id, "0"],
                    ["carol@example.org", "credentials", "Credentials", cafe.id, "1"],
                ])
            #expect(mails.last?[5].contains("username: carol, password: \(password)") == true)
        }
    }

    /// Hashing for commands gives one hash for each password, in order.
    @Test func credentialsKeepTheirOrder() throws {
        let passwords = (1...8).map { "password-\($0)" }
        #expect(try PasswordScheme.cleartext.makeCredentials(passwords).map(\.value) == passwords)
        let hashed = try PasswordScheme.scrypt.makeCredentials(passwords)
        #expect(Set(hashed.map(\.value)).count == 8)
        for (password, item) in zip(passwords, hashed) {
            #expect(item.attribute == "Scrypt-Password")
            #expect(StoredPassword(attribute: item.attribute, value: item.value)?.verify(Array(password.utf8)) == true)
        }
    }
}
