import Accounts
public import Database
public import RADIUSTransport
import RADIUSWire
import WebRouting

/// Changes of NAS devices with their audit, each in a transaction; for the API and the command line. Secrets are in no audit.
public struct NASChanges {
    private let connection: any DatabaseConnection
    private let records: NASRecordStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        records = NASRecordStore(connection)
    }

    /// Adds a device; see ``NASStore/add(name:address:secret:type:organizationID:comment:links:sharesAddress:requireMessageAuthenticator:limitProxyState:)``.
    /// - Returns: its row's id.
    @discardableResult
    public func add(
        name: String, address: String?, secret: String?, type: String = "other", organizationID: String? = nil, comment: String? = nil,
        links: NASLinkSettings = NASLinkSettings(), sharesAddress: Bool = false, requireMessageAuthenticator: Requirement = .auto
    ) throws -> Int64 {
        try connection.unitOfWork {
            let id = try NASStore(connection).add(
                name: name, address: address, secret: secret, type: type, organizationID: organizationID, comment: comment, links: links,
                sharesAddress: sharesAddress, requireMessageAuthenticator: requireMessageAuthenticator)
            if let record = try records.record(id: id) { try audit(.added, before: nil, after: record) }
            return id
        }
    }

    /// Writes a device's new values.
    /// - Parameters:
    ///   - before: as it is stored.
    ///   - secret: nil keeps it.
    /// - Throws: ``NASError`` or the database's error; nothing is written then.
    func change(_ before: NASRecord, to record: NASRecord, secret: String?) throws {
        guard IPPrefix(record.address) != nil || record.address == before.address else { throw NASError.invalidAddress(record.address) }
        if let secret, SharedSecret(text: secret) == nil { throw NASError.invalidSecret }
        try connection.unitOfWork {
            let isMoved = (record.address, record.name, record.organizationID) != (before.address, before.name, before.organizationID)
            if isMoved, try records.isTaken(record) { throw NASError.exists(name: record.name) }
            try records.update(record)
            if let secret { try records.setSecret(secret, of: record.id) }
            try audit(.changed, before: before, after: record, hasNewSecret: secret != nil)
        }
    }

    /// Removes a device.
    func remove(_ record: NASRecord) throws {
        try connection.unitOfWork {
            try records.remove(id: record.id)
            try audit(.removed, before: record, after: nil)
        }
    }

    /// Removes devices by name or address.
    /// - Throws: ``NASError/unknown(name:)`` when there is none.
    public func remove(_ nameOrAddress: String) throws {
        try connection.unitOfWork {
            let found = try records.records(named: nameOrAddress)
            guard !found.isEmpty else { throw NASError.unknown(name: nameOrAddress) }
            for record in found {
                try records.remove(id: record.id)
                try audit(.removed, before: record, after: nil)
            }
        }
    }

    private func audit(
        _ action: AuditAction, before: NASRecord?, after: NASRecord?, hasNewSecret: Bool = false
    ) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        var values = after?.auditValues
        if hasNewSecret, case .object(let members)? = values { values = .object(members + [.init("secret", .string("replaced"))]) }
        let organizations = [before?.organizationID, after?.organizationID].compactMap(\.self)
        try AuditLog(connection).record(
            action, AuditObject(.nas, id: String(known.id), label: known.name, organizationIDs: Set(organizations)),
            before: before?.auditValues, after: values)
    }
}
