import CPostgres
public import Database

/// A PostgreSQL database, version 15 or later, through libpq.
public struct PostgresEngine: DatabaseEngine {
    let parameters: PostgresParameters

    public var dialect: Dialect { .postgres }
    public var displayName: String { parameters.displayName }

    /// - Parameter url: `postgres://user:password@host:port/database?parameter=value` with libpq's parameters, or
    ///   `postgres:///database?host=/run/postgresql` for a socket directory. What is missing comes from libpq's environment, so that
    ///   the password may stand in `PGPASSWORD` or a password file.
    /// - Throws: kind `other` when the text is no such URL; the text itself is not repeated, as it may hold a password.
    public init(url: String) throws(DatabaseError) {
        parameters = try PostgresParameters(url: url)
    }

    public func connect(_ purpose: ConnectionPurpose) throws(DatabaseError) -> any DatabaseConnection {
        try PostgresConnection(parameters: parameters, purpose: purpose)
    }

    public func listen(to channel: String) throws(DatabaseError) -> (any DatabaseListener)? {
        try PostgresListener(parameters: parameters, channel: channel)
    }
}

extension PostgresEngine: CustomStringConvertible, CustomReflectable {
    public var description: String { displayName }
    public var customMirror: Mirror { Mirror(self, children: ["displayName": displayName]) }
}
