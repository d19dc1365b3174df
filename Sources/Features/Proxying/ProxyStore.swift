public import Database
import Foundation
import RADIUSProxy
import RADIUSTransport

/// Why an operation on realms, home servers or pools was refused.
public enum ProxyingError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the values given.
    case invalid([String])
    case exists(kind: String, name: String)
    case unknown(kind: String, name: String)

    public var description: String {
        switch self {
        case .invalid(let problems): problems.joined(separator: "\n")
        case .exists(let kind, let name): "there is a \(kind) '\(name)' already"
        case .unknown(let kind, let name): "there is no \(kind) '\(name)' in the database"
        }
    }
}

/// SQL about realms, home servers and pools, over one connection; ``ProxyChanges`` writes with it what operators change. Records have the
/// keys of the configuration file.
public struct ProxyStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let selectRealms = Statement("SELECT name, settings FROM radian_realm ORDER BY position, id")
    private static let selectServers = Statement("SELECT name, host, secret, settings FROM radian_home_server ORDER BY name")
    private static let selectPools = Statement("SELECT name, servers, settings FROM radian_home_server_pool ORDER BY name")
    private static let insertRealm = Statement(
        "INSERT INTO radian_realm (name, settings, position) VALUES ($1, $2, (SELECT COALESCE(max(position), 0) + 1 FROM radian_realm))")
    private static let insertServer = Statement("INSERT INTO radian_home_server (name, host, secret, settings) VALUES ($1, $2, $3, $4)")
    private static let insertPool = Statement("INSERT INTO radian_home_server_pool (name, servers, settings) VALUES ($1, $2, $3)")
    private static let deleteRealm = Statement("DELETE FROM radian_realm WHERE name = $1")
    private static let deleteServer = Statement("DELETE FROM radian_home_server WHERE name = $1")
    private static let deletePool = Statement("DELETE FROM radian_home_server_pool WHERE name = $1")

    /// In the order in which they were added, which counts for regular expressions.
    public func realms() throws(DatabaseError) -> [ProxyRecord] {
        try connection.rows(Self.selectRealms) { row throws(DatabaseError) in
            Self.record(row.text(1), ["name": row.text(0)])
        }
    }

    /// With their secrets.
    public func homeServers() throws(DatabaseError) -> [ProxyRecord] {
        try connection.rows(Self.selectServers) { row throws(DatabaseError) in
            Self.record(row.text(3), ["name": row.text(0), "host": row.text(1), "secret": row.text(2)])
        }
    }

    public func pools() throws(DatabaseError) -> [ProxyRecord] {
        try connection.rows(Self.selectPools) { row throws(DatabaseError) in
            Self.record(row.text(2), ["name": row.text(0), "servers": row.text(1)])
        }
    }

    /// - Throws: ``ProxyingError`` or the database's error.
    public func addRealm(_ record: ProxyRecord) throws {
        var problems: [String] = []
        _ = record.realm { problems.append($0) }
        guard problems.isEmpty else { throw ProxyingError.invalid(problems) }
        try add("realm", record, Self.insertRealm, [.text(record.values["name"] ?? ""), .text(Self.settings(record, without: ["name"]))])
    }

    /// - Throws: ``ProxyingError`` or the database's error. A host name that has no address now is accepted.
    public func addHomeServer(_ record: ProxyRecord) throws {
        var problems: [String] = []
        let server = record.homeServer(resolve: { _ in .init(ipv4: 0) }) { problems.append($0) }
        guard problems.isEmpty, let server else { throw ProxyingError.invalid(problems) }
        try add(
            "home server", record, Self.insertServer,
            [
                .text(server.name), .text(server.host), .text(record.values["secret"] ?? ""),
                .text(Self.settings(record, without: ["name", "host", "secret"])),
            ])
    }

    /// - Throws: ``ProxyingError`` or the database's error.
    public func addPool(_ record: ProxyRecord) throws {
        var problems: [String] = []
        let pool = record.pool { problems.append($0) }
        guard problems.isEmpty, let pool else { throw ProxyingError.invalid(problems) }
        try add(
            "pool", record, Self.insertPool,
            [
                .text(pool.name), .text(pool.servers.joined(separator: ",")),
                .text(Self.settings(record, without: ["name", "servers"])),
            ])
    }

    public func removeRealm(_ name: String) throws { try remove("realm", name, Self.deleteRealm) }
    public func removeHomeServer(_ name: String) throws { try remove("home server", name, Self.deleteServer) }
    public func removePool(_ name: String) throws { try remove("pool", name, Self.deletePool) }

    private func add(_ kind: String, _ record: ProxyRecord, _ statement: Statement, _ arguments: [DatabaseValue]) throws {
        do throws(DatabaseError) {
            _ = try connection.execute(statement, arguments)
        } catch {
            guard case .unique = error.kind else { throw error }
            throw ProxyingError.exists(kind: kind, name: record.values["name"] ?? "")
        }
    }

    private func remove(_ kind: String, _ name: String, _ statement: Statement) throws {
        guard try connection.execute(statement, [.text(name)]) > 0 else { throw ProxyingError.unknown(kind: kind, name: name) }
    }

    /// The rest of a record as one JSON object of texts.
    private static func settings(_ record: ProxyRecord, without keys: Set<String>) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(record.values.filter { !keys.contains($0.key) }), as: UTF8.self)
    }

    /// Settings that are no JSON object of texts make a record that is refused with a reason when it is read.
    private static func record(_ settings: String, _ columns: [String: String]) -> ProxyRecord {
        let values = try? JSONDecoder().decode([String: String].self, from: Data(settings.utf8))
        return ProxyRecord((values ?? ["settings": settings]).merging(columns) { $1 })
    }
}
