import HTTPTypes
import Localization
import WebRouting

/// Arms and ends traces of logins.
struct TraceRoutes: Sendable {
    let book: TraceBook
    let now: @Sendable () -> Int64

    static let model = "radiuspostauth"
    static let section = "RADIUS authentications"
    private static let path = "/api/v1/radius/traces/"
    private static let longest: Int64 = 10

    var all: [Route] {
        [
            Route(
                .post, Self.path, "Arm a trace", section: Self.section, access: .manager(model: Self.model), throttle: .others,
                form: Form([
                    Field("username", blank: true, null: true, maximumLength: 253, help: "In any case, and with any realm behind it."),
                    Field(
                        "calling_station_id", blank: true, null: true, maximumLength: 64, help: "Instead: a MAC address in any spelling."),
                    Field("minutes", .integer, minimum: 1, maximum: Self.longest),
                ]),
                replies: [
                    Reply(
                        .created, "The WebSocket /ws/radius/trace/<id>/ tells each login of the user or device that this server decides.",
                        .named("Trace", .object([("id", .uuid), ("expires", .dateTime)]))),
                    Reply(.badRequest, "What cannot be traced.", .fieldErrors),
                ]
            ) { request in
                let user = try request.user()
                let minutes = request.values.integer("minutes") ?? Self.longest
                let moment = now()
                let trace = try book.arm(
                    try Self.target(request.values), for: user.id, in: user.scope, until: moment + minutes * 60_000_000, at: moment)
                return .json(
                    ["id": .string(trace.id), "expires": .string(WebTime.text(microseconds: trace.expires))], .created)
            },
            Route(
                .delete, Self.path + ":id/", "End a trace", section: Self.section, access: .manager(model: Self.model),
                replies: [
                    Reply(.noContent, "Nothing is traced any more."), Reply(.notFound, "No such trace of one's own.", .detail),
                ]
            ) { request in
                guard book.disarm(try request.uuid("id"), of: try request.user().id) else { throw Problem.notFound }
                return .empty(.noContent)
            },
        ]
    }

    private static func target(_ values: FormValues) throws(Problem) -> TraceTarget {
        if let station = values.nonEmptyText("calling_station_id") {
            guard let digits = TraceTarget.digits(station) else { throw .field("calling_station_id", "This is no MAC address.") }
            return .station(digits)
        }
        guard let name = values.nonEmptyText("username") else { throw .nonField("Give a user name or a MAC address.") }
        return .user(name)
    }
}
