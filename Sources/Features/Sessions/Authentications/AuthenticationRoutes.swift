import HTTPTypes
import ServerKernel
import WebRouting

/// The routes by which managers see how logins were answered.
struct AuthenticationRoutes: Sendable {
    let kernel: Kernel

    static let model = "radiuspostauth"
    private static let section = "RADIUS authentications"
    private static let path = "/api/v1/radius/authentications/"

    private static let filters = [
        Field("username", maximumLength: 253), Field("calling_station_id", maximumLength: 253), Field("nas", maximumLength: 253),
        Field("reply", .choice(["accept", "reject"])), Field("reason", maximumLength: 64), Field("since", .dateTime),
        Field("until", .dateTime), Field("organization", .uuid), Field("q", maximumLength: 253),
    ]

    var all: [Route] {
        [
            Route(
                .get, Self.path, "List authentications", section: Self.section, access: .manager(model: Self.model),
                query: Self.filters + Page.query,
                replies: [
                    Reply(
                        .ok, "The newest first, \(AuthenticationStore.reach) at most: filters reach the older ones.",
                        .array(AuthenticationEntry.schema)),
                    Reply(.badRequest, "A filter that cannot be read.", .fieldErrors),
                    Reply(.notFound, "The page does not exist.", .detail),
                ]
            ) { request in
                let page = try Page(request)
                let (filter, organization) = try Self.filter(request)
                let tenancy = try request.user().scope.narrowed(to: organization)
                let (entries, total) = try await kernel.withConnection { connection in
                    try AuthenticationStore(connection).entries(filter, in: tenancy, page: page)
                }
                return try page.linked(entries.map(\.json), total: total, of: request)
            },
            Route(
                .get, Self.path + ":id/", "Show an authentication", section: Self.section, access: .manager(model: Self.model),
                replies: [
                    Reply(.ok, "The entry, and a radclient line without the password and the secret.", AuthenticationEntry.detailSchema),
                    Reply(.notFound, "No such entry, or of an organization that one does not manage.", .detail),
                ]
            ) { request in
                guard let id = Int64(request.parameter("id")) else { throw Problem.notFound }
                let tenancy = try request.user().scope
                let entry = try await kernel.withConnection { connection in try AuthenticationStore(connection).entry(id, in: tenancy) }
                guard let entry else { throw Problem.notFound }
                return .json(entry.detailJSON)
            },
        ]
    }

    private static func filter(_ request: WebRequest) throws(Problem) -> (AuthenticationFilter, organization: String?) {
        let values = try Form(filters).check(queryOf: request)
        var filter = AuthenticationFilter()
        filter.username = values.nonEmptyText("username")
        filter.callingStationID = values.nonEmptyText("calling_station_id")
        filter.nas = values.nonEmptyText("nas")
        filter.isAccepted = values.text("reply").map { $0 == "accept" }
        filter.reason = values.nonEmptyText("reason")
        filter.since = values.text("since").flatMap(WebTime.microseconds)
        filter.until = values.text("until").flatMap(WebTime.microseconds)
        filter.text = values.nonEmptyText("q")
        return (filter, values.text("organization"))
    }
}
