/// What a connection is used for; it decides durability and planning.
public enum ConnectionPurpose: Sendable {
    /// Packet threads. Commits are durable; PostgreSQL uses generic plans without sequential scans, as every hot statement is an
    /// index look-up whose array is longer or shorter each time.
    case packets
    /// Logs whose last moments may be lost at a power cut: `synchronous_commit=off`, SQLite `synchronous=NORMAL`.
    case log
    /// Imports, migrations and what undoes them, and what API requests change together: durable commits; PostgreSQL plans as for packets,
    /// since a plan made while the tables were empty would read them whole for each of a thousand chunks.
    case bulk
    /// All else. Commits are durable.
    case general
}

/// One database that connections are made to.
public protocol DatabaseEngine: Sendable {
    var dialect: Dialect { get }

    /// For messages and the log; without password.
    var displayName: String { get }

    /// Opens a connection; blocks for a few seconds at most.
    /// - Throws: kind `connection` when the database cannot be reached now, so that asking again makes sense.
    func connect(_ purpose: ConnectionPurpose) throws(DatabaseError) -> any DatabaseConnection

    /// Opens a connection that hears what transactions tell on a channel; nil where the engine has no such thing.
    func listen(to channel: String) throws(DatabaseError) -> (any DatabaseListener)?
}
