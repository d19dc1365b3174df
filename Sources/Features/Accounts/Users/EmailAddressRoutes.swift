import HTTPTypes
import WebRouting

/// The routes of users' e-mail addresses in the users API.
struct EmailAddressRoutes: Sendable {
    let emails: EmailAddressService

    private static let section = "Users"
    private static let path = "/api/v1/users/user/:id/email/"
    private static let schema = JSONSchema.named(
        "EmailAddress", .object([("id", .integer), ("email", .string), ("verified", .boolean), ("primary", .boolean)]))
    private static let form = Form([Field("email", .email, required: true, maximumLength: 254), Field("primary", .boolean)])
    private static let notFound = Reply(.notFound, "No such user or address.", .detail)
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List a user's e-mail addresses", section: Self.section, access: .permission(model: "emailaddress"),
                query: Page.fields, replies: [Reply(.ok, "The newest first.", .page(of: Self.schema)), Self.notFound]
            ) { request in
                let page = try Page(request)
                let found = try await emails.page(page, of: request.id, for: try request.user())
                return try page.envelope(found.addresses.map(\.document), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add an e-mail address", section: Self.section, access: .permission(model: "emailaddress"),
                form: Self.form,
                replies: [Reply(.created, "The address; a letter asks to confirm it.", Self.schema), Self.refused, Self.notFound]
            ) { request in
                let address = try await emails.add(
                    request.values.text("email") ?? "", isPrimary: request.values.flag("primary") ?? false, of: request.id, request)
                return .json(address.document, .created)
            },
            Route(
                .get, Self.path + ":email/", "Show an e-mail address", section: Self.section, access: .permission(model: "emailaddress"),
                replies: [Reply(.ok, "The address.", Self.schema), Self.notFound]
            ) { request in
                .json(try await emails.address(request.emailID, of: request.id, for: try request.user()).document)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":email/", "Remove an e-mail address", section: Self.section,
                access: .permission(model: "emailaddress"), replies: [Reply(.noContent, "The address is gone."), Self.notFound]
            ) { request in
                try await emails.remove(request.emailID, of: request.id, for: try request.user())
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":email/", "Change an e-mail address", section: Self.section, access: .permission(model: "emailaddress"),
            form: Self.form, replies: [Reply(.ok, "The address.", Self.schema), Self.refused, Self.notFound]
        ) { request in
            let address = try await emails.change(
                request.emailID, email: request.values.nonEmptyText("email"), isPrimary: request.values.flag("primary"), of: request.id,
                request)
            return .json(address.document)
        }
    }
}

extension WebRequest {
    fileprivate var emailID: Int64? { Int64(parameter("email")) }
}

extension EmailAddress {
    fileprivate var document: JSONValue {
        ["id": .integer(id), "email": .string(email), "verified": .bool(isVerified), "primary": .bool(isPrimary)]
    }
}
