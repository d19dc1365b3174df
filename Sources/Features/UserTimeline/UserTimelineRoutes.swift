import AccessPolicy
import HTTPTypes
import WebRouting

/// The routes of users' timelines, notes and limits.
struct UserTimelineRoutes: Sendable {
    let service: UserTimelineService

    private static let path = "/api/v1/users/user/:id/"
    private static let section = "Users"
    private static let access = Access.permission(model: "user")
    private static let notFound = Reply(.notFound, "No such user, or not in an organization that one manages.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    private static let filters = [Field("before", .dateTime, help: "Only what happened before this time, to read on.")]
    private static let usageSchema = JSONSchema.object([
        (
            "checks",
            .array(
                .object([
                    ("organization", .uuid), ("attribute", .string), ("op", .string), ("value", .string), ("result", .nullable(.integer)),
                    ("type", .nullable(.string)),
                ]))
        )
    ])

    var all: [Route] {
        [
            Route(
                .get, Self.path + "timeline/", "Show what happened to a user", section: Self.section, access: Self.access,
                query: Self.filters,
                replies: [
                    Reply(.ok, "The newest first, up to \(UserTimelineStore.limit).", .array(TimelineEntry.schema)), Self.refused,
                    Self.notFound,
                ]
            ) { request in
                let before = try Form(Self.filters).check(queryOf: request).text("before").flatMap(WebTime.microseconds)
                let entries = try await service.entries(of: try request.uuid("id"), before: before, for: try request.user())
                return .json(.array(entries.map(\.json)))
            },
            Route(
                .post, Self.path + "notes/", "Note something about a user", section: Self.section, access: .user,
                form: Form([
                    Field("text", required: true, maximumLength: 4000),
                    Field(
                        "organization", .uuid, null: true,
                        help: "Whose managers read it; of one's own organizations the user's first where left out."),
                ]),
                replies: [Reply(.created, "The note as the timeline has it.", TimelineEntry.schema), Self.refused, Self.notFound]
            ) { request in
                let note = try await service.note(
                    request.values.text("text") ?? "", organizationID: request.values.nonEmptyText("organization"),
                    about: try request.uuid("id"), for: try request.user())
                return .json(note.json, .created)
            },
            Route(
                .get, Self.path + "usage/", "Show a user's limits and what is used of them", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The limits of the groups that count.", Self.usageSchema), Self.notFound]
            ) { request in
                let checks = try await service.usage(of: try request.uuid("id"), for: try request.user())
                return .json([
                    "checks": .array(
                        checks.map { organization, check in
                            [
                                "organization": .string(organization), "attribute": .string(check.attribute), "op": .string(check.op),
                                "value": .string(check.value), "result": .optional(check.result), "type": .optional(check.type),
                            ]
                        })
                ])
            },
        ]
    }
}
