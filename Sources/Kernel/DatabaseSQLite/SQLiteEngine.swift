public import Database
import Foundation

/// A database in one file of this machine, in WAL mode.
public struct SQLiteEngine: DatabaseEngine {
    /// Absolute.
    public let path: String

    public var dialect: Dialect { .sqlite }
    public var displayName: String { "sqlite:\(path)" }

    private let isReadOnly: Bool

    /// - Parameters:
    ///   - path: of the file, relative to the working directory of now; made at the first connection, readable by its owner only, as are
    ///     the directories above that do not exist.
    ///   - isReadOnly: the file is another program's: it must be there, and stays as it is.
    public init(path: String, isReadOnly: Bool = false) {
        self.isReadOnly = isReadOnly
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    public func connect(_ purpose: ConnectionPurpose) throws(DatabaseError) -> any DatabaseConnection {
        try SQLiteConnection(path: path, purpose: purpose, isReadOnly: isReadOnly)
    }
}
