import HTTPTypes
import WebRouting

/// The routes of an organization's members.
struct MembershipRoutes: Sendable {
    let memberships: MembershipService

    private static let section = "Organizations"
    private static let path = "/api/v1/users/organization/:id/user/"
    private static let access = Access.permission(model: "organizationuser")
    private static let schema = JSONSchema.named(
        "Membership",
        .object([
            ("id", .uuid), ("user", .uuid), ("username", .string), ("organization", .uuid), ("is_admin", .boolean), ("is_owner", .boolean),
        ]))
    private static let isAdmin = Field("is_admin", .boolean, help: "Whether the member manages the organization.")
    private static let notFound = Reply(.notFound, "No such membership, or of an organization that one does not manage.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List an organization's members", section: Self.section, access: Self.access, query: Page.fields,
                replies: [Reply(.ok, "The newest first.", .page(of: Self.schema)), Self.notFound]
            ) { request in
                let page = try Page(request)
                let found = try await memberships.page(page, of: request.id, for: try request.user())
                return try page.envelope(found.members.map(\.document), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a member", section: Self.section, access: Self.access,
                form: Form([Field("user", .uuid, required: true), Self.isAdmin]),
                replies: [Reply(.created, "The membership.", Self.schema), Self.refused, Self.notFound]
            ) { request in
                let membership = try await memberships.add(
                    request.values.text("user") ?? "", isManager: request.values.flag("is_admin") ?? false, to: request.id,
                    try request.user())
                return .json(membership.document, .created)
            },
            Route(
                .get, Self.path + ":user/", "Show a membership", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The membership.", Self.schema), Self.notFound]
            ) { request in
                .json(try await memberships.membership(of: request.userID, in: request.id, for: try request.user()).document)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":user/", "End a membership", section: Self.section, access: Self.access,
                replies: [Reply(.noContent, "The user is no member any more."), Self.refused, Self.notFound]
            ) { request in
                try await memberships.remove(request.userID, from: request.id, try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":user/", "Change what a member is", section: Self.section, access: Self.access, form: Form([Self.isAdmin]),
            replies: [Reply(.ok, "The membership.", Self.schema), Self.refused, Self.notFound]
        ) { request in
            .json(
                try await memberships.change(
                    request.userID, in: request.id, isManager: request.values.flag("is_admin"), try request.user()
                ).document)
        }
    }
}

extension WebRequest {
    fileprivate var userID: String { parameter("user").lowercased() }
}

extension Membership {
    fileprivate var document: JSONValue {
        [
            "id": .string(id), "user": .string(userID), "username": .string(username), "organization": .string(organizationID),
            "is_admin": .bool(role >= .manager), "is_owner": .bool(role == .owner),
        ]
    }
}
