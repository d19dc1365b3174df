/// Why a line of an import file was not taken.
public struct ImportProblem: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// Nil when the row as a whole is meant.
    public let column: ImportColumn?
    /// Without passwords.
    public let message: String

    init(line: Int, column: ImportColumn? = nil, _ message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// "line 3, column email: …".
    public var description: String {
        column.map { "line \(line), column \($0.rawValue): \(message)" } ?? "line \(line): \(message)"
    }
}

/// How far an import is.
public struct ImportProgress: Sendable, Equatable {
    /// Rows decided, and written unless it is a dry run.
    public var rows = 0
    /// Of the file.
    public var bytesRead = 0
}

/// What an import did, or in a dry run would do.
public struct ImportReport: Sendable, Equatable, Codable {
    /// A password made up for a row that had none.
    public struct GeneratedPassword: Sendable, Equatable, Codable {
        public let line: Int
        public let username: String
        public let password: String
    }

    /// New users.
    public internal(set) var created = 0
    /// Existing users made members of the organization.
    public internal(set) var linked = 0
    /// Existing users, where no organization was given to link them to.
    public internal(set) var unchanged = 0
    /// By line.
    public internal(set) var generatedPasswords: [GeneratedPassword] = []
    /// By line.
    public internal(set) var problems: [ImportProblem] = []

    /// Rows that were read.
    public var rows: Int { created + linked + unchanged + problems.count }
}
