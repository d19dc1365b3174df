import HTTPTypes
import WebRouting

/// Routes of RADIUS groups.
struct RADIUSGroupRoutes: Sendable {
    let groups: RADIUSGroupService

    private static let section = "RADIUS groups"
    private static let path = "/api/v1/radius/group/"
    private static let access = Access.manager(model: "radiusgroup")
    private static let pageSize = 20

    private static let filters = [
        Field("search", help: "Part of the name, in any case."), Field("organization", .uuid),
        Field("organization_slug"),
    ]
    private static let form = Form([
        Field("name", required: true, maximumLength: 253, help: "The organization's slug and a hyphen come before it."),
        Field("organization", .uuid, required: true, null: true, help: "Cannot be changed later."),
        Field("description", blank: true, null: true, maximumLength: 255),
        Field("default", .boolean, help: "New members get the default group; an organization has one at most."),
    ])
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    private static let notFound = Reply(.notFound, "No such group, or not in an organization that one manages.", .detail)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List RADIUS groups", section: Self.section, access: Self.access, query: Self.filters + Page.query,
                replies: [Reply(.ok, "By name.", .page(of: RADIUSGroup.schema))]
            ) { request in
                let page = try Page(request, defaultSize: Self.pageSize)
                let values = try Form(Self.filters).check(queryOf: request)
                let filter = RADIUSGroupFilter(
                    search: values.nonEmptyText("search"), organizationID: values.nonEmptyText("organization"),
                    organizationSlug: values.nonEmptyText("organization_slug"))
                let found = try await groups.page(filter, page, for: try request.user())
                return try page.envelope(found.groups.map(\.json), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a RADIUS group", section: Self.section, access: Self.access, form: Self.form,
                replies: [Reply(.created, "The group.", RADIUSGroup.schema), Self.refused]
            ) { request in
                .json(try await groups.add(.init(request.values), for: try request.user()).json, .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a RADIUS group", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The group.", RADIUSGroup.schema), Self.notFound]
            ) { request in
                .json(try await groups.group(try request.uuid("id"), for: try request.user()).json)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a RADIUS group", section: Self.section, access: Self.access,
                replies: [
                    Reply(.noContent, "The group, its items and its members' assignments are gone."),
                    Reply(.badRequest, "It is the default group.", .detail), Self.notFound,
                ]
            ) { request in
                try await groups.remove(try request.uuid("id"), for: try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a RADIUS group", section: Self.section, access: Self.access, form: Self.form,
            replies: [Reply(.ok, "The group.", RADIUSGroup.schema), Self.refused, Self.notFound]
        ) { request in
            .json(try await groups.change(try request.uuid("id"), .init(request.values), for: try request.user()).json)
        }
    }
}

extension RADIUSGroupService.Input {
    init(_ values: FormValues) {
        name = values.text("name")
        organizationID = values.contains("organization") ? .some(values.text("organization")) : nil
        description = values.contains("description") ? values.text("description") ?? "" : nil
        isDefault = values.flag("default")
    }
}
