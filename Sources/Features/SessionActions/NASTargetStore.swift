public import Database
import Foundation
import RADIUSTransport
import RADIUSWire

/// Where a NAS takes Disconnect- and CoA-Requests, as far as it differs from the usual: its own address, its vendor's port, its secret.
public struct NASTarget: Sendable, Equatable {
    /// The NAS's name.
    public var nas: String
    /// Instead of the address in the session's accounting, as for a NAS behind NAT.
    public var address: String?
    public var port: Int?
    /// Instead of the NAS's shared secret, as configurations write it; never printed.
    public var secret: String?
    /// Requests are not sent to it.
    public var isDisabled: Bool

    public init(nas: String, address: String? = nil, port: Int? = nil, secret: String? = nil, isDisabled: Bool = false) {
        self.nas = nas
        self.address = address
        self.port = port
        self.secret = secret
        self.isDisabled = isDisabled
    }
}

/// SQL about `radian_nas_coa`, over one connection.
public struct NASTargetStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "nas, address, port, secret, is_disabled"
    private static let one = Statement("SELECT \(columns) FROM radian_nas_coa WHERE nas = $1")
    private static let everything = Statement("SELECT \(columns) FROM radian_nas_coa ORDER BY nas")
    private static let set = Statement(
        """
        INSERT INTO radian_nas_coa (nas, address, port, secret, is_disabled, modified) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (nas) DO UPDATE SET address = excluded.address, port = excluded.port, secret = excluded.secret,
            is_disabled = excluded.is_disabled, modified = excluded.modified
        """)
    private static let remove = Statement("DELETE FROM radian_nas_coa WHERE nas = $1")

    /// The settings of a NAS; nil when it has none of its own.
    public func target(_ nas: String) throws(DatabaseError) -> NASTarget? {
        try connection.first(Self.one, [.text(nas)]) { row throws(DatabaseError) in Self.decode(row) }
    }

    /// All settings by the NAS's name.
    public func all() throws(DatabaseError) -> [NASTarget] {
        try connection.rows(Self.everything) { row throws(DatabaseError) in Self.decode(row) }
    }

    /// Stores settings in the place of those there were.
    public func set(_ target: NASTarget) throws(DatabaseError) {
        try connection.execute(
            Self.set,
            [
                .text(target.nas), .optional(target.address), target.port.map { .integer(Int64($0)) } ?? .null, .optional(target.secret),
                .integer(target.isDisabled ? 1 : 0), .integer(Int64(Date().timeIntervalSince1970 * 1_000_000)),
            ])
    }

    /// Back to the usual.
    /// - Returns: whether there were settings.
    public func remove(_ nas: String) throws(DatabaseError) -> Bool { try connection.execute(Self.remove, [.text(nas)]) > 0 }

    private static func decode(_ row: any DatabaseRow) -> NASTarget {
        NASTarget(
            nas: row.text(0), address: row.textOrNil(1), port: row.integerOrNil(2).map { Int($0) }, secret: row.textOrNil(3),
            isDisabled: row.integer(4) != 0)
    }
}
