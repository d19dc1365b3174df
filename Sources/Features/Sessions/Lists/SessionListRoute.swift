import HTTPTypes
import WebRouting

/// The route by which managers see the sessions of their organizations.
struct SessionListRoute: Sendable {
    let sessions: SessionList

    private static let more = [Field("unique_id", maximumLength: 64), Field("organization", .uuid)]

    var route: Route {
        Route(
            .get, "/api/v1/radius/sessions/", "List sessions", section: "RADIUS sessions", access: .manager(model: "radiusaccounting"),
            query: SessionList.query + Self.more,
            replies: [
                Reply(.ok, "The newest first; stations' addresses are found in any spelling.", .array(SessionList.schema)),
                Reply(.notFound, "The page does not exist.", .detail),
            ]
        ) { request in
            var filter = try SessionList.filter(request)
            let more = try Form(Self.more).check(queryOf: request)
            filter.ignoresSpelling = true
            filter.uniqueID = more.text("unique_id")
            let tenancy = try request.user().scope.narrowed(to: more.text("organization"))
            return try await sessions.response(to: request, filter, in: tenancy)
        }
    }
}
