public import Database

/// One change as `radian_audit` has it; texts are "NULL" for NULL.
public struct AuditRow: Equatable {
    public var actor: String
    /// What was done to which kind of object.
    public var action: String
    public var label: String
    public var before: String
    public var after: String
    /// Whose managers may see it, "NULL" for superusers only.
    public var organization: String

    public init(
        _ actor: String, _ action: String, _ label: String, before: String = "NULL", after: String = "NULL", organization: String = "NULL"
    ) {
        self.actor = actor
        self.action = action
        self.label = label
        self.before = before
        self.after = after
        self.organization = organization
    }
}

extension DatabaseConnection {
    /// The audit, the oldest change first.
    public func auditRows() throws(DatabaseError) -> [AuditRow] {
        try table(
            """
            SELECT a.actor, a.action || ' ' || a.object_type, a.object_label, a.old_values, a.new_values, o.organization_id
                FROM radian_audit a LEFT JOIN radian_audit_organization o ON o.audit_id = a.id ORDER BY a.id
            """
        ).map { AuditRow($0[0], $0[1], $0[2], before: $0[3], after: $0[4], organization: $0[5]) }
    }

    /// Takes the audit away, so that whoever writes it fails.
    public func dropAudit() throws(DatabaseError) {
        try script("DROP TABLE radian_audit_organization; DROP TABLE radian_audit")
    }
}
