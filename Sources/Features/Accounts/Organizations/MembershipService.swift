import Database
import HTTPTypes
import Localization
import WebRouting

/// Who belongs to which organization, and as what.
struct MembershipService: Sendable {
    let environment: AccountsEnvironment

    private static let model = "organizationuser"

    /// One page of the members of an organization that the caller manages.
    func page(_ page: Page, of organizationID: String, for caller: Principal) async throws -> (members: [Membership], total: Int) {
        try caller.require(.view, Self.model)
        return try await environment.read { connection in
            try Self.requireOrganization(organizationID, caller, connection)
            return try MembershipStore(connection).page(page, of: organizationID)
        }
    }

    /// A membership of an organization that the caller manages.
    func membership(of userID: String, in organizationID: String, for caller: Principal) async throws -> Membership {
        try caller.require(.view, Self.model)
        return try await environment.read { try Self.find(userID, organizationID, caller, $0) }
    }

    /// Makes a user whom the caller sees a member.
    func add(_ userID: String, isManager: Bool, to organizationID: String, _ caller: Principal) async throws -> Membership {
        try caller.require(.add, Self.model)
        return try await environment.change { connection in
            try Self.requireOrganization(organizationID, caller, connection)
            guard let user = try UserStore(connection).user(id: userID, in: caller.scope) else {
                throw AccountsError.unknownReference("user", userID)
            }
            guard try MembershipStore(connection).membership(of: userID, in: organizationID) == nil else {
                throw Problem.field("user", "This user is a member of the organization already.")
            }
            let input = UserInput.MembershipInput(organizationID: organizationID, isManager: isManager, isRemoved: false)
            try set(input, of: user, field: "user", connection)
            return try Self.find(userID, organizationID, caller, connection)
        }
    }

    /// Makes a member a manager, or an ordinary member.
    func change(_ userID: String, in organizationID: String, isManager: Bool?, _ caller: Principal) async throws -> Membership {
        try caller.require(.change, Self.model)
        return try await environment.change { connection in
            let membership = try Self.find(userID, organizationID, caller, connection)
            guard let isManager, let user = try UserStore(connection).user(id: userID) else { return membership }
            let input = UserInput.MembershipInput(organizationID: organizationID, isManager: isManager, isRemoved: false)
            try set(input, of: user, field: "is_admin", connection)
            return try Self.find(userID, organizationID, caller, connection)
        }
    }

    /// Ends a membership.
    func remove(_ userID: String, from organizationID: String, _ caller: Principal) async throws {
        try caller.require(.delete, Self.model)
        try await environment.change { connection in
            let membership = try Self.find(userID, organizationID, caller, connection)
            guard let user = try UserStore(connection).user(id: membership.userID) else { throw Problem.notFound }
            let input = UserInput.MembershipInput(organizationID: organizationID, isManager: false, isRemoved: true)
            try set(input, of: user, field: FieldProblem.nonField, connection)
        }
    }

    /// Brings one membership to what is wanted, in the caller's transaction; wanting what is there changes nothing.
    /// - Parameter field: the field that a refusal is reported under.
    func set(_ wanted: UserInput.MembershipInput, of user: User, field: String, _ connection: any DatabaseConnection) throws {
        let store = MembershipStore(connection)
        let present = try store.membership(of: user.id, in: wanted.organizationID)
        if let present, present.role == .owner, wanted.isRemoved || !wanted.isManager {
            let arguments = ["user": user.username, "organization": present.name]
            throw Problem.field(
                field,
                wanted.isRemoved
                    ? Message("{user} is the owner of the organization: {organization}, and cannot be removed", arguments)
                    : Message("{user} is the owner of the organization: {organization}, and cannot be downgraded", arguments))
        }
        if wanted.isRemoved {
            guard present != nil else { return }
            try store.leave(user.id, wanted.organizationID)
            try environment.hooks.memberLeft(user.id, wanted.organizationID, connection)
        } else if let present {
            guard (present.role >= .manager) != wanted.isManager else { return }
            try store.setRole(wanted.isManager ? .manager : .member, of: user.id, in: wanted.organizationID)
        } else {
            try store.join(user.id, wanted.organizationID, role: wanted.isManager ? .manager : .member)
            try environment.hooks.memberJoined(user.id, wanted.organizationID, connection)
        }
        guard let organization = try OrganizationStore(connection).organization(id: wanted.organizationID) else { return }
        try AuditLog(connection).membership(
            of: user, in: organization, before: present?.role, after: try store.role(user.id, wanted.organizationID))
    }

    private static func requireOrganization(_ id: String, _ caller: Principal, _ connection: any DatabaseConnection) throws {
        guard caller.scope == .all || caller.scope.contains(id), try OrganizationStore(connection).organization(id: id) != nil else {
            throw Problem.notFound
        }
    }

    private static func find(
        _ userID: String, _ organizationID: String, _ caller: Principal, _ connection: any DatabaseConnection
    ) throws -> Membership {
        guard caller.scope == .all || caller.scope.contains(organizationID),
            let membership = try MembershipStore(connection).membership(of: userID, in: organizationID)
        else { throw Problem.notFound }
        return membership
    }
}
