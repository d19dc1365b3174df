public import Database
import Foundation
import RADIUSPipeline
public import ServicePlans

/// A row of `radian_plan`.
public struct PlanRow: Sendable, Equatable {
    public var name: String
    public var description: String
    public var terms: PlanTerms
    /// Sessions at once; nil for any number.
    public var sessionLimit: UInt32?
    /// Owner; nil is valid in every organization.
    public var organizationID: String?

    public init(
        name: String, description: String = "", terms: PlanTerms = PlanTerms(), sessionLimit: UInt32? = nil, organizationID: String? = nil
    ) {
        self.name = name
        self.description = description
        self.terms = terms
        self.sessionLimit = sessionLimit
        self.organizationID = organizationID
    }
}

/// SQL about `radian_plan`, over one connection; ``PlanChanges`` writes with it.
public struct PlanStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let list = Statement(
        "SELECT name, description, terms, session_limit, organization_id FROM radian_plan ORDER BY name, organization_id")
    private static let insert = Statement(
        """
        INSERT INTO radian_plan (name, organization_id, description, terms, session_limit, created) VALUES ($1, $2, $3, $4, $5, $6)
        """)
    private static let update = Statement(
        "UPDATE radian_plan SET description = $3, terms = $4, session_limit = $5 WHERE name = $1 AND organization_id = $2")
    private static let remove = Statement("DELETE FROM radian_plan WHERE name = $1")
    private static let user = Statement(
        """
        SELECT 'user ' || username FROM radcheck WHERE attribute = 'Radian-Plan' AND value = $1
        UNION ALL SELECT 'group ' || groupname FROM radgroupcheck WHERE attribute = 'Radian-Plan' AND value = $1
        UNION ALL SELECT 'group ' || groupname FROM radgroupreply WHERE attribute = 'Radian-Plan' AND value = $1
        UNION ALL SELECT 'quota ' || CAST(id AS text) FROM radian_quota WHERE action = 'plan' AND argument = $1 LIMIT 1
        """)

    /// All plans by name.
    public func all() throws(DatabaseError) -> [PlanRow] {
        try connection.rows(Self.list) { (row) throws(DatabaseError) in
            let terms = (try? JSONDecoder().decode(PlanTerms.self, from: Data(row.text(2).utf8))) ?? PlanTerms()
            let owner = row.text(4)
            return PlanRow(
                name: row.text(0), description: row.text(1), terms: terms, sessionLimit: row.integerOrNil(3).map { UInt32(clamping: $0) },
                organizationID: owner.isEmpty ? nil : owner)
        }
    }

    /// - Throws: ``QuotaError/planUnknown(_:)``.
    public func plan(_ name: String) throws -> PlanRow {
        guard let plan = try all().first(where: { $0.name == name }) else { throw QuotaError.planUnknown(name) }
        return plan
    }

    /// Plans with their quotas, as logins meet them.
    func servicePlans() throws(DatabaseError) -> [(plan: ServicePlan, organizationID: String?)] {
        let quotas = Dictionary(grouping: try QuotaStore(connection).quotas(.plan), by: \.subject)
        return try all().map { row in
            let own = (quotas[row.name] ?? []).map(\.quota).filter { $0.organizationID == nil || $0.organizationID == row.organizationID }
            return (ServicePlan(name: row.name, terms: row.terms, sessionLimit: row.sessionLimit, quotas: own), row.organizationID)
        }
    }

    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Throws: ``QuotaError``.
    func add(_ plan: PlanRow, at epoch: Int64) throws {
        guard (1...253).contains(plan.name.utf8.count), plan.name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw QuotaError.invalidPlanName(plan.name)
        }
        do {
            try connection.execute(Self.insert, try arguments(plan, more: [.integer(epoch)]))
        } catch let error as DatabaseError {
            if case .unique = error.kind { throw QuotaError.planExists(plan.name) }
            throw error
        }
    }

    /// Replaces a plan's terms.
    /// - Throws: ``QuotaError/planUnknown(_:)``.
    func set(_ plan: PlanRow) throws {
        if try connection.execute(Self.update, try arguments(plan)) == 0 { throw QuotaError.planUnknown(plan.name) }
    }

    private func arguments(_ plan: PlanRow, more: [DatabaseValue] = []) throws -> [DatabaseValue] {
        let terms = String(decoding: try JSONEncoder.stable.encode(plan.terms), as: UTF8.self)
        return [
            .text(plan.name), .text(plan.organizationID ?? ""), .text(plan.description), .text(terms),
            .optional(plan.sessionLimit.map { Int64($0) }),
        ] + more
    }

    /// Removes a plan and its quotas, in the caller's transaction.
    /// - Parameter force: even if rows name it.
    /// - Throws: ``QuotaError``.
    func remove(_ name: String, force: Bool) throws {
        if !force, let user = try connection.first(Self.user, [.text(name)], { (row) throws(DatabaseError) in row.text(0) }) {
            throw QuotaError.planInUse(name, by: user)
        }
        try QuotaStore(connection).removeAll(.plan, of: name)
        if try connection.execute(Self.remove, [.text(name)]) == 0 { throw QuotaError.planUnknown(name) }
    }
}
