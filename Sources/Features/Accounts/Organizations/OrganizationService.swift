import Database
import HTTPTypes
import Localization
import WebRouting

/// Organizations as operators handle them.
struct OrganizationService: Sendable {
    let environment: AccountsEnvironment

    /// An organization and the membership of its owner.
    struct Entry: Sendable {
        var organization: Organization
        var owner: Membership?
    }

    /// One page of the organizations that the caller manages.
    /// - Parameter text: part of name or slug, in any case; nil for all.
    func page(_ page: Page, containing text: String?, for caller: Principal) async throws -> (organizations: [Organization], total: Int) {
        try caller.require(.view, "organization")
        return try await environment.read { try OrganizationStore($0).page(page, containing: text, in: caller.scope) }
    }

    /// An organization that the caller manages.
    func entry(_ id: String, for caller: Principal) async throws -> Entry {
        try caller.require(.view, "organization")
        return try await environment.read { connection in
            Entry(
                organization: try Self.find(id, caller, connection), owner: try MembershipStore(connection).owner(of: id))
        }
    }

    private static func find(_ id: String, _ caller: Principal, _ connection: any DatabaseConnection) throws -> Organization {
        guard caller.scope == .all || caller.scope.contains(id), let organization = try OrganizationStore(connection).organization(id: id)
        else { throw Problem.notFound }
        return organization
    }

    /// Adds an organization. One who is no superuser owns what he makes.
    func add(_ values: FormValues, _ caller: Principal) async throws -> Organization {
        try caller.require(.add, "organization")
        let added = try await environment.change { [environment] connection in
            let store = OrganizationStore(connection)
            var organization = Organization(name: values.text("name") ?? "", slug: "")
            apply(values, to: &organization)
            if organization.slug.isEmpty { organization.slug = try freeSlug(organization.name, store) }
            try check(organization, store)
            try store.add(organization)
            try environment.hooks.organizationCreated(organization, connection)
            if !caller.isSuperuser {
                try MembershipStore(connection).join(caller.id, organization.id, role: .owner)
                try environment.hooks.memberJoined(caller.id, organization.id, connection)
            }
            try AuditLog(connection).organization(.added, before: nil, after: organization)
            return organization
        }
        try await refresh()
        return added
    }

    /// Changes an organization.
    func change(_ id: String, _ values: FormValues, _ caller: Principal) async throws -> Entry {
        try caller.require(.change, "organization")
        let changed = try await environment.change { [environment] connection -> Entry in
            let store = OrganizationStore(connection)
            let before = try Self.find(id, caller, connection)
            var organization = before
            apply(values, to: &organization)
            try check(organization, store)
            try store.update(organization)
            if let owner = values.json("owner") { try setOwner(owner, of: organization, caller, connection) }
            try environment.hooks.organizationChanged(before, organization, connection)
            try AuditLog(connection).organization(.changed, before: before, after: organization)
            return Entry(
                organization: try store.organization(id: id) ?? organization, owner: try MembershipStore(connection).owner(of: id))
        }
        try await refresh()
        return changed
    }

    /// Removes an organization and what is only its own.
    func remove(_ id: String, _ caller: Principal) async throws {
        try caller.require(.delete, "organization")
        try await environment.change { connection in
            try AuditLog(connection).organization(.removed, before: Self.find(id, caller, connection), after: nil)
            try OrganizationStore(connection).remove(id: id)
        }
        try await refresh()
    }

    /// The packet path hears of it at once.
    private func refresh() async throws {
        let directory = environment.directory
        try await environment.read { try directory.refresh(over: $0) }
    }

    private func apply(_ values: FormValues, to organization: inout Organization) {
        if let name = values.nonEmptyText("name") { organization.name = name }
        if let slug = values.nonEmptyText("slug") { organization.slug = slug.lowercased() }
        if let isActive = values.flag("is_active") { organization.isActive = isActive }
        if let description = values.text("description") { organization.description = description }
        if let email = values.text("email") { organization.email = email }
        if let url = values.text("url") { organization.url = url }
    }

    /// Tells provisioning clients which organization has the slug already.
    private func check(_ organization: Organization, _ store: OrganizationStore) throws {
        if let other = try store.organization(slug: organization.slug), other.id != organization.id {
            throw Problem.fields([
                FieldProblem("slug", "organization with this slug already exists."),
                FieldProblem("organization", Message("{id}", ["id": other.id])),
            ])
        }
        if let other = try store.organization(named: organization.name), other.id != organization.id {
            throw Problem.field("name", "organization with this name already exists.")
        }
    }

    /// A slug made of the name that nobody has.
    private func freeSlug(_ name: String, _ store: OrganizationStore) throws -> String {
        guard let slug = Organization.slug(from: name) else { throw Problem.field("slug", "This field is required.") }
        if try store.organization(slug: slug) == nil { return slug }
        for number in 2...999 {
            let candidate = "\(slug.prefix(60))-\(number)"
            if try store.organization(slug: candidate) == nil { return candidate }
        }
        throw Problem.field("slug", "This field is required.")
    }

    /// - Parameter value: `{"organization_user": id or null}`, or null, which says nothing.
    private func setOwner(
        _ value: JSONValue, of organization: Organization, _ caller: Principal, _ connection: any DatabaseConnection
    ) throws {
        guard let asked = value["organization_user"] else { return }
        let store = MembershipStore(connection)
        let present = try store.owner(of: organization.id)
        if asked == .null ? present == nil : asked.string?.lowercased() == present?.id { return }
        guard caller.isSuperuser || present?.userID == caller.id else { throw Problem.forbidden }
        guard asked != .null else {
            try store.removeOwner(of: organization.id)
            if let present { try auditOwner(present, isOwner: false, of: organization, connection) }
            return
        }
        guard let id = asked.string?.lowercased(), let membership = try store.membership(id: id),
            membership.organizationID == organization.id
        else { throw Problem.field("owner", "The selected user is not member of this organization.") }
        try store.setRole(.owner, of: membership.userID, in: organization.id)
        if let present { try auditOwner(present, isOwner: false, of: organization, connection) }
        try auditOwner(membership, isOwner: true, of: organization, connection)
    }

    private func auditOwner(
        _ membership: Membership, isOwner: Bool, of organization: Organization, _ connection: any DatabaseConnection
    ) throws {
        guard let user = try UserStore(connection).user(id: membership.userID) else { return }
        try AuditLog(connection).membership(
            of: user, in: organization, before: membership.role, after: isOwner ? .owner : .manager)
    }
}
