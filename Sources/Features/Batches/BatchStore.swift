import Accounts
public import Database
import Foundation
public import WebRouting

/// SQL about batches, over one connection. Callers open the transaction where several calls belong together.
public struct BatchStore {
    let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = """
        b.id, b.organization_id, b.name, b.strategy, b.status, b.prefix, b.item_count, b.group_id, b.group_name, b.expiration_date,
        b.notes, b.error, b.position, b.created_users, b.linked_users, b.refused_rows, b.credentials_until, b.created, b.modified,
        b.takes_plain_passwords, b.mails_passwords, b.password_scheme, b.password_length, b.created_by
        """
    private static let insert = Statement(
        """
        INSERT INTO radian_batch (id, organization_id, name, strategy, status, prefix, item_count, group_id, group_name,
            expiration_date, notes, takes_plain_passwords, mails_passwords, lease_owner, lease_until, created, modified, password_scheme,
            password_length, created_by)
        VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17,
            (SELECT id FROM radian_user WHERE id = $18))
        """)
    private static let byID = Statement("SELECT \(columns) FROM radian_batch b WHERE b.id = $1")
    private static let byName = Statement("SELECT \(columns) FROM radian_batch b WHERE b.organization_id = $1 AND b.name = $2")
    private static let everything = Statement("SELECT \(columns) FROM radian_batch b ORDER BY b.created DESC, b.id LIMIT $1 OFFSET $2")
    private static let countAll = Statement("SELECT count(*) FROM radian_batch")
    private static let ofOrganizations = Statement(
        """
        SELECT \(columns) FROM radian_batch b WHERE b.organization_id {{any $3 text}} ORDER BY b.created DESC, b.id LIMIT $1 OFFSET $2
        """)
    private static let countOfOrganizations = Statement("SELECT count(*) FROM radian_batch WHERE organization_id {{any $1 text}}")
    private static let update = Statement(
        """
        UPDATE radian_batch SET name = $2, notes = $3, expiration_date = $4, group_id = $5, group_name = $6, modified = $7 WHERE id = $1
        """)
    private static let delete = Statement("DELETE FROM radian_batch WHERE id = $1")
    private static let expired = Statement(
        "SELECT \(columns) FROM radian_batch b WHERE b.expiration_date IS NOT NULL AND b.expiration_date < $1 ORDER BY b.created, b.id")

    /// Adds a batch, pending. Who asked for it may be gone by now: then nobody did.
    /// - Parameter owner: who is about to work on it, so that nobody else does; empty for whoever looks first.
    /// - Throws: kind `unique` when the organization has one of this name.
    func add(_ batch: Batch, owner: String) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(batch.id), .text(batch.organizationID), .text(batch.name), .text(batch.strategy.rawValue), .optional(batch.prefix),
                .integer(Int64(batch.itemCount)), .optional(batch.groupID), .optional(batch.groupName), .optional(batch.expirationDate),
                .text(batch.notes), .integer(batch.takesPlainPasswords ? 1 : 0), .integer(batch.mailsPasswords ? 1 : 0), .text(owner),
                .integer(owner.isEmpty ? 0 : currentMicroseconds() + BatchLeases.duration), .integer(batch.created),
                .text(batch.passwordScheme.rawValue), .integer(Int64(batch.passwordLength)), .optional(batch.createdBy),
            ])
    }

    /// One batch; nil when there is none within the scope.
    public func batch(id: String, in scope: Tenancy = .all) throws(DatabaseError) -> Batch? {
        guard let batch = try connection.first(Self.byID, [.text(id)], Self.decode), scope.contains(batch.organizationID) else {
            return nil
        }
        return batch
    }

    /// The organization's batch of this name; nil when there is none.
    public func batch(named name: String, organizationID: String) throws(DatabaseError) -> Batch? {
        try connection.first(Self.byName, [.text(organizationID), .text(name)], Self.decode)
    }

    /// One page of the scope's batches, the newest first, and how many there are in all.
    public func page(size: Int, offset: Int64, in scope: Tenancy) throws(DatabaseError) -> (batches: [Batch], total: Int) {
        let limits: [DatabaseValue] = [.integer(Int64(size)), .integer(offset)]
        switch scope {
        case .all:
            return (
                try connection.rows(Self.everything, limits, Self.decode),
                Int(try connection.first(Self.countAll) { $0.integer(0) } ?? 0)
            )
        case .only(let organizations):
            let ids = DatabaseValue.texts(organizations.sorted())
            return (
                try connection.rows(Self.ofOrganizations, limits + [ids], Self.decode),
                Int(try connection.first(Self.countOfOrganizations, [ids]) { $0.integer(0) } ?? 0)
            )
        }
    }

    /// Stores what an operator may change: name, notes, expiration, group.
    /// - Throws: kind `unique` when the organization has another one of this name.
    public func update(_ batch: Batch, at time: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.update,
            [
                .text(batch.id), .text(batch.name), .text(batch.notes), .optional(batch.expirationDate), .optional(batch.groupID),
                .optional(batch.groupName), .integer(time),
            ])
    }

    /// Deletes the batch with its lists; users stay.
    public func delete(_ id: String) throws(DatabaseError) {
        try connection.execute(Self.delete, [.text(id)])
    }

    /// Batches whose users may not log in any more since before a day `2026-12-31`.
    func expired(before day: String) throws(DatabaseError) -> [Batch] {
        try connection.rows(Self.expired, [.text(day)], Self.decode)
    }

    static func decode(_ row: any DatabaseRow) throws(DatabaseError) -> Batch {
        guard let strategy = Batch.Strategy(rawValue: row.text(3)), let status = Batch.Status(rawValue: row.text(4)),
            let scheme = PasswordScheme(rawValue: row.text(21))
        else { throw DatabaseError(.data, "radian_batch holds a strategy, a status or a scheme that this program does not know") }
        var batch = Batch(
            id: row.text(0), organizationID: row.text(1), name: row.text(2), strategy: strategy, prefix: row.textOrNil(5),
            itemCount: Int(row.integer(6)), groupID: row.textOrNil(7), groupName: row.textOrNil(8), expirationDate: row.textOrNil(9),
            notes: row.text(10), takesPlainPasswords: row.integer(19) != 0, mailsPasswords: row.integer(20) != 0, passwordScheme: scheme,
            passwordLength: Int(row.integer(22)), createdBy: row.textOrNil(23), created: row.integer(17))
        batch.status = status
        batch.error = row.textOrNil(11)
        batch.position = Int(row.integer(12))
        batch.createdUsers = Int(row.integer(13))
        batch.linkedUsers = Int(row.integer(14))
        batch.refusedRows = Int(row.integer(15))
        batch.credentialsUntil = row.integerOrNil(16)
        batch.modified = row.integer(18)
        return batch
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
