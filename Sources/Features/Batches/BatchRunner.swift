import Accounts
public import Database
import Documents
import Foundation
public import Logging

/// Works batches off: for the request that makes one, for the background worker and for the command line alike. Blocks.
public struct BatchRunner: Sendable {
    /// Why a batch is left before its end, to go on later.
    struct Interrupted: Error {}

    let settings: BatchSettings
    let hooks: BatchHooks
    let key: @Sendable (any DatabaseConnection) throws(DatabaseError) -> [UInt8]
    let logger: Logger

    /// - Parameter key: 32 octets that seal generated passwords.
    public init(
        settings: BatchSettings, hooks: BatchHooks, key: @escaping @Sendable (any DatabaseConnection) throws(DatabaseError) -> [UInt8],
        logger: Logger
    ) {
        self.settings = settings
        self.hooks = hooks
        self.key = key
        self.logger = logger
    }

    func vault(_ connection: any DatabaseConnection) throws(DatabaseError) -> CredentialVault {
        CredentialVault(connection, key: try key(connection))
    }

    var files: BatchFiles { BatchFiles(directory: settings.directory) }

    /// A name for a worker that nobody else has.
    public static func newOwner() -> String { BatchLeases.newOwner() }

    /// Works on a batch from where it was left.
    /// - Parameters:
    ///   - owner: to whom the batch was reserved when it was made.
    ///   - step: called after each chunk with the batch as it was at the beginning; what it throws ends the work.
    /// - Returns: the batch as it is now; nil when it is gone or somebody else's.
    public func run(
        _ id: String, owner: String, over connection: any DatabaseConnection, step: (Batch, ImportStep) throws -> Void = { _, _ in }
    ) throws -> Batch? {
        try run(id, claimedFrom: owner, BatchLeases(connection, owner: owner), over: connection, step: step)
    }

    /// Works on a batch that nobody works on.
    /// - Returns: the batch as it is now; nil when it is gone or somebody works on it.
    public func resume(
        _ id: String, over connection: any DatabaseConnection, step: (Batch, ImportStep) throws -> Void = { _, _ in }
    ) throws -> Batch? {
        let leases = BatchLeases(connection, owner: BatchLeases.newOwner())
        guard let owner = try leases.unattended().first(where: { $0.id == id })?.owner else { return nil }
        return try run(id, claimedFrom: owner, leases, over: connection, step: step)
    }

    /// Works on the oldest batch that nobody works on and whose file is here.
    /// - Returns: nil when there was none.
    func runNext(over connection: any DatabaseConnection, step: (Batch, ImportStep) throws -> Void) throws -> Batch? {
        let leases = BatchLeases(connection, owner: BatchLeases.newOwner())
        for (id, owner) in try leases.unattended() {
            guard let batch = try BatchStore(connection).batch(id: id), batch.strategy == .prefix || files.has(batch) else { continue }
            if let done = try run(id, claimedFrom: owner, leases, over: connection, step: step) { return done }
        }
        return nil
    }

    private func run(
        _ id: String, claimedFrom owner: String, _ leases: BatchLeases, over connection: any DatabaseConnection,
        step: (Batch, ImportStep) throws -> Void
    ) throws -> Batch? {
        let store = BatchStore(connection)
        guard try leases.claim(id, from: owner), let batch = try store.batch(id: id),
            let organization = try OrganizationStore(connection).all().first(where: { $0.id == batch.organizationID })
        else { return nil }
        do {
            try work(batch, organization, leases, connection, step)
        } catch is BatchLost {
            return try store.batch(id: id)
        } catch is Interrupted {
            try leases.release(id)
            return nil
        } catch let error as DatabaseError where error.kind == .connection {
            // The lease ends by itself; what was committed stays.
            throw error
        } catch {
            logger.error("batch failed", metadata: ["batch": "\(id)", "error": "\(error)"])
            return try finish(batch, organization, leases, .failed, error: "\(error)", connection)
        }
        guard let done = try store.batch(id: id) else { return nil }
        let refused = done.refusedRows == 0 ? nil : "\(done.refusedRows) of \(done.position) rows were refused"
        let isVain = done.refusedRows > 0 && done.refusedRows == done.position
        return try finish(done, organization, leases, isVain ? .failed : .completed, error: refused, connection)
    }

    /// Notes the end, and tells it to who waits for it.
    /// - Returns: the batch as it is now; nil when it is gone.
    private func finish(
        _ batch: Batch, _ organization: Organization, _ leases: BatchLeases, _ status: Batch.Status, error: String?,
        _ connection: any DatabaseConnection
    ) throws -> Batch? {
        let tells = batch.createdBy != nil && !isSmall(batch)
        let done = try connection.inTransaction {
            let isMine = try leases.finish(batch.id, status, error: error)
            let done = try BatchStore(connection).batch(id: batch.id)
            if let done, isMine, tells { try hooks.finished(connection, done, organization) }
            return done
        }
        if tells { hooks.mailsQueued() }
        return done
    }

    func isSmall(_ batch: Batch) -> Bool { batch.itemCount < settings.asyncThreshold }

    private func work(
        _ batch: Batch, _ organization: Organization, _ leases: BatchLeases, _ connection: any DatabaseConnection,
        _ step: (Batch, ImportStep) throws -> Void
    ) throws {
        let target = UserImport.Target(
            organization: organization, group: batch.groupName, expiresAt: batch.expirationDate.flatMap { settings.end(of: $0) })
        let record = ChunkWriter.Record(
            batchID: batch.id, leases: leases, vault: try vault(connection),
            credentialsUntil: currentMicroseconds() + Int64(settings.credentialDays) * 86_400_000_000,
            mailsPasswords: batch.mailsPasswords && batch.strategy == .csv)
        let work = UserImport(
            connection, target: target, hooks: hooks, passwordLength: batch.passwordLength,
            scheme: batch.passwordScheme, generator: SystemRandomNumberGenerator(), record: record)
        let rules = RowPlanner.Rules(
            passwordLength: batch.passwordLength, takesPlainPasswords: batch.takesPlainPasswords,
            canMail: record.mailsPasswords ? hooks.canMail : nil,
            expiresAt: target.expiresAt)
        let file = batch.strategy == .csv ? try FileHandle(forReadingFrom: files.url(of: batch)) : nil
        defer { try? file?.close() }
        var source = file.map { RowSource(CSVReader(file: $0)) } ?? RowSource(prefix: batch.prefix ?? "", count: batch.itemCount)
        try source.skip(batch.position)
        _ = try work.run(source, rules: rules, isDryRun: false) { try step(batch, $0) }
    }
}
