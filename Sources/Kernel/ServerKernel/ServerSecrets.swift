public import Database

/// Random keys that all Radian nodes on one database share; made by whichever needs one first.
public enum ServerSecrets {
    public static let migrations = [
        Migration(
            feature: "Kernel", number: 1, name: "server secrets",
            sql: "CREATE TABLE radian_server_secret (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
    ]

    /// 32 octets, the same at each call for the same name and database.
    public static func key(_ name: String, over connection: any DatabaseConnection) throws(DatabaseError) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let fresh = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        _ = try connection.execute(
            insert, [.text(name), .text(fresh.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())])
        var stored = ""
        try connection.query(select, [.text(name)]) { row in stored = row.text(0) }
        let digits = stored.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static let insert = Statement("INSERT INTO radian_server_secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
    private static let select = Statement("SELECT value FROM radian_server_secret WHERE name = $1")
}
