/// What became of the rows of one kind.
public struct MigrationTally: Sendable, Codable, Equatable {
    /// Written.
    public var taken = 0
    /// There already, as the source has it.
    public var present = 0
    /// There already in another form, which stays.
    public var kept = 0
    /// Passed over as the options say.
    public var skipped = 0
    public var refused = 0

    public init(taken: Int = 0, present: Int = 0, kept: Int = 0, skipped: Int = 0, refused: Int = 0) {
        self.taken = taken
        self.present = present
        self.kept = kept
        self.skipped = skipped
        self.refused = refused
    }
}

/// A row that was not taken as it is, and why.
public struct MigrationProblem: Sendable, Codable, Equatable, CustomStringConvertible {
    /// The source's table.
    public var table: String
    /// The row's key or name there; never a secret.
    public var key: String
    public var reason: String
    /// Whether the row, or what it says, is missing now; otherwise something is worth knowing.
    public var isRefused: Bool

    public init(table: String, key: String, reason: String, isRefused: Bool = true) {
        self.table = table
        self.key = key
        self.reason = reason
        self.isRefused = isRefused
    }

    /// `radcheck bob: …`.
    public var description: String { (key.isEmpty ? table : "\(table) \(key)") + ": " + reason }
}

/// What a migration did, or in a dry run would do.
public struct MigrationReport: Sendable, Codable, Equatable {
    /// The kinds of rows, in the order of the work.
    public enum Kind: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
        case organizations, settings, users, passwords, addresses, memberships, roles, groups
        case groupItems = "group items"
        case userItems = "user items"
        case assignments = "group assignments"
        case registrations
        case apiTokens = "API tokens"
        case userTokens = "user tokens"
        case batches
        case batchUsers = "batch users"
        case nas = "NAS devices"
        case huntGroups = "hunt groups"
        case sessions, logins
    }

    public var tallies: [Kind: MigrationTally] = [:]
    /// At most ``problemLimit``; `problemCount` has all of them.
    public var problems: [MigrationProblem] = []
    public var problemCount = 0
    public var isDryRun: Bool

    public static let problemLimit = 1000

    init(isDryRun: Bool) { self.isDryRun = isDryRun }

    /// Rows, or values of them, that are missing.
    public var refused: Int { tallies.values.reduce(0) { $0 + $1.refused } }
    public var taken: Int { tallies.values.reduce(0) { $0 + $1.taken } }
}
