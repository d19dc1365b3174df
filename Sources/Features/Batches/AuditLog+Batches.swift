import Accounts
import Database
import WebRouting

extension AuditLog {
    /// Writes down what was done to a batch, whose users have no entries of their own.
    func batch(_ action: AuditAction, before: Batch?, after: Batch?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        try record(
            action, AuditObject(.batch, id: known.id, label: known.name, organizationIDs: [known.organizationID]),
            before: before?.auditValues, after: after?.auditValues)
    }
}

extension Batch {
    fileprivate var auditValues: JSONValue {
        [
            "name": .string(name), "strategy": .string(strategy.rawValue), "prefix": .optional(prefix), "users": .integer(Int64(itemCount)),
            "group": .optional(groupName), "expiration_date": .optional(expirationDate), "notes": .string(notes),
        ]
    }
}
