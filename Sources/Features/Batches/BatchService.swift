import AccessPolicy
public import Accounts
public import Database
import Documents
public import Foundation
public import Localization
import WebRouting

/// Rules and transactions of batches, for the API and the command line. Blocks.
public struct BatchService: Sendable {
    /// What somebody asks for.
    public struct Wish: Sendable {
        public var name: String
        public var strategy: Batch.Strategy
        public var organization: Organization
        public var prefix: String?
        public var numberOfUsers: Int?
        public var file: URL?
        public var expirationDate: String?
        /// UUID of a group of the organization; its name will do for the command line.
        public var groupID: String?
        public var notes: String
        /// Rows that are wrong are refused one by one, instead of the whole file.
        public var skipsErrors: Bool
        /// A password column that is no hash is the password itself.
        public var takesPlainPasswords: Bool
        /// Passwords made up for rows of a file go to the rows' addresses.
        public var mailsPasswords: Bool
        /// Characters of passwords that are made up; nil for what the configuration says.
        public var passwordLength: Int?
        /// Id of the user who asks for it; nil for the command line.
        public var createdBy: String?
        /// How passwords are kept; nil for what the configuration says.
        public var passwordScheme: PasswordScheme?
        /// Of what is said about lines.
        public var language: Language

        public init(
            name: String, strategy: Batch.Strategy, organization: Organization, prefix: String? = nil, numberOfUsers: Int? = nil,
            file: URL? = nil, expirationDate: String? = nil, groupID: String? = nil, notes: String = "", skipsErrors: Bool = false,
            takesPlainPasswords: Bool = false, mailsPasswords: Bool = true, passwordLength: Int? = nil, createdBy: String? = nil,
            passwordScheme: PasswordScheme? = nil, language: Language = .english
        ) {
            self.name = name
            self.strategy = strategy
            self.organization = organization
            self.prefix = prefix
            self.numberOfUsers = numberOfUsers
            self.file = file
            self.expirationDate = expirationDate
            self.groupID = groupID
            self.notes = notes
            self.skipsErrors = skipsErrors
            self.takesPlainPasswords = takesPlainPasswords
            self.mailsPasswords = mailsPasswords
            self.passwordLength = passwordLength
            self.createdBy = createdBy
            self.passwordScheme = passwordScheme
            self.language = language
        }
    }

    /// What a file would do.
    public struct Rehearsal: Sendable {
        public let counts: ImportCounts
        /// Every line, in order; of more than ``shownLines`` only those that are refused, and so many of them at most.
        public let lines: [ImportStep.Line]

        static let shownLines = 10_000
    }

    let runner: BatchRunner

    public init(_ runner: BatchRunner) {
        self.runner = runner
    }

    /// What an operator may change later; nil leaves it as it is, an inner nil removes it.
    public struct Change: Sendable {
        public var name: String?
        public var notes: String?
        public var expirationDate: String??
        public var groupID: String??

        public init(name: String? = nil, notes: String? = nil, expirationDate: String?? = nil, groupID: String?? = nil) {
            self.name = name
            self.notes = notes
            self.expirationDate = expirationDate
            self.groupID = groupID
        }
    }

    private static let shownProblems = 20
    var settings: BatchSettings { runner.settings }

    /// What a wish would do, row by row; nothing is written.
    /// - Throws: ``WebRouting/Problem`` for a file whose header or encoding cannot be understood.
    public func rehearse(_ wish: Wish, over connection: any DatabaseConnection) throws -> Rehearsal {
        _ = try checkedFields(wish, existing: nil, connection)
        var lines: [ImportStep.Line] = []
        var showsAll = true
        let counts = try decide(wish, over: connection) { step in
            if showsAll, lines.count + step.lines.count > Rehearsal.shownLines {
                showsAll = false
                lines.removeAll { $0.action != .refuse }
            }
            let shown = showsAll ? step.lines : step.lines.filter { $0.action == .refuse }
            lines += shown.prefix(Rehearsal.shownLines - lines.count)
        }
        return Rehearsal(counts: counts, lines: lines)
    }

