import Database
import WebRouting

/// SQL that reads `radian_audit`, over one connection; ``Accounts/AuditLog`` writes it.
struct AuditStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static func contains(_ text: String, _ part: String) -> String {
        "{{postgres: strpos(lower(\(text)), lower(\(part)))}}{{sqlite: instr(lower(\(text)), lower(\(part)))}} > 0"
    }
    private static let shown = """
        FROM radian_audit a WHERE ($1 = 1 OR EXISTS (
                SELECT 1 FROM radian_audit_organization o WHERE o.audit_id = a.id AND o.organization_id {{any $2 text}}))
            AND ($3 = '' OR \(contains("a.actor", "$3")))
            AND ($4 = '' OR a.object_id = $4 OR a.object_type = $4 OR \(contains("a.object_label", "$4")))
            AND a.created >= $5 AND a.created < $6
        """
    private static let count = Statement("SELECT count(*) \(shown)")
    private static let page = Statement(
        """
        SELECT a.id, a.created, a.actor_id, a.actor, a.address, a.action, a.object_type, a.object_id, a.object_label, a.old_values,
            a.new_values \(shown) ORDER BY a.id DESC LIMIT $7 OFFSET $8
        """)
    private static let prune = Statement("DELETE FROM radian_audit WHERE created < $1")

    /// One page, the newest first, and how many there are in all.
    func page(_ filter: AuditFilter, _ page: Page, in tenancy: Tenancy) throws(DatabaseError) -> (entries: [AuditEntry], total: Int) {
        var organizations: [String] = []
        if case .only(let ids) = tenancy { organizations = ids.sorted() }
        let arguments: [DatabaseValue] = [
            .integer(tenancy == .all ? 1 : 0), .texts(organizations), .text(filter.actor ?? ""), .text(filter.object ?? ""),
            .integer(filter.since ?? 0), .integer(filter.until ?? .max),
        ]
        return (
            try connection.rows(Self.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, arguments) { $0.integer(0) } ?? 0)
        )
    }

    /// Forgets what was changed before a time, microseconds since 1970 UTC.
    func prune(before time: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(time)])
    }

    private static func decode(_ row: any DatabaseRow) -> AuditEntry {
        func values(_ column: Int) -> JSONValue? { row.textOrNil(column).flatMap { try? JSONValue(parsing: Array($0.utf8)) } }
        return AuditEntry(
            id: row.integer(0), time: row.integer(1), actorID: row.textOrNil(2), actor: row.text(3), address: row.textOrNil(4),
            action: row.text(5), objectType: row.text(6), objectID: row.text(7), objectLabel: row.text(8), before: values(9),
            after: values(10))
    }
}
