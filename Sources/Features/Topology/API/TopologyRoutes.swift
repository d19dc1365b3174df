import HTTPTypes
import Localization
import ServerKernel
import TopologyFormats
import WebRouting

/// The routes of topologies.
struct TopologyRoutes: Sendable {
    let service: TopologyService

    static let section = "Network topology"
    static let root = "/api/v1/network-topology/"
    private static let path = root + "topology/"
    /// Anonymous callers hear 403, as a session comes first.
    private static let credentials: [CredentialKind] = [.session, .bearer]

    private static let filters = [
        Field("strategy", .choice(NetworkTopology.Strategy.allCases.map(\.rawValue))), Field("parser", .choice(TopologyInputForm.parsers)),
        Field("organization", .uuid), Field("organization_slug"),
    ]
    private static let unpublished = Field("include_unpublished", help: "Anything but nothing shows unpublished ones, too.")
    private static let refused = Reply(.badRequest, "What is wrong with which field.", .fieldErrors)
    private static let forbidden = Reply(.forbidden, "Not a manager, or without the permission.", .detail)
    private static let notFound = Reply(.notFound, "No such topology, or none that one sees.", .detail)
    private static let graph = Reply(.ok, "NetJSON NetworkGraph.", GraphSchema.long)

    private var readAccess: Access { service.settings.readingNeedsLogin ? .user : .optional }

