import Accounts
public import Database
import WebRouting

/// Changes of realms, home servers and pools with their audit, each in a transaction. Secrets are in no audit.
public struct ProxyChanges {
    private let connection: any DatabaseConnection
    private let store: ProxyStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        store = ProxyStore(connection)
    }

    /// - Throws: ``ProxyingError`` or the database's error; nothing is written then.
    public func addRealm(_ record: ProxyRecord) throws { try add(.realm, record, store.addRealm) }
    /// - Throws: as ``addRealm(_:)``. A host name that has no address now is accepted.
    public func addHomeServer(_ record: ProxyRecord) throws { try add(.homeServer, record, store.addHomeServer) }
    /// - Throws: as ``addRealm(_:)``.
    public func addPool(_ record: ProxyRecord) throws { try add(.homeServerPool, record, store.addPool) }

    /// - Throws: ``ProxyingError/unknown(kind:name:)`` or the database's error; nothing is written then.
    public func removeRealm(_ name: String) throws { try remove(.realm, name, store.realms, store.removeRealm) }
    /// - Throws: as ``removeRealm(_:)``.
    public func removeHomeServer(_ name: String) throws { try remove(.homeServer, name, store.homeServers, store.removeHomeServer) }
    /// - Throws: as ``removeRealm(_:)``.
    public func removePool(_ name: String) throws { try remove(.homeServerPool, name, store.pools, store.removePool) }

    private func add(_ kind: AuditObject.Kind, _ record: ProxyRecord, _ write: (ProxyRecord) throws -> Void) throws {
        try connection.unitOfWork {
            try write(record)
            try AuditLog(connection).record(
                .added, AuditObject(kind, id: "", label: record.values["name"] ?? ""), after: record.auditValues(of: kind))
        }
    }

    private func remove(
        _ kind: AuditObject.Kind, _ name: String, _ list: () throws -> [ProxyRecord], _ remove: (String) throws -> Void
    ) throws {
        try connection.unitOfWork {
            let before = try list().first { $0.values["name"] == name }
            try remove(name)
            try AuditLog(connection).record(
                .removed, AuditObject(kind, id: "", label: name), before: before?.auditValues(of: kind))
        }
    }
}

extension ProxyRecord {
    private static let secretKeys = ["secret", "check_password"]
    private static let filterKeys = ["request_filter", "reply_filter"]

    /// The settings that are known and no secret, in the order in which they are described.
    fileprivate func auditValues(of kind: AuditObject.Kind) -> JSONValue {
        let keys =
            switch kind {
            case .realm: Self.realmKeys
            case .homeServer: Self.homeServerKeys
            default: Self.poolKeys
            }
        var members: [JSONValue.Member] = []
        for key in keys where !Self.secretKeys.contains(key) {
            guard let value = values[key] else { continue }
            // What is called a key is hidden; this one holds names of attributes.
            let name = key == "key" ? "key_attributes" : key
            members.append(.init(name, .string(Self.filterKeys.contains(key) ? Self.shown(filter: value) : value)))
        }
        return .object(members)
    }

    /// Filters set attributes, of which some are secrets.
    private static func shown(filter: String) -> String {
        let words = filter.split { !($0.isLetter || $0.isNumber || "-_".contains($0)) }
        return words.contains { AuditedAttribute.isSecret($0) } ? "***" : AuditedAttribute.shown(filter, of: "")
    }
}
