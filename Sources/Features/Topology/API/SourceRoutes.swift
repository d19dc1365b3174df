import HTTPTypes
import Localization
import ServerKernel
import TopologyFormats
import WebRouting

/// What the console needs beside the graphs: lists without them, formats, the map.
struct SourceRoutes: Sendable {
    let service: TopologyService

    private static let filters = [Field("q", help: "Part of the label, in any case."), Field("organization", .uuid)]
    private static let source = JSONSchema.named(
        "TopologySource",
        .object([
            ("id", .uuid), ("label", .string), ("organization", .nullable(.uuid)), ("parser", .string), ("strategy", .string),
            ("url", .string), ("expiration_time", .integer), ("published", .boolean), ("nodes", .integer), ("links", .integer),
            ("links_up", .integer), ("updated", .nullable(.dateTime)), ("failure", .nullable(.string)), ("created", .dateTime),
            ("modified", .dateTime),
        ]))

    var all: [Route] {
        [
            Route(
                .get, TopologyRoutes.root + "source/", "List topologies without their graphs", section: TopologyRoutes.section,
                access: .user, query: Self.filters + Page.query,
                replies: [
                    Reply(.ok, "By label, unpublished ones, too.", .page(of: Self.source)), NodeRoutes.refused, NodeRoutes.forbidden,
                ]
            ) { request in
                let access = try TopologyAccess(try request.user(), .view, TopologyAccess.topology)
                let page = try Page(request)
                let values = try Form(Self.filters).check(queryOf: request)
                var filter = TopologyStore.Filter()
                filter.label = values.text("q")
                filter.organizationID = values.text("organization")
                filter.isWithUnpublished = true
                let found = try await service.sources(filter, page, for: access)
                return try page.envelope(found.sources, total: found.total, of: request)
            },
            Route(
                .get, TopologyRoutes.root + "parser/", "List the formats of inputs", section: TopologyRoutes.section, access: .user,
                replies: [Reply(.ok, "Formats.", .array(.object([("id", .string), ("label", .string)])))]
            ) { _ in
                .json(.array(TopologyFormat.allCases.map { ["id": .string($0.identifier), "label": .string($0.label)] }))
            },
            Route(
                .get, TopologyRoutes.root + "map/", "Tell where maps come from", section: TopologyRoutes.section,
                replies: [
                    Reply(.ok, "The template of tiles.", .object([("tiles", .nullable(.string)), ("attribution", .string)]))
                ]
            ) { [settings = service.settings] _ in
                .json(["tiles": .optional(settings.mapTiles), "attribution": .string(settings.mapAttribution)])
            },
        ]
    }
}

extension TopologyService {
    /// One page of the topologies that the caller sees, by label, with the numbers of their nodes and links.
    func sources(
        _ filter: TopologyStore.Filter, _ page: Page, for access: TopologyAccess
    ) async throws -> (sources: [JSONValue], total: Int) {
        try await kernel.withConnection { connection in
            let store = TopologyStore(connection)
            let all = try store.topologies(filter, in: access.caller.scope).sorted { ($0.label, $0.id) < ($1.label, $1.id) }
            let wanted = all.dropFirst(Int(clamping: page.offset)).prefix(page.size)
            let counts = try store.counts(of: wanted.map(\.id))
            return (wanted.map { Self.json($0, counts[$0.id] ?? (0, 0, 0)) }, all.count)
        }
    }

    private static func json(_ topology: NetworkTopology, _ counts: (nodes: Int64, links: Int64, linksUp: Int64)) -> JSONValue {
        [
            "id": .string(topology.id), "label": .string(topology.label), "organization": .optional(topology.organizationID),
            "parser": .string(topology.format.identifier), "strategy": .string(topology.strategy.rawValue), "url": .string(topology.url),
            "expiration_time": .integer(topology.expirationTime), "published": .bool(topology.isPublished),
            "nodes": .integer(counts.nodes), "links": .integer(counts.links), "links_up": .integer(counts.linksUp),
            "updated": .optional(topology.updated.map { TopologyTime.text($0) }), "failure": .optional(topology.failure),
            "created": .string(TopologyTime.text(topology.created)), "modified": .string(TopologyTime.text(topology.modified)),
        ]
    }
}
