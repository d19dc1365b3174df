import WebRouting

/// A user as the users API shows it.
struct UserDocument {
    var user: User
    var memberships: [Membership]
    var roles: [Int64]
    /// Only for details shown to superusers.
    var permissions: [Int64] = []
    var settings: AccountsSettings
    var viewer: Principal

    /// One entry of the list.
    var summary: JSONValue { .object(head + tail) }

    /// The whole user.
    var detail: JSONValue {
        .object(
            head
                + [
                    .init("bio", .string(user.bio)), .init("url", .string(user.url)), .init("company", .string(user.company)),
                    .init("location", .string(user.location)), .init("notes", .string(user.notes)),
                    .init("last_login", .optional(user.lastLogin.map { WebTime.text(microseconds: $0) })),
                    .init("date_joined", .string(WebTime.text(microseconds: user.created))),
                ] + (viewer.isSuperuser ? [.init("user_permissions", .array(permissions.map { .integer($0) }))] : []) + tail)
    }

    private var head: [JSONValue.Member] {
        [
            .init("id", .string(user.id)), .init("username", .string(user.username)), .init("email", .optional(user.email)),
            .init("first_name", .string(user.firstName)), .init("last_name", .string(user.lastName)),
            .init("phone_number", .optional(user.phoneNumber)), .init("birth_date", .optional(user.birthDate)),
            .init("is_active", .bool(user.isActive)), .init("is_staff", .bool(user.isStaff)),
        ] + (viewer.isSuperuser ? [.init("is_superuser", .bool(user.isSuperuser))] : [])
            + [.init("expiration_date", .optional(user.expiresAt.map { settings.day($0) }))]
    }

    /// Memberships of organizations that the viewer does not manage are none of his business.
    private var tail: [JSONValue.Member] {
        let shown = memberships.filter { viewer.scope.contains($0.organizationID) }
        return [
            .init("groups", .array(roles.map { .integer($0) })),
            .init(
                "organization_users",
                .array(shown.map { ["is_admin": .bool($0.role >= .manager), "organization": .string($0.organizationID)] })),
        ]
    }

    static let summarySchema = JSONSchema.named("User", .object(members(isDetail: false), optional: ["is_superuser"]))
    static let detailSchema = JSONSchema.named(
        "UserDetail", .object(members(isDetail: true), optional: ["is_superuser", "user_permissions"]))

    private static func members(isDetail: Bool) -> [(name: String, schema: JSONSchema)] {
        let head: [(name: String, schema: JSONSchema)] = [
            ("id", .uuid), ("username", .string), ("email", .nullable(.string)), ("first_name", .string), ("last_name", .string),
            ("phone_number", .nullable(.string)), ("birth_date", .nullable(.date)), ("is_active", .boolean), ("is_staff", .boolean),
            ("is_superuser", .boolean), ("expiration_date", .nullable(.date)),
        ]
        let detail: [(name: String, schema: JSONSchema)] = [
            ("bio", .string), ("url", .string), ("company", .string), ("location", .string), ("notes", .string),
            ("last_login", .nullable(.dateTime)), ("date_joined", .dateTime), ("user_permissions", .array(.integer)),
        ]
        let tail: [(name: String, schema: JSONSchema)] = [
            ("groups", .array(.integer)), ("organization_users", .array(.object([("is_admin", .boolean), ("organization", .uuid)]))),
        ]
        return head + (isDetail ? detail : []) + tail
    }
}
