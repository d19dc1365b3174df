import RADIUSPipeline
public import WebRouting

/// A row of `radpostauth`: how a login was answered.
public struct AuthenticationEntry: Sendable, Equatable {
    public var id: Int64
    /// Microseconds since 1970 UTC, as exact as milliseconds.
    public var time: Int64
    public var username: String
    /// `Access-Accept` or `Access-Reject`.
    public var reply: String
    /// Stable code, see `RejectReason`.
    public var reason: String?
    public var nasName: String?
    /// Row of `nas` with this name; nil where the viewer has none.
    public var nasID: Int64?
    public var callingStationID: String?
    public var calledStationID: String?
    public var organizationID: String?
    /// `PAP`, `EAP` …; nil in rows of older programs and of FreeRADIUS.
    public var method: String?
    /// The user of this name; nil where the viewer has none.
    public var userID: String?
}

extension AuthenticationEntry {
    static let schema = JSONSchema.named("Authentication", .object(members))
    static let detailSchema = JSONSchema.named("AuthenticationDetail", .object(members + [radclient]))

    private static let radclient: (name: String, schema: JSONSchema) = ("radclient", .nullable(.string))
    private static let members: [(name: String, schema: JSONSchema)] = [
        ("id", .integer), ("time", .dateTime), ("username", .string), ("reply", .string), ("reason", .nullable(.string)),
        ("explanation", .nullable(.string)), ("next_step", .nullable(.string)), ("method", .nullable(.string)),
        ("nas", .nullable(.object([("id", .nullable(.integer)), ("name", .string)]))), ("calling_station_id", .nullable(.string)),
        ("called_station_id", .nullable(.string)), ("organization", .nullable(.uuid)), ("user", .nullable(.uuid)),
    ]

    /// The entry as lists have it.
    public var json: JSONValue { .object(jsonMembers) }

    /// The same with the line that asks once more.
    public var detailJSON: JSONValue {
        var line = RadclientLine(userName: username, method: method)
        line.add("Calling-Station-Id", callingStationID)
        line.add("Called-Station-Id", calledStationID)
        return .object(jsonMembers + [.init("radclient", .optional(line.text))])
    }

    private var jsonMembers: [JSONValue.Member] {
        let reason = reason.flatMap { RejectReason(rawValue: $0) }
        let nas: JSONValue = if let nasName { ["id": .optional(nasID), "name": .string(nasName)] } else { .null }
        return [
            .init("id", .integer(id)), .init("time", .string(WebTime.text(microseconds: time))), .init("username", .string(username)),
            .init("reply", .string(reply)), .init("reason", .optional(self.reason)), .init("explanation", .optional(reason?.explanation)),
            .init("next_step", .optional(reason?.nextStep)), .init("method", .optional(method)), .init("nas", nas),
            .init("calling_station_id", .optional(callingStationID)), .init("called_station_id", .optional(calledStationID)),
            .init("organization", .optional(organizationID)), .init("user", .optional(userID)),
        ]
    }
}
