import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// The pages outside of the console: the list of published topologies, and one topology on the whole screen. They hold no data; their
/// scripts ask the API, as whoever looks at them.
struct TopologyPages: Sendable {
    /// Makes the page of a file of the console.
    typealias Maker = @Sendable (_ file: String, _ request: WebRequest) async throws -> WebResponse

    let service: TopologyService
    let make: Maker

    private static let file = "topology.html"
    private static let credentials: [CredentialKind] = [.session, .bearer]

    var all: [Route] {
        [
            Route(.get, "/topology/", "The published topologies", access: .optional, credentials: Self.credentials) { request in
                try await page(request, id: nil)
            },
            Route(
                .get, "/topology/topology/:id/", "A topology on the whole screen", access: .optional, credentials: Self.credentials
            ) { request in
                try await page(request, id: try request.uuid("id"))
            },
        ]
    }

    private func page(_ request: WebRequest, id: String?) async throws -> WebResponse {
        do {
            let reader = try reader(request)
            if let id { try await service.checkVisible(id, for: reader) }
        } catch let problem as Problem where problem.status == .forbidden {
            guard case .detail(let text, _) = problem.content else { throw problem }
            return WebResponse(.forbidden, contentType: "text/plain; charset=utf-8", body: text.text(in: request.language))
        }
        return try await make(Self.file, request)
    }

    private func reader(_ request: WebRequest) throws(Problem) -> TopologyAccess? {
        guard service.settings.readingNeedsLogin else { return nil }
        guard let principal = request.principal, principal.isActive else { throw TopologyAccess.unknownCaller }
        return try TopologyAccess(principal, .view, TopologyAccess.topology)
    }
}

extension TopologyService {
    /// - Throws: 404 for what is not there or not published, 403 for another organization's.
    func checkVisible(_ id: String, for reader: TopologyAccess?) async throws {
        let topology = try await kernel.withConnection { try TopologyStore($0).topology(id: id) }
        guard let topology, topology.isPublished else { throw Problem.notFound }
        if let reader, !reader.sees(topology.organizationID) { throw TopologyAccess.notManager }
    }
}
