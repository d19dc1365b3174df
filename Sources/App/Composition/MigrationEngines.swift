public import Database
import DatabasePostgres
import DatabaseSQLite

/// Databases of other programs, which migrations read.
public enum MigrationEngines {
    /// - Parameter url: `postgres://…`.
    public static func postgres(url: String) throws -> any DatabaseEngine { try PostgresEngine(url: url) }

    /// An SQLite file of another program, which stays as it is.
    public static func existingFile(_ path: String) -> any DatabaseEngine { SQLiteEngine(path: path, isReadOnly: true) }

    /// An SQLite file for the work itself.
    public static func newFile(_ path: String) -> any DatabaseEngine { SQLiteEngine(path: path) }
}
