import HTTPTypes
import WebRouting

/// Routes of users' RADIUS groups.
struct GroupAssignmentRoutes: Sendable {
    let assignments: GroupAssignmentService

    private static let section = "RADIUS groups"
    private static let path = "/api/v1/users/user/:id/radius-group/"
    private static let access = Access.manager(model: "radiususergroup")

    private static let filters = [Field("group__organization", .uuid), Field("group__organization__slug")]
    private static let priority = Field(
        "priority", .integer, minimum: 0, maximum: Int64(Int32.max), help: "The lowest number of an organization counts.")
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    private static let notFound = Reply(.notFound, "No such user or assignment, or not in an organization that one manages.", .detail)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List a user's RADIUS groups", section: Self.section, access: Self.access,
                query: Self.filters + Page.query,
                replies: [Reply(.ok, "The one that counts most first.", .page(of: GroupAssignment.schema)), Self.refused, Self.notFound]
            ) { request in
                let page = try Page(request)
                let values = try Form(Self.filters).check(queryOf: request)
                let filter = GroupAssignmentService.Filter(
                    organizationID: values.nonEmptyText("group__organization"),
                    organizationSlug: values.nonEmptyText("group__organization__slug"))
                let found = try await assignments.page(of: try request.uuid("id"), filter, page, for: try request.user())
                return try page.envelope(found.assignments.map(\.json), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Put a user into a RADIUS group", section: Self.section, access: Self.access,
                form: Form([Field("group", .uuid, required: true), Self.priority]),
                replies: [Reply(.created, "The assignment.", GroupAssignment.schema), Self.refused, Self.notFound]
            ) { request in
                let added = try await assignments.add(.init(request.values), to: try request.uuid("id"), for: try request.user())
                return .json(added.json, .created)
            },
            Route(
                .get, Self.path + ":assignment/", "Show a user's RADIUS group", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The assignment.", GroupAssignment.schema), Self.notFound]
            ) { request in
                let found = try await assignments.assignment(
                    try request.uuid("assignment"), of: try request.uuid("id"), for: try request.user())
                return .json(found.json)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":assignment/", "Take a user out of a RADIUS group", section: Self.section, access: Self.access,
                replies: [Reply(.noContent, "The user is no longer in the group."), Self.notFound]
            ) { request in
                try await assignments.remove(try request.uuid("assignment"), of: try request.uuid("id"), for: try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":assignment/", "Change a user's RADIUS group", section: Self.section, access: Self.access,
            form: Form([Field("group", .uuid), Self.priority]),
            replies: [Reply(.ok, "The assignment.", GroupAssignment.schema), Self.refused, Self.notFound]
        ) { request in
            let changed = try await assignments.change(
                try request.uuid("assignment"), of: try request.uuid("id"), .init(request.values), for: try request.user())
            return .json(changed.json)
        }
    }
}

extension GroupAssignmentService.Input {
    init(_ values: FormValues) {
        groupID = values.text("group")
        priority = values.integer("priority")
    }
}
