/// One numbered change of the schema by one feature. A published migration never changes; a correction is a new number.
public struct Migration: Sendable {
    /// Changes the schema inside the transaction that the ``Migrator`` opened; it opens none itself.
    public typealias Change = @Sendable (any DatabaseConnection) throws(DatabaseError) -> Void

    public let feature: String
    /// 1, 2, 3 ... within the feature.
    public let number: Int
    /// What it does, in a few words.
    public let name: String
    let change: Change

    /// - Parameter sql: statements separated by `;`, with dialect tokens.
    public init(feature: String, number: Int, name: String, sql: String) {
        self.init(feature: feature, number: number, name: name) { (connection) throws(DatabaseError) in
            try connection.script(sql)
        }
    }

    /// A change that depends on what it finds, such as tables that FreeRADIUS made.
    public init(feature: String, number: Int, name: String, change: @escaping Change) {
        self.feature = feature
        self.number = number
        self.name = name
        self.change = change
    }
}

/// Why a database cannot be brought to the schema of this program.
public enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// The database has a migration that this program does not know: a newer program has been here.
    case newerDatabase(feature: String, number: Int)
    /// The program's own list is wrong: the numbers of a feature are not 1, 2, 3 ... or the feature is listed twice.
    case misnumbered(feature: String, number: Int)
    /// A migration failed and left no trace.
    case failed(feature: String, number: Int, name: String, DatabaseError)
    /// The list of applied migrations could not be read or made.
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .newerDatabase(let feature, let number):
            "the database has migration \(feature) \(number), which this program does not know; use a newer program"
        case .misnumbered(let feature, let number):
            "migration \(feature) \(number) is out of order in this program"
        case .failed(let feature, let number, let name, let error):
            "migration \(feature) \(number) (\(name)) failed: \(error)"
        case .database(let error):
            "migrations: \(error)"
        }
    }
}
