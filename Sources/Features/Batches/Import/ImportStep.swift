public import Localization

/// What became of rows.
public struct ImportCounts: Sendable, Equatable, Codable {
    /// New users.
    public internal(set) var created = 0
    /// Existing users made members of the organization.
    public internal(set) var linked = 0
    /// Existing users, where no organization was given to link them to.
    public internal(set) var unchanged = 0
    /// Rows that are wrong.
    public internal(set) var refused = 0

    public init() {}

    /// Rows that were decided.
    public var rows: Int { created + linked + unchanged + refused }

    static func + (a: ImportCounts, b: ImportCounts) -> ImportCounts {
        var sum = a
        sum.created += b.created
        sum.linked += b.linked
        sum.unchanged += b.unchanged
        sum.refused += b.refused
        return sum
    }
}

/// What an import tells after each chunk.
public struct ImportStep: Sendable {
    /// A verdict about one line.
    public struct Line: Sendable, Equatable {
        public enum Action: String, Sendable {
            case create, link, unchanged, refuse
        }

        public let line: Int
        public let action: Action
        /// Of the new user; nil for others.
        public let username: String?
        /// The column that is wrong; nil when the row as a whole is, or nothing.
        public let column: ImportColumn?
        /// What is wrong; nil for nothing.
        public let error: Message?
    }

    /// Rows so far, of this run.
    public let counts: ImportCounts
    /// Of the file, so far.
    public let bytesRead: Int
    /// This chunk's lines, in order.
    public let lines: [Line]
    /// Passwords made up in this chunk, by line.
    public let generated: [(line: Int, credential: GeneratedCredential)]

    /// Lines of this chunk that were refused.
    public var problems: [ImportProblem] {
        lines.compactMap { line in line.error.map { ImportProblem(line: line.line, column: line.column, $0) } }
    }
}
