public import Database
public import WebRouting

/// Changes of users, memberships and organizations, written down alike wherever they are made.
extension AuditLog {
    /// Writes down what was done to a user. Managers of the user's organizations may see it, unless it is about a superuser.
    /// - Parameter snapshot: the user as ``UserSnapshot`` saw it before; nil for a new one.
    public func record(_ action: AuditAction, before: UserSnapshot?, after: UserSnapshot?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        let isSuperuser = [before, after].contains { $0?.isSuperuser == true }
        let organizations = (before?.organizationIDs ?? []).union(after?.organizationIDs ?? [])
        try record(
            action,
            AuditObject(
                .user, id: known.id, label: known.username, userID: known.id, organizationIDs: isSuperuser ? [] : organizations),
            before: before?.values, after: after?.values)
    }

    /// Writes down a change of a user whose values say nothing about it, such as a new password.
    public func record(_ action: AuditAction, of user: UserSnapshot) throws(DatabaseError) {
        try record(
            action,
            AuditObject(
                .user, id: user.id, label: user.username, userID: user.id, organizationIDs: user.isSuperuser ? [] : user.organizationIDs))
    }

    /// Writes down that a user joined or left an organization, or is something else there.
    /// - Parameters:
    ///   - before: what the user was; nil for no member.
    ///   - after: what the user is; nil for no member.
    public func membership(
        of user: User, in organization: Organization, before: Principal.Role?, after: Principal.Role?
    ) throws(DatabaseError) {
        guard before != after else { return }
        func values(_ role: Principal.Role?) -> JSONValue? { role.map { ["role": .string("\($0)")] } }
        try record(
            before == nil ? .added : after == nil ? .removed : .changed,
            AuditObject(
                .membership, id: organization.id, label: "\(user.username) in \(organization.slug)", userID: user.id,
                organizationIDs: [organization.id]), before: values(before), after: values(after))
    }

    /// Writes down what was done to an organization.
    public func organization(_ action: AuditAction, before: Organization?, after: Organization?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        try record(
            action, AuditObject(.organization, id: known.id, label: known.slug, organizationIDs: [known.id]), before: before?.auditValues,
            after: after?.auditValues)
    }

    /// Writes down what was done to a role, which is everybody's: superusers alone see it.
    public func role(_ action: AuditAction, before: Role?, after: Role?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        func values(_ role: Role?) -> JSONValue? {
            role.map { ["name": .string($0.name), "permissions": .array($0.permissions.map { .string($0.codeName) })] }
        }
        try record(
            action, AuditObject(.role, id: String(known.id), label: known.name), before: values(before), after: values(after))
    }
}

/// A user as the audit sees it at one moment: what is known about it, its roles and its organizations, no secret.
public struct UserSnapshot: Sendable {
    let id: String
    let username: String
    let isSuperuser: Bool
    let organizationIDs: Set<String>
    let values: JSONValue

    /// Looks at a user as it is stored now, or nil where it is not.
    public init?(_ id: String, over connection: any DatabaseConnection) throws(DatabaseError) {
        guard let user = try UserStore(connection).user(id: id) else { return nil }
        let roles = RoleStore(connection)
        self.id = user.id
        username = user.username
        isSuperuser = user.isSuperuser
        organizationIDs = Set(try MembershipStore(connection).memberships(user.id).map(\.organizationID))
        var names: [String] = []
        for id in try roles.roles(of: [user.id])[user.id] ?? [] { if let role = try roles.role(id: id) { names.append(role.name) } }
        let own = try roles.ownPermissions(of: user.id)
        let permissions = own.isEmpty ? [] : try roles.permissions().filter { own.contains($0.id) }.map(\.codeName)
        values = .object(
            user.auditValues + [
                .init("roles", .array(names.map { .string($0) })), .init("permissions", .array(permissions.map { .string($0) })),
            ])
    }
}

extension User {
    fileprivate var auditValues: [JSONValue.Member] {
        [
            .init("username", .string(username)), .init("email", .optional(email)), .init("first_name", .string(firstName)),
            .init("last_name", .string(lastName)), .init("phone_number", .optional(phoneNumber)),
            .init("birth_date", .optional(birthDate)), .init("is_active", .bool(isActive)), .init("is_staff", .bool(isStaff)),
            .init("is_superuser", .bool(isSuperuser)),
            .init("expires", .optional(expiresAt.map { WebTime.text(seconds: $0) })), .init("company", .string(company)),
            .init("location", .string(location)), .init("url", .string(url)), .init("bio", .string(bio)), .init("notes", .string(notes)),
        ]
    }
}

extension Organization {
    fileprivate var auditValues: JSONValue {
        [
            "name": .string(name), "slug": .string(slug), "is_active": .bool(isActive), "description": .string(description),
            "email": .string(email), "url": .string(url),
        ]
    }
}
