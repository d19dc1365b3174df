import HTTPTypes
import TopologyFormats
import WebRouting

/// The routes of links.
struct LinkRoutes: Sendable {
    let service: LinkService

    private static let path = TopologyRoutes.root + "link/"
    private static let states = ["up", "down"]
    private static let filters = NodeRoutes.filters + [Field("status", .choice(states))]
    private static let form = Form([
        Field("topology", .uuid, required: true), Field("source", .uuid, required: true, help: "A node of the topology."),
        Field("target", .uuid, required: true, help: "Another node of the topology."), Field("cost", .number, required: true),
        Field("cost_text", blank: true, maximumLength: 24), Field("status", .choice(states)), Field("properties", .json, null: true),
        Field("user_properties", .json, null: true, help: "Never changed by inputs."),
    ])
    private static let notFound = Reply(.notFound, "No such link, or none that one sees.", .detail)
    private static let one = Reply(.ok, "The link.", GraphSchema.linkRecord)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List links", section: TopologyRoutes.section, access: .user, query: Self.filters + Page.query,
                replies: [Reply(.ok, "The newest first.", .page(of: GraphSchema.linkRecord)), NodeRoutes.refused, NodeRoutes.forbidden]
            ) { request in
                let access = try Self.access(request, .view)
                let page = try Page(request)
                let values = try Form(Self.filters).check(queryOf: request)
                let found = try await service.page(ObjectFilter(values), page, for: access)
                return try page.envelope(found.links.map(\.json), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a link", section: TopologyRoutes.section, access: .user, form: Self.form,
                replies: [Reply(.created, "The link.", GraphSchema.linkRecord), NodeRoutes.refused, NodeRoutes.forbidden]
            ) { request in
                .json(try await service.add(Self.input(request.values), for: try Self.access(request, .add)).json, .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a link", section: TopologyRoutes.section, access: .user,
                replies: [Self.one, NodeRoutes.forbidden, Self.notFound]
            ) { request in
                let access = try Self.access(request, .view)
                return .json(try await service.link(try request.uuid("id"), for: access).json)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a link", section: TopologyRoutes.section, access: .user,
                replies: [Reply(.noContent, "It is gone."), NodeRoutes.forbidden, Self.notFound]
            ) { request in
                let access = try Self.access(request, .delete)
                try await service.remove(try request.uuid("id"), for: access)
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a link", section: TopologyRoutes.section, access: .user, form: Self.form,
            replies: [Self.one, NodeRoutes.refused, NodeRoutes.forbidden, Self.notFound]
        ) { request in
            let access = try Self.access(request, .change)
            return .json(try await service.change(try request.uuid("id"), Self.input(request.values), for: access).json)
        }
    }

    private static func access(_ request: WebRequest, _ action: Permission.Action) throws -> TopologyAccess {
        try TopologyAccess(try request.user(), action, TopologyAccess.link)
    }

    private static func input(_ values: FormValues) throws -> LinkService.Input {
        var input = LinkService.Input()
        input.topologyID = values.text("topology")
        input.source = values.text("source")
        input.target = values.text("target")
        switch values.json("cost") {
        case .integer(let integer)?: input.cost = Double(integer)
        case .number(let number)?: input.cost = number
        default: break
        }
        input.costText = values.text("cost_text")
        input.isUp = values.text("status").map { $0 == "up" }
        input.properties = try values.json("properties").map { try Properties($0, field: "properties") }
        input.userProperties = try values.json("user_properties").map { try Properties($0, field: "user_properties") }
        return input
    }
}
