public import Database
import RADIUSPipeline

/// Why a change of quotas or plans was refused.
public enum QuotaError: Error, Equatable, CustomStringConvertible {
    case quotaUnknown(Int64)
    case planUnknown(String)
    case planExists(String)
    case invalidPlanName(String)
    case planInUse(String, by: String)

    public var description: String {
        switch self {
        case .quotaUnknown(let id): "there is no quota \(id); 'radian quota list' shows them"
        case .planUnknown(let name): "there is no plan '\(name)'; 'radian plan list' shows them"
        case .planExists(let name): "a plan '\(name)' exists already; 'radian plan set' changes it"
        case .invalidPlanName(let name): "'\(name)' cannot be a plan's name: 1 to 253 bytes without control characters"
        case .planInUse(let name, let user): "plan '\(name)' is used by \(user); --force removes it anyway"
        }
    }
}

/// SQL about `radian_quota`, over one connection; ``QuotaChanges`` writes with it.
public struct QuotaStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let list = Statement(
        """
        SELECT scope, subject, id, measure, period, action || ' ' || argument, organization_id, amount FROM radian_quota
            WHERE ($1 = '' OR scope = $1) AND ($2 = '' OR subject = $2) ORDER BY scope, subject, id
        """)
    private static let insert = Statement(
        """
        INSERT INTO radian_quota (scope, subject, organization_id, measure, period, amount, action, argument, created)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
        """)
    private static let remove = Statement("DELETE FROM radian_quota WHERE id = $1")
    private static let rename = Statement("UPDATE radian_quota SET subject = $3 WHERE scope = $1 AND subject = $2")
    private static let removeAll = Statement("DELETE FROM radian_quota WHERE scope = $1 AND subject = $2")

    /// Quotas by scope and subject; rows that this version does not understand are left out.
    public func quotas(_ scope: QuotaRow.Scope? = nil, of subject: String? = nil) throws(DatabaseError) -> [QuotaRow] {
        try connection.rows(Self.list, [.text(scope?.rawValue ?? ""), .text(subject ?? "")]) { (row) throws(DatabaseError) -> QuotaRow? in
            guard let scope = QuotaRow.Scope(rawValue: row.text(0)), let quota = Quota(row) else { return nil }
            return QuotaRow(id: row.integer(2), scope: scope, subject: row.text(1), quota: quota)
        }.compactMap(\.self)
    }

    /// Adds a quota; its ``RADIUSPipeline/Quota/id`` is not looked at.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Returns: the row's number.
    func add(_ quota: Quota, for scope: QuotaRow.Scope, _ subject: String, at epoch: Int64) throws(DatabaseError) -> Int64 {
        try connection.first(
            Self.insert,
            [
                .text(scope.rawValue), .text(subject), .optional(quota.organizationID), .text(quota.measure.rawValue),
                .text(quota.period.description), .integer(quota.limit), .text(quota.exhaustion.action),
                .text(quota.exhaustion.argument), .integer(epoch),
            ]
        ) { (row) throws(DatabaseError) in row.integer(0) } ?? 0
    }

    /// - Throws: ``QuotaError/quotaUnknown(_:)``.
    func remove(_ id: Int64) throws {
        if try connection.execute(Self.remove, [.integer(id)]) == 0 { throw QuotaError.quotaUnknown(id) }
    }

    /// Writes a subject's new name.
    func rename(_ scope: QuotaRow.Scope, _ subject: String, to newName: String) throws(DatabaseError) {
        try connection.execute(Self.rename, [.text(scope.rawValue), .text(subject), .text(newName)])
    }

    func removeAll(_ scope: QuotaRow.Scope, of subject: String) throws(DatabaseError) {
        try connection.execute(Self.removeAll, [.text(scope.rawValue), .text(subject)])
    }
}
