import Accounts
import Database
import WebRouting

/// SQL about `nas` and `radian_nas_state` as the API needs it, over one connection. Callers open the transaction.
struct NASRecordStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = """
        n.id, n.nasname, COALESCE(NULLIF(n.shortname, ''), n.nasname), n.type, COALESCE(n.description, ''), n.organization_id,
        CASE WHEN n.secret = '' THEN 0 ELSE 1 END, n.require_ma, COALESCE(n.ma_learned, 0), s.last_seen, COALESCE(s.packets, 0),
        s.wrong_secret_at
        """
    private static let shown =
        "FROM nas n LEFT JOIN radian_nas_state s ON s.nas_id = n.id WHERE ($1 = 1 OR n.organization_id {{any $2 text}})"
    private static let text = "lower(n.nasname || ' ' || n.shortname || ' ' || COALESCE(n.description, ''))"
    private static let filtered = """
        \(shown) AND ($3 = '' OR {{postgres: strpos(\(text), lower($3))}}{{sqlite: instr(\(text), lower($3))}} > 0)
            AND ($4 = '' OR n.organization_id = $4) AND ($5 = '' OR n.type = $5)
        """
    private static let one = Statement("SELECT \(columns) \(shown) AND n.id = $3")
    private static let page = Statement("SELECT \(columns) \(filtered) ORDER BY lower(n.shortname), n.id LIMIT $6 OFFSET $7")
    private static let count = Statement("SELECT count(*) \(filtered)")
    private static let named = Statement("SELECT \(columns) \(shown) AND (n.shortname = $3 OR n.nasname = $3) ORDER BY n.id")
    private static let update = Statement(
        """
        UPDATE nas SET nasname = $2, shortname = $3, type = $4, description = $5, organization_id = $6, require_ma = $7, ma_learned = $8
        WHERE id = $1
        """)
    private static let setSecret = Statement("UPDATE nas SET secret = $2 WHERE id = $1")
    private static let conflicting = Statement(
        """
        SELECT 1 FROM nas WHERE id <> $1 AND (nasname = $2 OR shortname = $3) AND COALESCE(organization_id, '') = COALESCE($4, '') LIMIT 1
        """)
    private static let forgetWrongSecret = Statement("UPDATE radian_nas_state SET wrong_secret_at = NULL WHERE nas_id = $1")
    private static let remove = Statement("DELETE FROM nas WHERE id = $1")
    private static let removeState = Statement("DELETE FROM radian_nas_state WHERE nas_id = $1")

    /// A device of a tenancy; nil for any other.
    func record(id: Int64, in tenancy: Tenancy = .all) throws(DatabaseError) -> NASRecord? {
        try connection.first(Self.one, Self.arguments(tenancy) + [.integer(id)]) { Self.decode($0) }
    }

    /// Devices by name or address.
    func records(named text: String) throws(DatabaseError) -> [NASRecord] {
        try connection.rows(Self.named, Self.arguments(.all) + [.text(text)]) { Self.decode($0) }
    }

    /// One page by name, and how many there are in all.
    func page(_ filter: NASFilter, _ page: Page, in tenancy: Tenancy) throws(DatabaseError) -> (records: [NASRecord], total: Int) {
        let arguments =
            Self.arguments(tenancy) + [.text(filter.text ?? ""), .text(filter.organizationID ?? ""), .text(filter.type ?? "")]
        return (
            try connection.rows(Self.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, arguments) { $0.integer(0) } ?? 0)
        )
    }

    /// Writes a device's present values.
    func update(_ record: NASRecord) throws(DatabaseError) {
        try connection.execute(
            Self.update,
            [
                .integer(record.id), .text(record.address), .text(record.name), .text(record.type), .text(record.comment),
                .optional(record.organizationID), .text(record.requirement), .integer(record.isLearned ? 1 : 0),
            ])
    }

    /// Gives a device another secret; that packets came with a wrong one before is forgotten.
    func setSecret(_ secret: String, of id: Int64) throws(DatabaseError) {
        try connection.execute(Self.setSecret, [.integer(id), .text(secret)])
        try connection.execute(Self.forgetWrongSecret, [.integer(id)])
    }

    /// Whether another device of the organization has the name or address.
    func isTaken(_ record: NASRecord) throws(DatabaseError) -> Bool {
        try connection.first(
            Self.conflicting, [.integer(record.id), .text(record.address), .text(record.name), .optional(record.organizationID)]
        ) { _ in true } ?? false
    }

    func remove(id: Int64) throws(DatabaseError) {
        try connection.execute(Self.remove, [.integer(id)])
        try connection.execute(Self.removeState, [.integer(id)])
    }

    private static func arguments(_ tenancy: Tenancy) -> [DatabaseValue] {
        switch tenancy {
        case .all: [.integer(1), .texts([])]
        case .only(let ids): [.integer(0), .texts(ids.sorted())]
        }
    }

    private static func decode(_ row: any DatabaseRow) -> NASRecord {
        NASRecord(
            id: row.integer(0), address: row.text(1), name: row.text(2), type: row.text(3), comment: row.text(4),
            organizationID: row.textOrNil(5), hasSecret: row.integer(6) != 0, requirement: row.text(7), isLearned: row.integer(8) != 0,
            lastSeen: row.integerOrNil(9), packets: row.integer(10), wrongSecretAt: row.integerOrNil(11))
    }
}
