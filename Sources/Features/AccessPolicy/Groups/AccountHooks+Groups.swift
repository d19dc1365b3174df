public import Accounts
import Database
import Localization
import WebRouting

extension AccountHooks {
    /// Adds what groups and items owe to accounts: default groups for organizations and members, names that follow, nothing left of who is
    /// gone. What the hooks did before, they do first.
    public mutating func addAccessPolicy() {
        let earlier = self
        organizationCreated = { organization, connection in
            try earlier.organizationCreated(organization, connection)
            try Self.explainingSlug { try DefaultGroups.create(organization, over: connection) }
        }
        organizationChanged = { before, after, connection in
            try earlier.organizationChanged(before, after, connection)
            try Self.explainingSlug { try GroupRules(connection).follow(before, after) }
        }
        memberJoined = { userID, organizationID, connection in
            try earlier.memberJoined(userID, organizationID, connection)
            try DefaultGroups.assign(userID: userID, organizationID: organizationID, over: connection)
        }
        memberLeft = { userID, organizationID, connection in
            try earlier.memberLeft(userID, organizationID, connection)
            guard let user = try UserStore(connection).user(id: userID) else { return }
            if try GroupAssignmentStore(connection).removeAll(of: user.username, in: organizationID) > 0 {
                try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, user.username))
            }
        }
        userRenamed = { old, new, connection in
            try earlier.userRenamed(old, new, connection)
            // Rows under the new name are another user's, known to FreeRADIUS's tables only.
            guard try PolicyItemStore(connection).renameUser(old, to: new) else { throw AccountsError.userExists(username: new) }
            try QuotaStore(connection).rename(.user, old, to: new)
        }
        userRemoved = { user, connection in
            try earlier.userRemoved(user, connection)
            _ = try PolicyItemStore(connection).removeUser(user.username)
            try QuotaStore(connection).removeAll(.user, of: user.username)
        }
    }

    /// Names of groups come from slugs: one that is taken is a slug that cannot be.
    private static func explainingSlug(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch ProvisioningError.groupExists(let name) {
            throw Problem.field("slug", Message("A group named {name} exists already.", ["name": name]))
        }
    }
}

extension GroupRules {
    /// Renames an organization's groups when its slug has changed.
    func follow(_ before: Organization, _ after: Organization) throws {
        guard before.slug != after.slug else { return }
        for group in try store.groups(of: after.id) where group.name.utf8.starts(with: "\(before.slug)-".utf8) {
            var renamed = group
            renamed.name = after.slug + group.name.dropFirst(before.slug.count)
            try change(group, to: renamed)
        }
    }
}
