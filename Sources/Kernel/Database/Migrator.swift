/// Brings a database to the schema of this program: table `radian_migration` holds what has been applied.
///
/// Each migration is one transaction together with its row, so a stop in the middle leaves a state to go on from. Several nodes
/// may start together: the transaction holds a lock (PostgreSQL: advisory, SQLite: the write lock) and looks again under it.
public struct Migrator: Sendable {
    private let migrations: [[Migration]]

    /// - Parameter migrations: one list per feature, features in the order in which their tables build on each other.
    public init(_ migrations: [[Migration]]) {
        self.migrations = migrations
    }

    /// Applies all that is missing.
    /// - Returns: what this call applied, in order; empty when the database was up to date.
    /// - Throws: ``MigrationError``; those before the failed one stay applied.
    @discardableResult
    public func migrate(_ connection: any DatabaseConnection) throws(MigrationError) -> [Migration] {
        // An index on a large table takes longer than a statement otherwise may, and so does another node that makes one.
        defer { try? connection.limitStatements(true) }
        do {
            try connection.limitStatements(false)
            try connection.transaction { () throws(DatabaseError) in
                try connection.script(Self.lock)
                try connection.script(Self.table)
            }
        } catch {
            throw .database(error)
        }
        var applied: [Migration] = []
        for migration in try pending(connection) where try apply(migration, connection) {
            applied.append(migration)
        }
        return applied
    }

    /// What ``migrate(_:)`` would apply; changes nothing.
    public func pending(_ connection: any DatabaseConnection) throws(MigrationError) -> [Migration] {
        let known = try numbered()
        var applied: Set<Key> = []
        do {
            if try connection.tableExists("radian_migration") {
                applied = Set(
                    try connection.rows(Self.list) { (row) throws(DatabaseError) in
                        Key(feature: row.text(0), number: Int(row.integer(1)))
                    })
            }
        } catch {
            throw .database(error)
        }
        let unknown = applied.subtracting(known.map(Key.init)).min { ($0.feature, $0.number) < ($1.feature, $1.number) }
        if let unknown { throw .newerDatabase(feature: unknown.feature, number: unknown.number) }
        return known.filter { !applied.contains(Key($0)) }
    }

    private struct Key: Hashable {
        let feature: String
        let number: Int

        init(feature: String, number: Int) {
            self.feature = feature
            self.number = number
        }

        init(_ migration: Migration) {
            self.init(feature: migration.feature, number: migration.number)
        }
    }

    private func numbered() throws(MigrationError) -> [Migration] {
        var last: [String: Int] = [:]
        let all = migrations.flatMap { $0 }
        for migration in all {
            guard migration.number == last[migration.feature, default: 0] + 1 else {
                throw .misnumbered(feature: migration.feature, number: migration.number)
            }
            last[migration.feature] = migration.number
        }
        return all
    }

    /// - Returns: false when another node had been faster.
    private func apply(_ migration: Migration, _ connection: any DatabaseConnection) throws(MigrationError) -> Bool {
        do {
            return try connection.transaction { () throws(DatabaseError) -> Bool in
                try connection.script(Self.lock)
                let key: [DatabaseValue] = [.text(migration.feature), .integer(Int64(migration.number))]
                let isApplied = try connection.first(Self.find, key) { (_) throws(DatabaseError) in true } ?? false
                if isApplied { return false }
                try migration.change(connection)
                try connection.execute(Self.record, key + [.text(migration.name)])
                return true
            }
        } catch {
            throw .failed(feature: migration.feature, number: migration.number, name: migration.name, error)
        }
    }

    /// The lock's number means nothing but "Radian's schema".
    private static let lock = "{{postgres: SELECT pg_advisory_xact_lock(7211051817)}}"
    private static let table = """
        CREATE TABLE IF NOT EXISTS radian_migration (
            feature text NOT NULL, number integer NOT NULL, name text NOT NULL,
            applied_at {{timestamptz}} NOT NULL, PRIMARY KEY (feature, number))
        """
    private static let list = Statement("SELECT feature, number FROM radian_migration")
    private static let find = Statement("SELECT 1 FROM radian_migration WHERE feature = $1 AND number = $2")
    private static let record = Statement(
        "INSERT INTO radian_migration (feature, number, name, applied_at) VALUES ($1, $2, $3, {{now}})")
}
