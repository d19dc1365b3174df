import Accounts
import Database
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// Users' groups as managers handle them: of the members of their organizations, in the groups of these.
struct GroupAssignmentService: Sendable {
    let kernel: Kernel

    /// Which assignments a list shows; nil for all.
    struct Filter: Sendable {
        var organizationID: String?
        var organizationSlug: String?
    }

    /// What a request says about an assignment; nil for fields that it leaves out.
    struct Input: Sendable {
        var groupID: String?
        var priority: Int64?
    }

    /// One page of a user's assignments.
    /// - Throws: 404 for a user whom the caller does not see, 400 for a filter by an organization that he does not manage.
    func page(
        of userID: String, _ filter: Filter, _ page: Page, for caller: Principal
    ) async throws -> (assignments: [GroupAssignment], total: Int) {
        try await kernel.withConnection { connection in
            let user = try Self.user(userID, for: caller, over: connection)
            let organization = try Self.organization(filter, for: caller, over: connection)
            let store = GroupAssignmentStore(connection)
            try store.complete(user.username)
            return try store.page(page, user.username, organizationID: organization, in: caller.scope)
        }
    }

    /// One assignment of a user.
    func assignment(_ id: String, of userID: String, for caller: Principal) async throws -> GroupAssignment {
        try await kernel.withConnection { connection in
            try Self.assignment(id, of: Self.user(userID, for: caller, over: connection), for: caller, over: connection)
        }
    }

    /// Puts a user into a group.
    func add(_ input: Input, to userID: String, for caller: Principal) async throws -> GroupAssignment {
        try await kernel.changeGroups { connection in
            let user = try Self.user(userID, for: caller, over: connection)
            guard let groupID = input.groupID else { throw Problem.field("group", "This field is required.") }
            let group = try Self.group(groupID, for: user, caller, over: connection)
            let assignment = GroupAssignment(user.username, to: group, priority: input.priority ?? 1)
            try GroupAssignmentStore(connection).add(assignment)
            try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, user.username))
            try AuditLog(connection).groupMembership(of: user.username, before: nil, after: assignment, over: connection)
            return assignment
        }
    }

    /// Changes the group or the priority of an assignment; sessions of the user follow by the rules of dynamic authorization.
    func change(_ id: String, of userID: String, _ input: Input, for caller: Principal) async throws -> GroupAssignment {
        try await kernel.changeGroups { connection in
            let user = try Self.user(userID, for: caller, over: connection)
            let before = try Self.assignment(id, of: user, for: caller, over: connection)
            var assignment = before
            if let groupID = input.groupID, groupID != before.groupID {
                let group = try Self.group(groupID, for: user, caller, over: connection)
                (assignment.groupID, assignment.groupName, assignment.organizationID) = (group.id, group.name, group.organizationID)
            }
            if let priority = input.priority { assignment.priority = priority }
            guard assignment != before else { return before }
            assignment.modified = currentMicroseconds()
            try GroupAssignmentStore(connection).update(assignment)
            try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, user.username))
            try AuditLog(connection).groupMembership(of: user.username, before: before, after: assignment, over: connection)
            return assignment
        }
    }

    /// Takes a user out of a group.
    func remove(_ id: String, of userID: String, for caller: Principal) async throws {
        try await kernel.changeGroups { connection in
            let user = try Self.user(userID, for: caller, over: connection)
            let assignment = try Self.assignment(id, of: user, for: caller, over: connection)
            try GroupAssignmentStore(connection).remove(assignment.id)
            try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, user.username))
            try AuditLog(connection).groupMembership(of: user.username, before: assignment, after: nil, over: connection)
        }
    }

    private static func user(_ id: String, for caller: Principal, over connection: any DatabaseConnection) throws -> User {
        guard let user = try UserStore(connection).user(id: id, in: caller.scope) else { throw Problem.notFound }
        return user
    }

    private static func assignment(
        _ id: String, of user: User, for caller: Principal, over connection: any DatabaseConnection
    ) throws -> GroupAssignment {
        guard let assignment = try GroupAssignmentStore(connection).assignment(id, of: user.username, in: caller.scope) else {
            throw Problem.notFound
        }
        return assignment
    }

    /// A group that the caller may give to the user, who is not in it.
    private static func group(
        _ id: String, for user: User, _ caller: Principal, over connection: any DatabaseConnection
    ) throws -> RADIUSGroup {
        guard let group = try RADIUSGroupStore(connection).group(id: id, in: caller.scope) else {
            throw ProvisioningError.unknownReference("group", id)
        }
        guard let organization = group.organizationID, try MembershipStore(connection).role(user.id, organization) != nil else {
            throw Problem.field("group", "The user is not a member of this group's organization.")
        }
        if try GroupAssignmentStore(connection).isMember(user.username, of: group.name) {
            throw ProvisioningError.alreadyMember(user: user.username, group: group.name)
        }
        return group
    }

    /// The organization that a filter names; nil for no filter.
    private static func organization(
        _ filter: Filter, for caller: Principal, over connection: any DatabaseConnection
    ) throws -> String? {
        let organizations = OrganizationStore(connection)
        var id: String?
        if let asked = filter.organizationID {
            guard caller.scope.contains(asked), try organizations.organization(id: asked) != nil else {
                throw Problem.field("group__organization", unavailable)
            }
            id = asked
        }
        if let slug = filter.organizationSlug {
            guard let asked = try organizations.organization(slug: slug)?.id, caller.scope.contains(asked), id == nil || id == asked else {
                throw Problem.field("group__organization__slug", unavailable)
            }
            id = asked
        }
        return id
    }

    private static let unavailable: Message = "Select a valid choice. That choice is not one of the available choices."
}
