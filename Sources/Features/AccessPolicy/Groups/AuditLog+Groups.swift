import Accounts
import Database
import WebRouting

/// Changes of groups and of who is in them, written down alike wherever they are made.
extension AuditLog {
    /// Writes down what was done to a group.
    func group(_ action: AuditAction, before: RADIUSGroup?, after: RADIUSGroup?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        func values(_ group: RADIUSGroup?) -> JSONValue? {
            group.map {
                ["name": .string($0.name), "description": .string($0.description), "default": .bool($0.isDefault)]
            }
        }
        try record(action, known.auditObject, before: values(before), after: values(after))
    }

    /// Writes down that items of a group are others now.
    /// - Parameters:
    ///   - group: by name, as FreeRADIUS's tables know it.
    ///   - list: where the items stand, `check` or `reply`.
    func items(
        of group: String, _ list: PolicyItemStore.List, before: [PolicyItem], after: [PolicyItem], over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        func values(_ items: [PolicyItem]) -> JSONValue {
            .object([.init(list.rawValue, .array(items.map { .string($0.auditLine) }))])
        }
        let known = try RADIUSGroupStore(connection).group(named: group) ?? RADIUSGroup(id: "", name: group, created: 0)
        try record(.changed, known.auditObject, before: values(before), after: values(after))
    }

    /// Writes down that a user joined or left a group, or that it counts otherwise.
    func groupMembership(
        of username: String, before: GroupAssignment?, after: GroupAssignment?, over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        func values(_ assignment: GroupAssignment?) -> JSONValue? {
            assignment.map { ["group": .string($0.groupName), "priority": .integer($0.priority)] }
        }
        try groupMembership(
            of: username, known.groupName, id: known.id, organizationID: known.organizationID, before: values(before),
            after: values(after), over: connection)
    }

    /// - Parameter id: of the assignment; empty where the row has none.
    func groupMembership(
        of username: String, _ group: String, id: String = "", organizationID: String?, before: JSONValue?, after: JSONValue?,
        over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        let user = try UserStore(connection).user(named: username)
        try record(
            before == nil ? .added : after == nil ? .removed : .changed,
            AuditObject(
                .groupMembership, id: id, label: "\(username) in \(group)", userID: user?.id,
                organizationIDs: organizationID.map { [$0] } ?? []), before: before, after: after)
    }
}

extension RADIUSGroup {
    fileprivate var auditObject: AuditObject {
        AuditObject(.group, id: id, label: name, organizationIDs: organizationID.map { [$0] } ?? [])
    }
}

extension PolicyItem {
    /// The item for people, a secret's value masked.
    fileprivate var auditLine: String { "\(attribute) \(op) \(AuditedAttribute.shown(value, of: attribute))" }
}
