public import AccessPolicy
public import Accounts
public import Batches
import Database
public import Foundation
import Localization
public import Logging
import Messaging
public import ServerKernel

/// The section `batches`.
public struct BatchesConfiguration: Sendable {
    public var settings: BatchSettings

    /// Reads every key; problems stay with the reader.
    /// - Parameters:
    ///   - passwordScheme: how passwords are kept where nobody says otherwise.
    ///   - timeZone: whose midnight ends an expiration date; nil for the server's.
    public init(_ reader: inout ConfigurationReader, passwordScheme: PasswordScheme, timeZone: TimeZone?) {
        settings = BatchSettings(
            directory: URL(fileURLWithPath: reader.text("batches", "directory", default: "var/batches")),
            passwordLength: reader.integer("batches", "password_length", default: 8, in: 6...64),
            asyncThreshold: reader.integer("batches", "async_threshold", default: 15, in: 0...1000),
            maximumFileSize: reader.integer("batches", "maximum_file_size", default: 5 << 20, in: 1024...(1 << 30)),
            maximumUsers: reader.integer("batches", "maximum_users", default: 100_000, in: 1...1_000_000),
            deleteExpiredDays: reader.integer("batches", "delete_expired_after", default: 540, in: 0...36_500),
            credentialDays: reader.integer("batches", "keep_credentials", default: 30, in: 1...365), passwordScheme: passwordScheme,
            timeZone: timeZone ?? .current)
    }
}

extension RadianConfiguration {
    /// What works batches off, for the server and for commands.
    /// - Parameters:
    ///   - credentials: turns passwords into what is stored, in order; it may block.
    ///   - mailsQueued: told when mails wait in the outbox; a command leaves them to the server's next look.
    public func makeBatchRunner(
        logger: Logger,
        credentials: @escaping @Sendable ([String], PasswordScheme) throws -> [PolicyItem] = { try $1.makeCredentials($0) },
        mailsQueued: @escaping @Sendable () -> Void = {}
    ) -> BatchRunner {
        var hooks = batchHooks(credentials: credentials)
        let composer = MessageComposer(frame: messaging.frame)
        hooks.canMail = { EmailAddress.isValid($0) }
        hooks.mail = { connection, mails, organization in
            let outbox = MessageOutbox(connection)
            let sender = MessageComposer.Sender(organizationID: organization.id, name: organization.name)
            for mail in mails {
                try outbox.append(
                    composer.email(
                        .credentials, to: mail.recipient, in: .english, of: sender,
                        ["username": mail.username, "password": mail.password], over: connection))
            }
        }
        hooks.finished = { connection, batch, organization in
            guard let user = try batch.createdBy.flatMap({ try UserStore(connection).user(id: $0) }), let address = user.email,
                EmailAddress.isValid(address)
            else { return }
            let message = try composer.email(
                batch.status == .completed ? .batchFinished : .batchFailed, to: address, in: user.language ?? .english,
                of: .init(organizationID: organization.id, name: organization.name),
                [
                    "batch": batch.name, "count": String(batch.createdUsers + batch.linkedUsers), "reason": batch.error ?? "",
                ], over: connection)
            try MessageOutbox(connection).append(message)
        }
        hooks.mailsQueued = mailsQueued
        return BatchRunner(
            settings: batches.settings, hooks: hooks,
            key: { connection throws(DatabaseError) in try ServerSecrets.key("batch-credentials", over: connection) }, logger: logger)
    }

    /// What imports that leave no batch behind need.
    public var importHooks: BatchHooks { batchHooks { try $1.makeCredentials($0) } }

    private func batchHooks(credentials: @escaping @Sendable ([String], PasswordScheme) throws -> [PolicyItem]) -> BatchHooks {
        BatchHooks(credentials: credentials, defaults: api.organizationDefaults)
    }
}
