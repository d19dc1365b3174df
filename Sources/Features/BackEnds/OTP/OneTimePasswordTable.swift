public import Database
import Digests
import Foundation
public import RADIUSPipeline
public import ServerKernel

/// SQL about `radian_otp` and `radian_otp_use` for one packet thread, over its connection.
public final class OneTimePasswordTable: OneTimePasswordStore {
    private let connection: KeptConnection

    public init(_ connection: KeptConnection) {
        self.connection = connection
    }

    static let load = Statement(
        """
        SELECT username, organization_id, secret, digits, period_seconds, algorithm, mode FROM radian_otp
        WHERE username {{any $1 text}} ORDER BY id
        """)
    static let markUsed = Statement(
        """
        INSERT INTO radian_otp_use (username, organization_id, counter) VALUES ($1, $2, $3)
        ON CONFLICT (username, organization_id) DO UPDATE SET counter = excluded.counter WHERE radian_otp_use.counter < excluded.counter
        """)

    public func secrets(of userNames: [String]) throws(StoreError) -> [OneTimePasswordSecret] {
        // PostgreSQL refuses U+0000, and nobody's name has it.
        let names = Array(Set(userNames.filter { !$0.utf8.contains(0) }))
        var secrets: [OneTimePasswordSecret] = []
        do {
            try connection.use { connection throws(DatabaseError) in
                secrets = []
                try connection.query(Self.load, [.texts(names)]) { row in
                    guard let secret = Base32.decode(row.text(2)) else { return }
                    secrets.append(
                        OneTimePasswordSecret(
                            userName: row.text(0), organizationID: row.textOrNil(1), secret: secret,
                            digits: min(8, max(6, Int(row.integer(3)))), periodSeconds: max(1, Int(row.integer(4))),
                            algorithm: .init(rawValue: row.text(5)) ?? .sha1, mode: .init(rawValue: row.text(6)) ?? .append))
                }
            }
        } catch {
            throw error.storeError
        }
        return secrets
    }

    public func use(userName: String, organizationID: String?, counter: Int64) throws(StoreError) -> Bool {
        do {
            return try connection.use { connection throws(DatabaseError) in
                try connection.execute(Self.markUsed, [.text(userName), .text(organizationID ?? ""), .integer(counter)]) > 0
            }
        } catch {
            throw error.storeError
        }
    }
}

extension DatabaseError {
    fileprivate var storeError: StoreError {
        switch kind {
        case .connection, .timeout, .busy: .unavailable(description)
        default: .failed(description)
        }
    }
}

/// A user's secret as lists show it: without the secret.
public struct OneTimePasswordEntry: Sendable, Equatable, Codable {
    public var userName: String
    /// Slug of the organization; nil for a secret that is valid everywhere.
    public var organization: String?
    public var digits: Int
    public var periodSeconds: Int
    public var algorithm: String
    public var mode: String
}

/// SQL by which operators change secrets.
public struct OneTimePasswordSecrets {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_otp (username, organization_id, secret, digits, period_seconds, algorithm, mode, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    private static let remove = Statement(
        "DELETE FROM radian_otp WHERE username = $1 AND COALESCE(organization_id, '') = COALESCE($2, '')")
    private static let everything = Statement(
        """
        SELECT p.username, o.slug, p.digits, p.period_seconds, p.algorithm, p.mode
        FROM radian_otp p LEFT JOIN radian_organization o ON o.id = p.organization_id ORDER BY p.username, p.id
        """)

    /// Stores a secret in place of the user's former one.
    public func set(_ secret: OneTimePasswordSecret) throws(DatabaseError) {
        let owner = DatabaseValue.optional(secret.organizationID)
        try connection.transaction { () throws(DatabaseError) in
            try connection.execute(Self.remove, [.text(secret.userName), owner])
            try connection.execute(
                Self.insert,
                [
                    .text(secret.userName), owner, .text(Base32.encode(secret.secret)), .integer(Int64(secret.digits)),
                    .integer(Int64(secret.periodSeconds)), .text(secret.algorithm.rawValue), .text(secret.mode.rawValue),
                    .integer(Int64(Date().timeIntervalSince1970 * 1_000_000)),
                ])
        }
    }

    /// Removes a user's secret.
    /// - Returns: false when there is none.
    public func remove(userName: String, organizationID: String?) throws(DatabaseError) -> Bool {
        try connection.execute(Self.remove, [.text(userName), .optional(organizationID)]) > 0
    }

    /// All users with a secret, by name.
    public func all() throws(DatabaseError) -> [OneTimePasswordEntry] {
        try connection.rows(Self.everything) { row throws(DatabaseError) in
            OneTimePasswordEntry(
                userName: row.text(0), organization: row.textOrNil(1), digits: Int(row.integer(2)), periodSeconds: Int(row.integer(3)),
                algorithm: row.text(4), mode: row.text(5))
        }
    }
}
