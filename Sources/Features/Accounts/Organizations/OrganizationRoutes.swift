import HTTPTypes
import WebRouting

/// The routes of organizations in the users API.
struct OrganizationRoutes: Sendable {
    let organizations: OrganizationService

    private static let section = "Organizations"
    private static let path = "/api/v1/users/organization/"
    private static let access = Access.permission(model: "organization")
    private static let fields: [Field] = [
        Field("name", required: true, maximumLength: 200),
        Field("slug", blank: true, maximumLength: 64, help: "Made of the name when left out."),
        Field("is_active", .boolean), Field("description", blank: true, maximumLength: 10_000),
        Field("email", .email, blank: true, maximumLength: 254), Field("url", .url, blank: true, maximumLength: 200),
    ]
    private static let filters = [Field("q", maximumLength: 200, help: "Part of the name or slug, in any case.")]
    private static let owner = Field(
        "owner", .json, null: true, help: "{\"organization_user\": id of a membership, or null for no owner}")
    private static let members: [(name: String, schema: JSONSchema)] = [
        ("id", .uuid), ("name", .string), ("is_active", .boolean), ("slug", .string), ("description", .string), ("email", .string),
        ("url", .string), ("created", .dateTime), ("modified", .dateTime),
    ]
    private static let schema = JSONSchema.named("Organization", .object(members))
    private static let detailSchema = JSONSchema.named(
        "OrganizationDetail", .object(members + [("owner", .object([("organization_user", .nullable(.uuid))]))]))
    private static let notFound = Reply(.notFound, "No such organization, or one that one does not manage.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List organizations", section: Self.section, access: Self.access, query: Self.filters + Page.fields,
                replies: [Reply(.ok, "The newest first.", .page(of: Self.schema)), Self.refused]
            ) { request in
                let page = try Page(request)
                let text = try Form(Self.filters).check(queryOf: request).nonEmptyText("q")
                let found = try await organizations.page(page, containing: text, for: try request.user())
                return try page.envelope(found.organizations.map { .object($0.members) }, total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add an organization", section: Self.section, access: Self.access, form: Form(Self.fields),
                replies: [Reply(.created, "The organization.", Self.schema), Self.refused]
            ) { request in
                .json(.object(try await organizations.add(request.values, try request.user()).members), .created)
            },
            Route(
                .get, Self.path + ":id/", "Show an organization", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The organization.", Self.detailSchema), Self.notFound]
            ) { request in
                .json(try await organizations.entry(request.id, for: try request.user()).document)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove an organization", section: Self.section, access: Self.access,
                replies: [Reply(.noContent, "The organization is gone."), Self.notFound]
            ) { request in
                try await organizations.remove(request.id, try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change an organization", section: Self.section, access: Self.access,
            form: Form(Self.fields + [Self.owner]),
            replies: [Reply(.ok, "The organization.", Self.detailSchema), Self.refused, Self.notFound]
        ) { request in
            .json(try await organizations.change(request.id, request.values, try request.user()).document)
        }
    }
}

extension Organization {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("id", .string(id)), .init("name", .string(name)), .init("is_active", .bool(isActive)), .init("slug", .string(slug)),
            .init("description", .string(description)), .init("email", .string(email)), .init("url", .string(url)),
            .init("created", .string(WebTime.text(microseconds: created))),
            .init("modified", .string(WebTime.text(microseconds: modified))),
        ]
    }
}

extension OrganizationService.Entry {
    fileprivate var document: JSONValue {
        .object(organization.members + [.init("owner", ["organization_user": .optional(owner?.id)])])
    }
}
