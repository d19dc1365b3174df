public import Database
import DatabasePostgres
import DatabaseSQLite

extension RadianConfiguration {
    /// The engine that `database.url` names: `sqlite:PATH` or `postgres://…`. Opens nothing.
    /// - Throws: when the URL is of neither form.
    public func makeEngine() throws -> any DatabaseEngine {
        if databaseURL.hasPrefix("sqlite:") {
            return SQLiteEngine(path: String(databaseURL.dropFirst("sqlite:".count)))
        }
        return try PostgresEngine(url: databaseURL)
    }
}
