import HTTPTypes
import WebRouting

/// The routes of users in the users API.
struct UserRoutes: Sendable {
    let users: UserService

    private static let section = "Users"
    private static let path = "/api/v1/users/user/"

    private static let basic: [Field] = [
        Field("username", required: true, maximumLength: 150, help: "Letters, digits and @ . + - _"),
        Field("email", .email, required: true, blank: true, null: true, maximumLength: 254),
        Field("first_name", blank: true, maximumLength: 150), Field("last_name", blank: true, maximumLength: 150),
        Field("phone_number", .phone, blank: true, null: true, maximumLength: 16, help: "E.164, such as +393664255801."),
        Field("birth_date", .date, blank: true, null: true), Field("is_active", .boolean), Field("is_staff", .boolean),
        Field("is_superuser", .boolean, help: "Only superusers' word counts."),
        Field("expiration_date", .date, blank: true, null: true, help: "The account is good up to the end of this day."),
        Field("groups", .json, null: true, help: "Ids of groups."),
        Field(
            "organization_users", .json, null: true,
            help: "Objects {\"organization\": id, \"is_admin\": flag}; with \"delete\": true the membership ends."),
    ]
    private static let new: [Field] =
        basic + [Field("password", .password, blank: true, maximumLength: 4096), Field("email_verified", .boolean)]
    private static let whole: [Field] =
        basic + [
            Field("bio", blank: true, maximumLength: 10_000), Field("url", .url, blank: true, maximumLength: 200),
            Field("company", blank: true, maximumLength: 30), Field("location", blank: true, maximumLength: 256),
            Field("notes", blank: true, maximumLength: 10_000),
            Field("user_permissions", .json, null: true, help: "Ids of permissions; only superusers' word counts."),
        ]

    private static let notFound = Reply(.notFound, "No such user, or not in an organization that one manages.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List users", section: Self.section, access: .permission(model: "user"),
                query: UserFilter.fields + Page.fields,
                replies: [Reply(.ok, "The newest first.", .page(of: UserDocument.summarySchema)), Self.refused]
            ) { request in
                let page = try Page(request)
                let found = try await users.page(UserFilter(request), page, for: try request.user())
                return try page.envelope(found.documents, total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a user", section: Self.section, access: .permission(model: "user"), form: Form(Self.new),
                replies: [Reply(.created, "The user.", UserDocument.summarySchema), Self.refused]
            ) { request in
                .json(try await users.add(UserInput(request.values), request), .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a user", section: Self.section, access: .permission(model: "user"),
                replies: [Reply(.ok, "The user.", UserDocument.detailSchema), Self.notFound]
            ) { request in
                .json(try await users.document(request.id, for: try request.user()))
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a user", section: Self.section, access: .permission(model: "user"),
                replies: [Reply(.noContent, "The user is gone; the accounting stays."), Self.notFound]
            ) { request in
                try await users.remove(request.id, try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a user", section: Self.section, access: .permission(model: "user"), form: Form(Self.whole),
            replies: [Reply(.ok, "The user.", UserDocument.detailSchema), Self.refused, Self.notFound]
        ) { request in
            .json(try await users.change(request.id, UserInput(request.values), request))
        }
    }
}

extension WebRequest {
    /// The path's `:id`, as ids are stored.
    var id: String { parameter("id").lowercased() }
}

extension Page {
    /// The query of lists.
    static let fields = [Field("page", .integer, minimum: 1), Field("page_size", .integer, minimum: 1, maximum: 100)]
}