    /// Makes a batch, pending.
    ///
    /// A file with a wrong line is refused as a whole, unless the wish skips errors.
    /// - Parameter owner: who is about to work on it (``BatchRunner/newOwner()``); empty for the background worker.
    /// - Throws: ``WebRouting/Problem`` by field; nothing is written then.
    public func create(_ wish: Wish, for owner: String = "", over connection: any DatabaseConnection) throws -> Batch {
        let group = try checkedFields(wish, existing: nil, connection)
        var problems: [ImportProblem] = []
        // The first ones tell enough; a dry run lists all.
        let counts =
            try wish.strategy == .csv
            ? decide(wish, over: connection) { problems += $0.problems.prefix(Self.shownProblems - problems.count) } : nil
        if !problems.isEmpty, !wish.skipsErrors {
            throw Problem.fields([Self.fieldProblem("csvfile", problems.map { Self.message($0, in: wish.language) })])
        }
        if counts?.rows == 0 { throw Problem.field("csvfile", "The submitted file is empty.") }
        let batch = Batch(
            organizationID: wish.organization.id, name: wish.name, strategy: wish.strategy,
            prefix: wish.strategy == .prefix ? wish.prefix : nil, itemCount: counts?.rows ?? wish.numberOfUsers ?? 0, groupID: group?.id,
            groupName: group?.name, expirationDate: wish.expirationDate, notes: wish.notes,
            takesPlainPasswords: wish.takesPlainPasswords, mailsPasswords: wish.mailsPasswords,
            passwordScheme: wish.passwordScheme ?? settings.passwordScheme,
            passwordLength: wish.passwordLength ?? settings.passwordLength, createdBy: wish.createdBy, created: currentMicroseconds())
        if let file = wish.file { try runner.files.keep(file, for: batch) }
        do {
            try connection.transaction { () throws(DatabaseError) in
                try BatchStore(connection).add(batch, owner: owner)
                try AuditLog(connection).batch(.added, before: nil, after: batch)
            }
        } catch {
            runner.files.remove(batch)
            throw Self.refusal(error)
        }
        return batch
    }

    /// Whether a batch is small enough to be worked off while the client waits.
    public func isSmall(_ batch: Batch) -> Bool { runner.isSmall(batch) }

    /// Changes a batch, and with its expiration or group those of its users.
    /// - Throws: ``WebRouting/Problem`` by field.
    public func change(_ batch: Batch, in organization: Organization, _ change: Change, over connection: any DatabaseConnection) throws
        -> Batch
    {
        var wish = Wish(name: change.name ?? batch.name, strategy: batch.strategy, organization: organization)
        wish.groupID = change.groupID ?? nil
        if case .some(.some(let date)) = change.expirationDate { wish.expirationDate = date }
        let group = try checkedFields(wish, existing: batch, connection)
        var changed = batch
        changed.name = wish.name
        changed.notes = change.notes ?? batch.notes
        if let date = change.expirationDate { changed.expirationDate = date }
        if change.groupID != nil { (changed.groupID, changed.groupName) = (group?.id, group?.name) }
        changed.modified = currentMicroseconds()
        do {
            try connection.inTransaction {
                let store = BatchStore(connection)
                try store.update(changed, at: changed.modified)
                var last = ""
                while case let members = try store.members(of: batch.id, after: last, limit: 500), let end = members.last?.userID {
                    last = end
                    try apply(changed, insteadOf: batch, to: members, over: connection)
                }
                try AuditLog(connection).batch(.changed, before: batch, after: changed)
            }
        } catch let error as DatabaseError {
            throw Self.refusal(error)
        }
        return changed
    }

