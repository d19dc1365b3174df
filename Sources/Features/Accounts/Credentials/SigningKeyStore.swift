public import Database
import Digests

/// A key that JSON Web Tokens are signed with.
public struct SigningKey: Sendable, Equatable {
    public var id: Int64
    /// 32 octets.
    var secret: [UInt8]
    /// New tokens are signed with it; one key at a time is.
    public var isActive: Bool
    /// Microseconds since 1970 UTC.
    public var created: Int64
    /// Microseconds since 1970 UTC from which its tokens count no more; nil for a key in use.
    public var retireAt: Int64?
}

/// SQL about signing keys (`radian_signing_key`), over one connection.
public struct SigningKeyStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "id, value, is_active, created, retire_at"
    private static let active = Statement("SELECT \(columns) FROM radian_signing_key WHERE is_active = 1")
    private static let byID = Statement("SELECT \(columns) FROM radian_signing_key WHERE id = $1")
    private static let everything = Statement("SELECT \(columns) FROM radian_signing_key ORDER BY id")
    private static let insert = Statement(
        "INSERT INTO radian_signing_key (value, is_active, created) VALUES ($1, 1, $2) ON CONFLICT (is_active) WHERE is_active = 1 DO NOTHING"
    )
    private static let retire = Statement("UPDATE radian_signing_key SET is_active = 0, retire_at = $1 WHERE is_active = 1")
    private static let hasten = Statement(
        "UPDATE radian_signing_key SET retire_at = $1 WHERE is_active = 0 AND (retire_at IS NULL OR retire_at > $1)")
    private static let purge = Statement("DELETE FROM radian_signing_key WHERE is_active = 0 AND retire_at < $1")

    /// The key that signs; made when there is none.
    func current() throws(DatabaseError) -> SigningKey {
        if let key = try connection.first(Self.active, [], { Self.decode($0) }) { return key }
        try connection.execute(Self.insert, [.text(Hexadecimal.encode(randomOctets(32))), .integer(currentMicroseconds())])
        guard let key = try connection.first(Self.active, [], { Self.decode($0) }) else { throw DatabaseError(.other, "no signing key") }
        return key
    }

    /// The key of this id, unless it is retired.
    func key(_ id: Int64) throws(DatabaseError) -> SigningKey? {
        guard let key = try connection.first(Self.byID, [.integer(id)], { Self.decode($0) }) else { return nil }
        return key.retireAt.map { $0 > currentMicroseconds() } ?? true ? key : nil
    }

    /// All keys, the oldest first.
    public func all() throws(DatabaseError) -> [SigningKey] {
        try connection.rows(Self.everything) { Self.decode($0) }
    }

    /// Makes a new key; tokens of older ones count for some seconds still, or not at all. Call it inside a transaction.
    /// - Returns: the new key.
    @discardableResult
    public func rotate(graceSeconds: Int64) throws(DatabaseError) -> SigningKey {
        let end = currentMicroseconds() + graceSeconds * 1_000_000
        try connection.execute(Self.hasten, [.integer(end)])
        try connection.execute(Self.retire, [.integer(end)])
        return try current()
    }

    /// Removes keys that retired before a time in microseconds since 1970 UTC.
    func purge(before time: Int64) throws(DatabaseError) {
        try connection.execute(Self.purge, [.integer(time)])
    }

    private static func decode(_ row: any DatabaseRow) -> SigningKey {
        SigningKey(
            id: row.integer(0), secret: Hexadecimal.decode(row.text(1).utf8) ?? [], isActive: row.integer(2) != 0, created: row.integer(3),
            retireAt: row.integerOrNil(4))
    }
}
