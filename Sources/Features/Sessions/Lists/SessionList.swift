import Foundation
import Localization
public import ServerKernel
public import WebRouting

/// Lists of sessions as the API answers them: a bare array with a `Link` field.
public struct SessionList: Sendable {
    private let kernel: Kernel

    public init(_ kernel: Kernel) {
        self.kernel = kernel
    }

    /// The query's parameters.
    public static let query = [
        Field("username"), Field("called_station_id"), Field("calling_station_id"), Field("start_time", .dateTime),
        Field("stop_time", .dateTime), Field("is_open", .boolean), Field("page", .integer, minimum: 1),
        Field("page_size", .integer, minimum: 1, maximum: 100),
    ]

    /// Reads the filters of a request.
    /// - Throws: 400 for each value that cannot be read.
    public static func filter(_ request: WebRequest) throws(Problem) -> SessionFilter {
        var values = FormValues()
        for field in query { if let text = request.query(field.name), !text.isEmpty { values[field.name] = .json(.string(text)) } }
        let checked = try Form(query.filter { !$0.name.hasPrefix("page") }).check(values)
        var filter = SessionFilter()
        filter.username = checked.text("username")
        filter.calledStationID = checked.text("called_station_id")
        filter.callingStationID = checked.text("calling_station_id")
        filter.startedFrom = checked.text("start_time").flatMap(WebTime.microseconds).map { $0 / 1_000_000 }
        filter.stoppedUntil = checked.text("stop_time").flatMap(WebTime.microseconds).map { $0 / 1_000_000 }
        filter.isOpen = checked.flag("is_open")
        return filter
    }

    /// Answers a request with the sessions of some organizations.
    public func response(to request: WebRequest, _ filter: SessionFilter, in tenancy: Tenancy) async throws -> WebResponse {
        let page = try Page(request)
        let (sessions, total) = try await kernel.withConnection { connection in
            try SessionListStore(connection).sessions(filter, in: tenancy, page: page)
        }
        return try page.linked(sessions.map(\.json), total: total, of: request)
    }

    /// Shape of one session.
    public static let schema = JSONSchema.named(
        "Session",
        .object(
            SessionDetails.names.map { name in
                switch name {
                case "session_id", "unique_id", "nas_ip_address": (name, .string)
                case "start_time", "update_time", "stop_time": (name, .nullable(.dateTime))
                case "session_time", "input_octets", "output_octets": (name, .integer)
                case "interval": (name, .nullable(.integer))
                case "organization": (name, .nullable(.uuid))
                default: (name, .nullable(.string))
                }
            }))
}

extension SessionDetails {
    static let names = [
        "session_id", "unique_id", "username", "groupname", "realm", "nas_ip_address", "nas_port_id", "nas_port_type", "start_time",
        "update_time", "stop_time", "interval", "session_time", "authentication", "connection_info_start", "connection_info_stop",
        "input_octets", "output_octets", "called_station_id", "calling_station_id", "terminate_cause", "service_type", "framed_protocol",
        "framed_ip_address", "framed_ipv6_address", "framed_ipv6_prefix", "framed_interface_id", "delegated_ipv6_prefix", "organization",
        "start_time_display", "stop_time_display",
    ]

    /// The session as the API has it.
    public var json: JSONValue {
        func text(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
        func time(_ seconds: Int64?) -> JSONValue { .optional(seconds.map(WebTime.text(seconds:))) }
        func shown(_ seconds: Int64?) -> JSONValue {
            // As people write it; the offset tells which zone it is.
            .optional(seconds.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601.dateTimeSeparator(.space)) })
        }
        return [
            "session_id": .string(session.sessionID), "unique_id": .string(session.uniqueID), "username": text(session.userName),
            "groupname": .optional(groupName), "realm": .optional(realm), "nas_ip_address": .string(session.nasAddress),
            "nas_port_id": .optional(nasPortID), "nas_port_type": .optional(nasPortType), "start_time": time(session.startedAt),
            "update_time": time(updatedAt), "stop_time": time(session.stoppedAt), "interval": .optional(intervalSeconds),
            "session_time": .integer(session.sessionTimeSeconds), "authentication": .optional(authentication),
            "connection_info_start": .optional(connectInfoStart), "connection_info_stop": .optional(connectInfoStop),
            "input_octets": .integer(session.inputOctets), "output_octets": .integer(session.outputOctets),
            "called_station_id": .optional(calledStationID), "calling_station_id": text(session.callingStationID),
            "terminate_cause": text(session.terminateCause), "service_type": .optional(serviceType),
            "framed_protocol": .optional(framedProtocol), "framed_ip_address": text(session.framedIPAddress),
            "framed_ipv6_address": .optional(framedIPv6Address), "framed_ipv6_prefix": .optional(framedIPv6Prefix),
            "framed_interface_id": .optional(framedInterfaceID), "delegated_ipv6_prefix": .optional(delegatedIPv6Prefix),
            "organization": .optional(organizationID), "start_time_display": shown(session.startedAt),
            "stop_time_display": shown(session.stoppedAt),
        ]
    }
}
