import HTTPTypes
import WebRouting

/// The routes of NAS devices.
struct NASRoutes: Sendable {
    /// Kind of object in permissions: `add_nas`.
    static let model = "nas"

    let devices: NASService
    let server: NASServerSettings

    private static let path = "/api/v1/nas/"
    private static let section = "NAS devices"
    private static let access = Access.manager(model: model)
    private static let pageSize = 20
    private static let filters = [
        Field("q", maximumLength: 128, help: "Part of name, address or description, in any case."), Field("organization", .uuid),
        Field("type", maximumLength: 30),
    ]
    private static let form = Form([
        Field("name", required: true, maximumLength: 128, help: "Address or block of addresses that its packets come from."),
        Field("short_name", required: true, maximumLength: 32, help: "What lists and logs show."),
        Field("type", maximumLength: 30, help: "The make, as nas/types/ names it."),
        Field("secret", .password, required: true, maximumLength: 128, help: "Never told again."),
        Field("organization", .uuid, null: true, help: "Whose users it serves; null for all, which superusers alone may say."),
        Field("description", blank: true, maximumLength: 200),
        Field("require_message_authenticator", .boolean, help: "Drop requests without Message-Authenticator."),
    ])
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    private static let notFound = Reply(.notFound, "No such device, or not in an organization that one manages.", .detail)
    private static let setupSchema = JSONSchema.object([
        ("vendor", .string), ("blocks", .array(.object([("title", .string), ("language", .string), ("text", .string)]))),
    ])

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List NAS devices", section: Self.section, access: Self.access, query: Self.filters + Page.query,
                replies: [Reply(.ok, "By name.", .page(of: NASRecord.schema)), Self.refused]
            ) { request in
                let page = try Page(request, defaultSize: Self.pageSize)
                let values = try Form(Self.filters).check(queryOf: request)
                let filter = NASFilter(
                    text: values.nonEmptyText("q"), organizationID: values.nonEmptyText("organization"), type: values.nonEmptyText("type"))
                let found = try await devices.page(filter, page, for: try request.user())
                return try page.envelope(found.records.map(\.json), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a NAS device", section: Self.section, access: Self.access, form: Self.form,
                replies: [Reply(.created, "The device; its packets are answered from now on.", NASRecord.schema), Self.refused]
            ) { request in
                .json(try await devices.add(.init(request.values), for: try request.user()).json, .created)
            },
            Route(
                .get, Self.path + "types/", "List makes of NAS devices", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "Names for `type`, with labels.", .array(.object([("name", .string), ("label", .string)])))]
            ) { _ in
                .json(.array(NASMake.all.map { ["name": .string($0.name), "label": .string($0.label)] }))
            },
            Route(
                .get, Self.path + ":id/", "Show a NAS device", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "The device, without its secret.", NASRecord.schema), Self.notFound]
            ) { request in
                .json(try await devices.record(request.rowID, for: try request.user()).json)
            },
            Route(
                .patch, Self.path + ":id/", "Change a NAS device", section: Self.section, access: Self.access, form: Self.form,
                replies: [Reply(.ok, "The device as it is served from now on.", NASRecord.schema), Self.refused, Self.notFound]
            ) { request in
                .json(try await devices.change(request.rowID, .init(request.values), for: try request.user()).json)
            },
            Route(
                .delete, Self.path + ":id/", "Remove a NAS device", section: Self.section, access: Self.access,
                replies: [Reply(.noContent, "Its packets are not answered any more."), Self.notFound]
            ) { request in
                try await devices.remove(request.rowID, for: try request.user())
                return .empty(.noContent)
            },
            Route(
                .get, Self.path + ":id/setup/", "Lines to configure a NAS device by", section: Self.section, access: Self.access,
                replies: [Reply(.ok, "Blocks to copy; RADIUS-SECRET stands for the secret.", Self.setupSchema), Self.notFound]
            ) { request in
                let site = NASSetup.Site(server, origin: request.origin)
                return .json(try await devices.setup(request.rowID, at: site, for: try request.user()).json)
            },
        ]
    }
}

extension NASService.Input {
    fileprivate init(_ values: FormValues) {
        address = values.text("name")
        name = values.text("short_name")
        type = values.text("type")
        secret = values.nonEmptyText("secret")
        if values.contains("organization") { organizationID = .some(values.nonEmptyText("organization")) }
        comment = values.text("description")
        requiresMessageAuthenticator = values.flag("require_message_authenticator")
    }
}

extension WebRequest {
    /// The path's `:id` as a row of `nas` may have it; nil for what none has.
    fileprivate var rowID: Int64? { Int32(parameter("id")).map { Int64($0) } }
}