    private func apply(_ batch: Batch, insteadOf old: Batch, to members: [BatchMember], over connection: any DatabaseConnection) throws {
        if batch.expirationDate != old.expirationDate {
            let made = members.filter(\.isCreated)
            try BulkUserStore(connection).setExpiry(
                batch.expirationDate.flatMap { settings.end(of: $0) }, of: made.map(\.userID))
        }
        if batch.groupName != old.groupName, let group = batch.groupName {
            try BulkPolicyStore(connection).replaceGroups(
                of: members.map(\.username), by: group, organizationID: batch.organizationID)
            for member in members { try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, member.username)) }
        }
    }

    /// Stops the work on a batch; what was done stays until it is undone.
    /// - Returns: false when it was finished already.
    public func cancel(_ batch: Batch, by username: String, over connection: any DatabaseConnection) throws -> Bool {
        try connection.transaction { () throws(DatabaseError) in
            let isCancelled = try BatchLeases(connection, owner: "").cancel(batch.id, because: "cancelled by \(username)")
            if isCancelled { try AuditLog(connection).batch(.cancelled, before: nil, after: batch) }
            return isCancelled
        }
    }

    /// Undoes a batch and deletes it; accounts that it did not make stay.
    public func undo(_ batch: Batch, in organization: Organization, over connection: any DatabaseConnection) throws {
        try BatchUndo(connection: connection, files: runner.files).run(batch, in: organization)
    }

    /// Deletes the users of batches that expired long ago, where the users themselves did, too, and batches that are empty then.
    /// - Parameter days: since the end; 0 for never, nil for what the configuration says.
    /// - Returns: batches that are gone.
    public func removeExpired(now: Date, days: Int? = nil, over connection: any DatabaseConnection) throws -> Int {
        let days = days ?? settings.deleteExpiredDays
        guard days > 0 else { return 0 }
        let limit = now.addingTimeInterval(-Double(days) * 86_400)
        let organizations = Dictionary(uniqueKeysWithValues: try OrganizationStore(connection).all().map { ($0.id, $0) })
        var gone = 0
        for batch in try BatchStore(connection).expired(before: settings.day(of: limit)) where batch.isFinished {
            guard let organization = organizations[batch.organizationID] else { continue }
            let undo = BatchUndo(connection: connection, files: runner.files)
            if try undo.removeEnded(batch, before: Int64(limit.timeIntervalSince1970), in: organization) { gone += 1 }
        }
        return gone
    }

    /// Removes files whose batch went without them, as with its organization.
    func removeOrphanedFiles(over connection: any DatabaseConnection) throws {
        let store = BatchStore(connection)
        for (id, url) in runner.files.all() where try store.batch(id: id) == nil { try? FileManager.default.removeItem(at: url) }
    }

    /// Generated credentials of a batch by prefix that are still kept.
    /// - Parameter limit: at most so many.
    public func credentials(of batch: Batch, limit: Int, over connection: any DatabaseConnection) throws -> [GeneratedCredential] {
        guard batch.credentialsUntil != nil else { return [] }
        return try runner.vault(connection).first(limit, of: batch.id)
    }

    /// Drops generated passwords whose time has come.
    /// - Parameter time: microseconds since 1970 UTC.
    /// - Returns: of how many batches.
    func dropDueCredentials(now time: Int64, over connection: any DatabaseConnection) throws -> Int {
        try runner.vault(connection).dropDue(at: time)
    }

    /// Gives a batch that was reserved to the background worker.
    func leave(_ batch: Batch, owner: String, over connection: any DatabaseConnection) throws {
        try connection.transaction { () throws(DatabaseError) in try BatchLeases(connection, owner: owner).release(batch.id) }
    }

    /// Decides about all rows of a wish.
    private func decide(_ wish: Wish, over connection: any DatabaseConnection, step: (ImportStep) -> Void) throws -> ImportCounts {
        let target = UserImport.Target(
            organization: wish.organization, expiresAt: wish.expirationDate.flatMap { settings.end(of: $0) })
        let rules = RowPlanner.Rules(
            passwordLength: settings.passwordLength, takesPlainPasswords: wish.takesPlainPasswords,
            canMail: wish.strategy == .csv && wish.mailsPasswords ? runner.hooks.canMail : nil, expiresAt: target.expiresAt)
        let work = UserImport(connection, target: target, hooks: runner.hooks, passwordLength: settings.passwordLength)
        guard let url = wish.file else {
            return try work.run(
                RowSource(prefix: wish.prefix ?? "", count: wish.numberOfUsers ?? 0), rules: rules, isDryRun: true, step: step)
        }
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        do {
            return try work.run(RowSource(CSVReader(file: file)), rules: rules, isDryRun: true, step: step)
        } catch let problem as ImportProblem {
            throw Problem.fields([Self.fieldProblem("csvfile", [Self.message(problem, in: wish.language)])])
        }
    }

    private static func refusal(_ error: DatabaseError) -> any Error {
        guard case .unique = error.kind else { return error }
        return Problem.field("name", "A batch with this name exists already in the organization.")
    }
}
