import HTTPTypes
import WebRouting

/// The route by which managers see the sessions of their organizations.
struct SessionListRoute: Sendable {
    let sessions: SessionList

    var route: Route {
        Route(
            .get, "/api/v1/radius/sessions/", "List sessions", section: "RADIUS sessions", access: .manager(model: "radiusaccounting"),
            query: SessionList.query,
            replies: [
                Reply(.ok, "The newest first; stations' addresses are found in any spelling.", .array(SessionList.schema)),
                Reply(.notFound, "The page does not exist.", .detail),
            ]
        ) { request in
            var filter = try SessionList.filter(request)
            filter.ignoresSpelling = true
            return try await sessions.response(to: request, filter, in: try request.user().scope)
        }
    }
}
