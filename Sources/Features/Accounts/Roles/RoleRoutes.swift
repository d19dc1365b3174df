import HTTPTypes
import WebRouting

/// The routes of roles, which the users API calls groups.
struct RoleRoutes: Sendable {
    let roles: RoleService

    private static let section = "Permissions"
    private static let path = "/api/v1/users/group/"
    private static let access = Access.permission(model: "group")
    private static let schema = JSONSchema.named(
        "PermissionGroup", .object([("id", .integer), ("name", .string), ("permissions", .array(.string))]))
    private static let form = Form([
        Field("name", required: true, maximumLength: 150),
        Field("permissions", .json, null: true, help: "Ids, or texts as the answer has them: \"12: user | Can view user\"."),
    ])
    private static let notFound = Reply(.notFound, "No such group.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List permission groups", section: Self.section, access: Self.access, query: Page.fields,
                replies: [Reply(.ok, "By name.", .page(of: Self.schema))]
            ) { request in
                let page = try Page(request)
                let found = try await roles.page(page, for: try request.user())
                return try page.envelope(found.roles.map(\.document), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a permission group", section: Self.section, access: Self.access, form: Self.form,
                replies: [Reply(.created, "The group.", Self.schema), Self.refused]
            ) { request in
                let role = try await roles.add(
                    request.values.text("name") ?? "", permissions: request.values.list("permissions") ?? [], try request.user())
                return .json(role.document, .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a permission group", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The group.", Self.schema), Self.notFound]
            ) { request in
                .json(try await roles.role(Int64(request.parameter("id")), for: try request.user()).document)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a permission group", section: Self.section, access: Self.access,
                replies: [Reply(.noContent, "The group is gone."), Self.notFound]
            ) { request in
                try await roles.remove(Int64(request.parameter("id")), try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a permission group", section: Self.section, access: Self.access, form: Self.form,
            replies: [Reply(.ok, "The group.", Self.schema), Self.refused, Self.notFound]
        ) { request in
            let role = try await roles.change(
                Int64(request.parameter("id")), name: request.values.nonEmptyText("name"), permissions: request.values.list("permissions"),
                try request.user())
            return .json(role.document)
        }
    }
}

extension Role {
    fileprivate var document: JSONValue {
        ["id": .integer(id), "name": .string(name), "permissions": .array(permissions.map { .string($0.label) })]
    }
}