    /// Who reads; nil where everybody may.
    private func reader(_ request: WebRequest) throws(Problem) -> TopologyAccess? {
        if service.settings.readingNeedsLogin { return try TopologyAccess(try request.user(), .view, TopologyAccess.topology) }
        // Who may see more than everybody is told more.
        return request.principal.flatMap { try? TopologyAccess($0, .view, TopologyAccess.topology) }
    }

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List topologies with their graphs", section: Self.section, access: readAccess,
                credentials: Self.credentials, query: Self.filters + [Self.unpublished],
                replies: [Reply(.ok, "NetJSON NetworkCollection.", GraphSchema.collection), Self.refused, Self.forbidden]
            ) { try await list($0) },
            Route(
                .post, Self.path, "Add a topology", section: Self.section, access: .user, credentials: Self.credentials,
                form: TopologyInputForm.form,
                replies: [Reply(.created, "NetJSON NetworkGraph.", GraphSchema.long), Self.refused, Self.forbidden]
            ) { request in
                let access = try TopologyAccess(try request.user(), .add, TopologyAccess.topology)
                let added = try await service.add(TopologyInputForm(request.values), for: access)
                return answer(added.long(origin: origin(request)), .created)
            },
            Route(
                .get, Self.path + ":id/", "Show a topology with its graph", section: Self.section, access: readAccess,
                credentials: Self.credentials, query: [Self.unpublished], replies: [Self.graph, Self.forbidden, Self.notFound]
            ) { request in
                let found = try await service.document(
                    try request.uuid("id"), withUnpublished: Self.isUnpublishedWanted(request), for: try reader(request))
                // The key is for managers only.
                return answer(found.isManaged ? found.document.long(origin: origin(request)) : found.document.short)
            },
            change(.put), change(.patch),
            Route(
                .delete, Self.path + ":id/", "Remove a topology", section: Self.section, access: .user, credentials: Self.credentials,
                replies: [Reply(.noContent, "It is gone, with nodes, links and snapshots."), Self.forbidden, Self.notFound]
            ) { request in
                let access = try TopologyAccess(try request.user(), .delete, TopologyAccess.topology)
                try await service.remove(try request.uuid("id"), for: access)
                return .empty(.noContent)
            },
            Route(
                .get, Self.path + ":id/history/", "Show a topology as it was on a day", section: Self.section, access: readAccess,
                credentials: Self.credentials, query: [Field("date", help: "2026-01-31")],
                replies: [
                    Reply(.ok, "NetJSON NetworkGraph.", GraphSchema.short), Reply(.badRequest, "No date.", .detail),
                    Reply(.forbidden, "Not a manager, without the permission, or the date is none.", .detail),
                    Reply(.notFound, "No such topology, or no snapshot of the day.", .detail),
                ]
            ) { request in
                answer(try await service.history(try request.uuid("id"), day: request.query("date"), for: try reader(request)))
            },
            Route(
                .get, Self.path + ":id/snapshots/", "List the days that have a snapshot", section: Self.section, access: readAccess,
                credentials: Self.credentials,
                replies: [Reply(.ok, "Days, the latest first.", .array(.date)), Self.forbidden, Self.notFound]
            ) { request in
                .json(.array(try await service.days(try request.uuid("id"), for: try reader(request)).map { .string($0) }))
            },
            Route(
                .post, Self.path + ":id/receive/", "Send an input", section: Self.section, bodyLimit: service.settings.largestInput,
                query: [Field("key", .password, help: "The topology's key.")],
                replies: [
                    Reply(.ok, "It was taken.", .detail), Reply(.badRequest, "No key, or the input cannot be read.", .detail),
                    Reply(.forbidden, "The key is wrong.", .detail),
                    Reply(.notFound, "No such topology, or it does not receive inputs.", .detail),
                    Reply(.unsupportedMediaType, "Inputs are text/plain.", .detail),
                ],
                precondition: { request in
                    guard request.head.method == .post else { return }
                    try await service.admit(
                        try request.uuid("id"), key: request.query("key"), contentType: request.head.headerFields[.contentType])
                }
            ) { request in
                guard let type = InputType(request.head.headerFields[.contentType]) else { throw Problem.unreadable }
                try await service.receive(try request.uuid("id"), request.body, type: type)
                return .json(["detail": "data received successfully"])
            },
            Route(
                .post, Self.path + ":id/update/", "Fetch a topology now", section: Self.section, access: .user,
                credentials: Self.credentials,
                replies: [Reply(.ok, "What was changed.", GraphSchema.outcome), Self.refused, Self.forbidden, Self.notFound]
            ) { request in
                let access = try TopologyAccess(try request.user(), .change, TopologyAccess.topology)
                let outcome = try await service.fetch(try request.uuid("id"), for: access)
                return .json([
                    "new_nodes": .integer(Int64(outcome.newNodes)), "changed_nodes": .integer(Int64(outcome.changedNodes)),
                    "new_links": .integer(Int64(outcome.newLinks)), "changed_links": .integer(Int64(outcome.changedLinks)),
                    "links_down": .integer(Int64(outcome.linksDown)),
                ])
            },
        ]
    }

    private func change(_ method: HTTPRequest.Method) -> Route {
        Route(
            method, Self.path + ":id/", "Change a topology", section: Self.section, access: .user, credentials: Self.credentials,
            form: TopologyInputForm.form, replies: [Self.graph, Self.refused, Self.forbidden, Self.notFound]
        ) { request in
            let access = try TopologyAccess(try request.user(), .change, TopologyAccess.topology)
            let changed = try await service.change(try request.uuid("id"), TopologyInputForm(request.values), for: access)
            return answer(changed.long(origin: origin(request)))
        }
    }

    /// Graph after graph, so that one of them is in memory at a time.
    private func list(_ request: WebRequest) async throws -> WebResponse {
        let reader = try reader(request)
        let values = try Form(Self.filters).check(queryOf: request)
        var filter = TopologyStore.Filter()
        filter.strategy = values.text("strategy")
        filter.parser = values.text("parser").flatMap { TopologyFormat(name: $0) }?.identifier
        filter.organizationID = values.text("organization")
        filter.organizationSlug = values.text("organization_slug")
        filter.isWithUnpublished = Self.isUnpublishedWanted(request)
        let topologies = try await service.topologies(filter, for: reader)
        let service = service
        return WebResponse(
            headers: [.contentType: "application/json"],
            body: .stream { write in
                try await write(Array(#"{"type":"NetworkCollection","collection":["#.utf8))
                var isFirst = true
                for topology in topologies {
                    let found = try await service.kernel.withConnection { [engine = service.engine] in
                        try engine.document(topology.id, over: $0)
                    }
                    guard let found else { continue }
                    try await write((isFirst ? [] : [UInt8(ascii: ",")]) + found.short)
                    isFirst = false
                }
                try await write(Array("]}".utf8))
            })
    }

    private static func isUnpublishedWanted(_ request: WebRequest) -> Bool { !(request.query("include_unpublished") ?? "").isEmpty }

    private func origin(_ request: WebRequest) -> String { service.settings.receiveOrigin ?? request.origin }

    private func answer(_ octets: [UInt8], _ status: HTTPResponse.Status = .ok) -> WebResponse {
        WebResponse(status, headers: [.contentType: "application/json"], body: .bytes(octets))
    }
}
