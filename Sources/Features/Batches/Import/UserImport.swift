import AccessPolicy
public import Accounts
public import Database
public import Documents
import Localization

/// Makes users of rows: of a CSV file `username,password,email,first_name,last_name`, with or without a header, which may reorder or omit
/// columns; or as many as wanted with a prefix and a number.
///
/// - An empty user name is taken from the e-mail address, with 1, 2, 3 … appended when it is taken.
/// - An empty password is made up and reported.
/// - `cleartext$PASSWORD` is the password itself; Django's hashes are kept as hashes.
/// - A known e-mail address, in any case, links its account to the organization and changes nothing else of it.
///
/// Good rows are written even if others are wrong, some hundreds in one transaction; memory does not grow with the rows.
/// Blocks: keep it off event loops and the cooperative pool.
public struct UserImport {
    /// Where the users go.
    public struct Target: Sendable {
        /// Whose members they become; nil for none.
        public var organization: Organization?
        /// A group that replaces those which they have in the organization; nil changes nothing.
        public var group: String?
        /// When new accounts end, seconds since 1970 UTC; nil for never.
        public var expiresAt: Int64?

        public init(organization: Organization? = nil, group: String? = nil, expiresAt: Int64? = nil) {
            self.organization = organization
            self.group = group
            self.expiresAt = expiresAt
        }
    }

    /// Rows in one transaction.
    static let chunkSize = 500
    /// How often a chunk is tried when another transaction is in the way.
    private static let attempts = 5

    private let connection: any DatabaseConnection
    private let hooks: BatchHooks
    private let generator: any RandomNumberGenerator
    private let writer: ChunkWriter
    private let target: Target
    private let passwordLength: Int
    private let scheme: PasswordScheme

    /// - Parameters:
    ///   - passwordLength: of passwords that are made up.
    ///   - scheme: how passwords are kept.
    ///   - generator: for passwords.
    public init(
        _ connection: any DatabaseConnection, target: Target, hooks: BatchHooks, passwordLength: Int = 12,
        scheme: PasswordScheme = .cleartext, generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.init(
            connection, target: target, hooks: hooks, passwordLength: passwordLength, scheme: scheme, generator: generator, record: nil)
    }

    init(
        _ connection: any DatabaseConnection, target: Target, hooks: BatchHooks, passwordLength: Int, scheme: PasswordScheme,
        generator: any RandomNumberGenerator, record: ChunkWriter.Record?
    ) {
        self.connection = connection
        self.target = target
        self.hooks = hooks
        self.generator = generator
        self.passwordLength = passwordLength
        self.scheme = scheme
        writer = ChunkWriter(connection: connection, target: target, hooks: hooks, record: record)
    }

    /// Reads all rows of a file and writes those that are good.
    /// - Parameters:
    ///   - isDryRun: decide about each row, but write nothing.
    ///   - step: called after each chunk; what it throws ends the import.
    /// - Throws: ``ImportProblem`` for a header that cannot be understood, the file's error, or the database's when it cannot be reached;
    ///   chunks before it stay written, and the same file may be imported again.
    public func run(_ reader: CSVReader, isDryRun: Bool, step: (ImportStep) throws -> Void = { _ in }) throws -> ImportCounts {
        try run(
            RowSource(reader), rules: RowPlanner.Rules(passwordLength: passwordLength, expiresAt: target.expiresAt), isDryRun: isDryRun,
            step: step)
    }

    func run(
        _ source: RowSource, rules: RowPlanner.Rules, isDryRun: Bool, step: (ImportStep) throws -> Void = { _ in }
    ) throws -> ImportCounts {
        var source = source
        let accounts = try StoredAccounts(connection)
        var planner = RowPlanner(rules: rules, remembers: isDryRun, generator: generator)
        var total = ImportCounts()
        while true {
            let begin = source.position
            let rows = try source.next(Self.chunkSize)
            if rows.isEmpty { return total }
            var verdicts = try planner.decide(rows, knowing: accounts)
            if !isDryRun { verdicts = try write(verdicts, from: begin) }
            let counts = counts(verdicts)
            total = total + counts
            try step(summary(verdicts, total: total, bytesRead: source.bytesRead))
        }
    }

