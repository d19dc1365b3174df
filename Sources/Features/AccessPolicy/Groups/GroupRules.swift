import Accounts
public import Database
import Sessions

/// Changes of groups that keep all tables in step: names, items, memberships, quotas and accounting. Inside the caller's transaction.
public struct GroupRules {
    private let connection: any DatabaseConnection
    let store: RADIUSGroupStore
    private let items: PolicyItemStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        store = RADIUSGroupStore(connection)
        items = PolicyItemStore(connection)
    }

    /// Adds a group; a default group takes the place of the one before.
    /// - Throws: ``ProvisioningError/groupExists(_:)`` when any table has the name, ``ProvisioningError/invalidGroupName(_:)``.
    public func add(_ group: RADIUSGroup) throws {
        if let organization = group.organizationID { try store.lock(organizationID: organization) }
        try check(name: group.name)
        if group.isDefault, let organization = group.organizationID { try store.clearDefault(of: organization, except: group) }
        try write(group.name) { () throws(DatabaseError) in try store.add(group) }
    }

    /// Writes a group's new values. With a new name go its items, memberships, quotas and sessions.
    /// - Parameter before: as it is stored.
    /// - Throws: as ``add(_:)``, and ``ProvisioningError/defaultGroupNeeded(_:)`` for a default group that shall be none.
    public func change(_ before: RADIUSGroup, to group: RADIUSGroup) throws {
        if before.isDefault, !group.isDefault { throw ProvisioningError.defaultGroupNeeded(before.name) }
        var group = group
        group.modified = currentMicroseconds()
        let isRenamed = StoredName(group.name) != StoredName(before.name)
        if isRenamed { try check(name: group.name) }
        if group.isDefault, let organization = group.organizationID { try store.clearDefault(of: organization, except: group) }
        try write(group.name) { () throws(DatabaseError) in try store.update(group) }
        guard isRenamed else { return }
        try items.renameGroup(before.name, to: group.name)
        try QuotaStore(connection).rename(.group, before.name, to: group.name)
        try SessionStore(connection).renameGroup(before.name, to: group.name)
    }

    /// Removes a group, whichever tables have it, with its items, memberships and quotas.
    /// - Throws: ``ProvisioningError/defaultGroup(_:)``.
    public func remove(_ name: String) throws {
        if let group = try store.group(named: name), group.isDefault { throw ProvisioningError.defaultGroup(name) }
        for member in try items.members(of: name) { try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, member)) }
        try items.removeGroup(name)
        try QuotaStore(connection).removeAll(.group, of: name)
    }

    private func check(name: String) throws {
        guard RADIUSGroup.isValidName(name) else { throw ProvisioningError.invalidGroupName(name) }
        if try store.isTaken(name) { throw ProvisioningError.groupExists(name) }
    }

    /// Another transaction may have taken the name since it was looked for.
    private func write(_ name: String, _ body: () throws(DatabaseError) -> Void) throws {
        do {
            try body()
        } catch {
            guard case .unique = error.kind else { throw error }
            throw ProvisioningError.groupExists(name)
        }
    }
}
