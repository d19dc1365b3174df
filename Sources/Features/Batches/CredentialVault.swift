import Database
import Digests
import Foundation

/// A user name and the password that was made up for it.
public struct GeneratedCredential: Sendable, Equatable, Codable {
    public let username: String
    public let password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

/// Generated passwords of batches, sealed by a key that is not in the same table, until they are handed out.
struct CredentialVault {
    private let connection: any DatabaseConnection
    private let key: [UInt8]

    /// - Parameter key: 32 octets.
    init(_ connection: any DatabaseConnection, key: [UInt8]) {
        self.connection = connection
        self.key = key
    }

    private static let insert = Statement("INSERT INTO radian_batch_credential (batch_id, position, sealed) VALUES ($1, $2, $3)")
    private static let next = Statement(
        "SELECT position, sealed FROM radian_batch_credential WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT 1")
    private static let keep = Statement("UPDATE radian_batch SET credentials_until = $2 WHERE id = $1")
    private static let shorten = Statement("UPDATE radian_batch SET credentials_until = $2 WHERE id = $1 AND credentials_until > $2")
    private static let drop = Statement("DELETE FROM radian_batch_credential WHERE batch_id = $1")
    private static let forget = Statement("UPDATE radian_batch SET credentials_until = NULL WHERE id = $1")
    private static let due = Statement("SELECT id FROM radian_batch WHERE credentials_until <= $1")

    /// Keeps the credentials of one chunk, which ends at a position of its own.
    /// - Parameter time: when they are dropped, microseconds since 1970 UTC.
    func append(_ credentials: [GeneratedCredential], batchID: String, position: Int, until time: Int64) throws {
        guard !credentials.isEmpty else { return }
        let text = Array(try JSONEncoder().encode(credentials))
        guard let sealed = AESGCM.seal(text, key: key, context: Self.context(batchID, position)) else {
            throw DatabaseError(.other, "generated passwords cannot be encrypted")
        }
        try connection.execute(Self.insert, [.text(batchID), .integer(Int64(position)), .text(Data(sealed).base64EncodedString())])
        try connection.execute(Self.keep, [.text(batchID), .integer(time)])
    }

    /// Hands over the credentials chunk by chunk.
    /// - Throws: what `body` throws, the database's error, or one of kind `data` when a chunk was tampered with.
    func forEachChunk(of batchID: String, _ body: ([GeneratedCredential]) throws -> Void) throws {
        var position = -1
        while true {
            let found = try connection.first(Self.next, [.text(batchID), .integer(Int64(position))]) { row in
                (position: Int(row.integer(0)), sealed: row.text(1))
            }
            guard let found else { return }
            position = found.position
            guard let sealed = Data(base64Encoded: found.sealed),
                let text = AESGCM.open(Array(sealed), key: key, context: Self.context(batchID, position))
            else { throw DatabaseError(.data, "generated passwords of the batch \(batchID) cannot be decrypted") }
            try body(try JSONDecoder().decode([GeneratedCredential].self, from: Data(text)))
        }
    }

    /// The first credentials of a batch.
    func first(_ limit: Int, of batchID: String) throws -> [GeneratedCredential] {
        struct Enough: Error {}
        var all: [GeneratedCredential] = []
        do {
            try forEachChunk(of: batchID) { chunk in
                all += chunk
                if all.count >= limit { throw Enough() }
            }
        } catch is Enough {}
        return Array(all.prefix(limit))
    }

    /// Lets credentials end earlier, as after they were handed out.
    func shorten(_ batchID: String, to time: Int64) throws(DatabaseError) {
        try connection.execute(Self.shorten, [.text(batchID), .integer(time)])
    }

    /// Drops all credentials whose time has come.
    /// - Returns: of how many batches.
    func dropDue(at time: Int64) throws(DatabaseError) -> Int {
        let ids = try connection.rows(Self.due, [.integer(time)]) { $0.text(0) }
        for id in ids {
            try connection.transaction { () throws(DatabaseError) in
                try connection.execute(Self.drop, [.text(id)])
                try connection.execute(Self.forget, [.text(id)])
            }
        }
        return ids.count
    }

    private static func context(_ batchID: String, _ position: Int) -> [UInt8] { Array("\(batchID)/\(position)".utf8) }
}