    /// Writes a chunk in one transaction, or row by row when that fails, so that one row cannot take the others with it.
    /// - Returns: the verdicts, some of which the database may have overruled.
    private func write(_ verdicts: [RowVerdict], from begin: Int) throws -> [RowVerdict] {
        let prepared = try prepare(verdicts)
        do {
            try repeating { try writer.write(prepared, counts: counts(verdicts), from: begin, to: begin + verdicts.count) }
            return verdicts
        } catch let error as DatabaseError where error.kind != .connection {
            return try prepared.enumerated().map { index, row in
                try writeAlone(row, from: begin + index)
            }
        }
    }

    private func writeAlone(_ row: ChunkWriter.Row, from begin: Int) throws -> RowVerdict {
        do {
            try repeating { try writer.write([row], counts: counts([row.verdict]), from: begin, to: begin + 1) }
            return row.verdict
        } catch let error as DatabaseError where error.kind != .connection {
            var verdict = row.verdict
            verdict.outcome = .refuse(Self.problem(error, line: verdict.row.line))
            verdict.generatedPassword = nil
            try writer.write([.init(verdict: verdict)], counts: counts([verdict]), from: begin, to: begin + 1)
            return verdict
        }
    }

    private func repeating(_ body: () throws -> Void) throws {
        for attempt in 1... {
            do {
                return try body()
            } catch let error as DatabaseError where error.kind == .busy && attempt < Self.attempts {
                continue
            }
        }
    }

    /// Hashes the chunk's passwords, before its transaction.
    private func prepare(_ verdicts: [RowVerdict]) throws -> [ChunkWriter.Row] {
        var rows = verdicts.map { ChunkWriter.Row(verdict: $0) }
        var plain: [(index: Int, password: String)] = []
        for (index, verdict) in verdicts.enumerated() {
            guard case .create(_, let password) = verdict.outcome else { continue }
            switch password {
            case .hashed(let item): rows[index].credential = item
            case .plain(let text): plain.append((index, text))
            }
        }
        // In slices, so that a slow scheme does not outlive the lease.
        for start in stride(from: 0, to: plain.count, by: 50) {
            let slice = plain[start..<min(start + 50, plain.count)]
            let items = try hooks.credentials(slice.map(\.password), scheme)
            guard items.count == slice.count else { throw DatabaseError(.other, "a password was not hashed") }
            for (entry, item) in zip(slice, items) { rows[entry.index].credential = item }
            try writer.keepLease()
        }
        return rows
    }

    private func counts(_ verdicts: [RowVerdict]) -> ImportCounts {
        var counts = ImportCounts()
        for verdict in verdicts {
            switch verdict.outcome {
            case .create: counts.created += 1
            case .link where target.organization == nil: counts.unchanged += 1
            case .link: counts.linked += 1
            case .refuse: counts.refused += 1
            }
        }
        return counts
    }

    private func summary(_ verdicts: [RowVerdict], total: ImportCounts, bytesRead: Int) -> ImportStep {
        let lines = verdicts.map { verdict in
            let action: ImportStep.Line.Action =
                switch verdict.outcome {
                case .create: .create
                case .link: target.organization == nil ? .unchanged : .link
                case .refuse: .refuse
                }
            return ImportStep.Line(
                line: verdict.row.line, action: action, username: verdict.newUsername, column: verdict.problem?.column,
                error: verdict.problem?.text)
        }
        let generated = verdicts.compactMap { verdict in
            verdict.newUsername.flatMap { name in
                verdict.generatedPassword.map { (verdict.row.line, GeneratedCredential(username: name, password: $0)) }
            }
        }
        return ImportStep(counts: total, bytesRead: bytesRead, lines: lines, generated: generated.map { (line: $0.0, credential: $0.1) })
    }

    /// What only the database could know: somebody else was faster, or an earlier row that this one links to failed.
    private static func problem(_ error: DatabaseError, line: Int) -> ImportProblem {
        switch error.kind {
        case .unique(let constraint) where constraint.contains("email"):
            ImportProblem(line: line, column: .email, "the e-mail address was taken by another user just now")
        case .unique: ImportProblem(line: line, column: .username, "the user name was taken just now")
        case .foreignKey: ImportProblem(line: line, "the account or the organization to link does not exist any more")
        default: ImportProblem(line: line, Message("the database refused it: {error}", ["error": "\(error)"]))
        }
    }
}
