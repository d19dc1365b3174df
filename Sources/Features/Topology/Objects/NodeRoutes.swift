import HTTPTypes
import Localization
import TopologyFormats
import WebRouting

/// The routes of nodes.
struct NodeRoutes: Sendable {
    let service: NodeService

    private static let path = TopologyRoutes.root + "node/"
    static let filters = [Field("organization", .uuid), Field("organization_slug"), Field("topology", .uuid)]
    private static let form = Form([
        Field("topology", .uuid, required: true), Field("organization", .uuid, null: true, help: "The topology's, unless that is shared."),
        Field("label", blank: true, maximumLength: 64), Field("addresses", .json, null: true, help: "The first one is its id in graphs."),
        Field("properties", .json, null: true), Field("user_properties", .json, null: true, help: "Never changed by inputs."),
    ])
    static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    static let forbidden = Reply(.forbidden, "Not a manager, or without the permission.", .detail)
    private static let notFound = Reply(.notFound, "No such node, or none that one sees.", .detail)
    private static let one = Reply(.ok, "The node.", GraphSchema.nodeRecord)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List nodes", section: TopologyRoutes.section, access: .user, query: Self.filters + Page.query,
                replies: [Reply(.ok, "The newest first.", .page(of: GraphSchema.nodeRecord)), Self.refused, Self.forbidden]
            ) { request in
                let access = try Self.access(request, .view)
                let page = try Page(request)
                let values = try Form(Self.filters).check(queryOf: request)
                let found = try await service.page(ObjectFilter(values), page, for: access)
                return try page.envelope(found.nodes.map(\.json), total: found.total, of: request)
            },
            Route(
                .post, Self.path, "Add a node", section: TopologyRoutes.section, access: .user, form: Self.form,
                replies: [Reply(.created, "The node.", GraphSchema.nodeRecord), Self.refused, Self.forbidden]
            ) { request in
                .json(try await service.add(Self.input(request.values), for: try Self.access(request, .add)).json, .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a node", section: TopologyRoutes.section, access: .user,
                replies: [Self.one, Self.forbidden, Self.notFound]
            ) { request in
                let access = try Self.access(request, .view)
                return .json(try await service.node(try request.uuid("id"), for: access).json)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a node", section: TopologyRoutes.section, access: .user,
                replies: [Reply(.noContent, "It is gone, with its links."), Self.forbidden, Self.notFound]
            ) { request in
                let access = try Self.access(request, .delete)
                try await service.remove(try request.uuid("id"), for: access)
                return .empty(.noContent)
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a node", section: TopologyRoutes.section, access: .user, form: Self.form,
            replies: [Self.one, Self.refused, Self.forbidden, Self.notFound]
        ) { request in
            let access = try Self.access(request, .change)
            return .json(try await service.change(try request.uuid("id"), Self.input(request.values), for: access).json)
        }
    }

    private static func access(_ request: WebRequest, _ action: Permission.Action) throws -> TopologyAccess {
        try TopologyAccess(try request.user(), action, TopologyAccess.node)
    }

    private static func input(_ values: FormValues) throws -> NodeService.Input {
        var input = NodeService.Input()
        input.topologyID = values.text("topology")
        input.organizationID = values.contains("organization") ? .some(values.nonEmptyText("organization")) : nil
        input.label = values.text("label")
        input.addresses = try values.json("addresses").map { try addresses($0) }
        input.properties = try values.json("properties").map { try Properties($0, field: "properties") }
        input.userProperties = try values.json("user_properties").map { try Properties($0, field: "user_properties") }
        return input
    }

    private static func addresses(_ json: JSONValue) throws(Problem) -> [String] {
        guard json != .null else { return [] }
        guard case .array(let elements) = json else { throw .field("addresses", "Expected a list of texts.") }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count, !texts.contains("") else { throw .field("addresses", "Expected a list of texts.") }
        return texts
    }
}

extension ObjectFilter {
    /// From a query that was checked.
    init(_ values: FormValues) {
        organizationID = values.text("organization") ?? ""
        organizationSlug = values.text("organization_slug") ?? ""
        topologyID = values.text("topology") ?? ""
        status = values.text("status") ?? ""
    }
}
