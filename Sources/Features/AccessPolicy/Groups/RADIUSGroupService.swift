import Accounts
import Database
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// Groups as managers handle them: those of their organizations; superusers handle all.
struct RADIUSGroupService: Sendable {
    let kernel: Kernel

    /// What a request says about a group; nil for fields that it leaves out.
    struct Input: Sendable {
        var name: String?
        var organizationID: String??
        var description: String?
        var isDefault: Bool?
    }

    /// One page of the groups that the caller sees.
    func page(
        _ filter: RADIUSGroupFilter, _ page: Page, for caller: Principal
    ) async throws -> (groups: [RADIUSGroup], total: Int) {
        try await kernel.withConnection { connection in
            try RADIUSGroupStore(connection).page(filter, page, in: caller.scope)
        }
    }

    /// A group that the caller sees.
    /// - Throws: 404 for any other.
    func group(_ id: String, for caller: Principal) async throws -> RADIUSGroup {
        try await kernel.withConnection { connection in try Self.group(id, for: caller, over: connection) }
    }

    private static func group(_ id: String, for caller: Principal, over connection: any DatabaseConnection) throws -> RADIUSGroup {
        guard let group = try RADIUSGroupStore(connection).group(id: id, in: caller.scope) else { throw Problem.notFound }
        return group
    }

    /// Adds a group to an organization that the caller manages; its name gets the slug before it.
    func add(_ input: Input, for caller: Principal) async throws -> RADIUSGroup {
        try await kernel.changeGroups { connection in
            guard let id = input.organizationID ?? nil else { throw Problem.field("organization", "This field may not be null.") }
            guard caller.scope.contains(id), let organization = try OrganizationStore(connection).organization(id: id) else {
                throw ProvisioningError.unknownReference("organization", id)
            }
            let group = RADIUSGroup(
                name: RADIUSGroup.name(input.name ?? "", inOrganization: organization.slug), description: input.description ?? "",
                organizationID: id, isDefault: input.isDefault ?? false)
            try GroupRules(connection).add(group)
            try AuditLog(connection).group(.added, before: nil, after: group)
            return group
        }
    }

    /// Changes a group that the caller sees. It stays in its organization, whose members are in it.
    func change(_ id: String, _ input: Input, for caller: Principal) async throws -> RADIUSGroup {
        try await kernel.changeGroups { connection in
            let store = RADIUSGroupStore(connection)
            if let organization = try Self.group(id, for: caller, over: connection).organizationID {
                try store.lock(organizationID: organization)
            }
            // Again, as another change may have come before.
            let before = try Self.group(id, for: caller, over: connection)
            var group = before
            if let organization = input.organizationID, organization != before.organizationID {
                guard caller.scope.contains(organization) else {
                    throw ProvisioningError.unknownReference("organization", organization ?? "")
                }
                throw Problem.field("organization", "The organization of a group cannot be changed.")
            }
            if let name = input.name {
                let organization = try before.organizationID.flatMap { (id) throws(DatabaseError) in
                    try OrganizationStore(connection).organization(id: id)
                }
                group.name = organization.map { RADIUSGroup.name(name, inOrganization: $0.slug) } ?? name
            }
            if let description = input.description { group.description = description }
            if let isDefault = input.isDefault { group.isDefault = isDefault }
            if group.isDefault, group.organizationID == nil {
                throw Problem.field("default", "Only a group of an organization can be the default group.")
            }
            try GroupRules(connection).change(before, to: group)
            try AuditLog(connection).group(.changed, before: before, after: group)
            return try Self.group(id, for: caller, over: connection)
        }
    }

    /// Removes a group that the caller sees.
    func remove(_ id: String, for caller: Principal) async throws {
        try await kernel.changeGroups { connection in
            let group = try Self.group(id, for: caller, over: connection)
            if let organization = group.organizationID { try RADIUSGroupStore(connection).lock(organizationID: organization) }
            try GroupRules(connection).remove(group.name)
            try AuditLog(connection).group(.removed, before: group, after: nil)
        }
    }
}
