import DynamicAuthorization
public import RADIUSTransport
public import ServerKernel
public import SessionActions

/// The section `dynamic_authorization`: Disconnect and CoA (RFC 5176), sent and taken.
public struct DynamicAuthorizationConfiguration: Sendable {
    /// How requests are sent, and when by themselves.
    public var settings = DynamicAuthorizationSettings()
    /// Address that requests come from; nil leaves it to the system.
    public var sourceAddress: IPAddress?
    /// UDP port on which requests are taken; 0 takes none.
    public var listenPort: Int
    /// How far a taken request's Event-Timestamp may be from now; zero does not look at it.
    public var eventTimestampWindow: Duration
    /// Whether requests without Event-Timestamp are refused.
    public var requireEventTimestamp: Bool

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        let section = "dynamic_authorization"
        settings.onUserDisabled = reader.choice(section, "on_user_disabled", default: settings.onUserDisabled)
        settings.onGroupChanged = reader.choice(section, "on_group_changed", default: settings.onGroupChanged)
        settings.timers.initial = reader.seconds(section, "initial_wait", default: 2, in: 0.1...60)
        settings.timers.longest = reader.seconds(section, "longest_wait", default: 16, in: 0...60)
        settings.timers.count = reader.integer(section, "attempts", default: 5, in: 0...20)
        settings.timers.total = reader.seconds(section, "total_wait", default: 30, in: 1...120)
        settings.concurrency = reader.integer(section, "concurrency", default: 64, in: 1...10_000)
        settings.pollInterval = reader.seconds(section, "poll_interval", default: 1, in: 0.1...60)
        settings.stopGrace = reader.seconds(section, "stop_grace", default: 60, in: 1...86_400)
        settings.closesUnknownSessions = reader.flag(section, "close_unknown_sessions", default: true)
        settings.history = .seconds(86_400 * reader.integer(section, "history_days", default: 90, in: 1...3650))
        let tag = reader.integer(section, "vlan_tag", default: 0, in: 0...31)
        settings.vlanTag = tag == 0 ? nil : UInt8(tag)
        sourceAddress = reader.value(section, "source_address", default: nil, expected: "an IPv4 or IPv6 address") {
            $0.isEmpty ? .some(nil) : IPAddress($0).map { .some($0) }
        }
        listenPort = reader.integer(section, "listen_port", default: 0, in: 0...65535)
        eventTimestampWindow = reader.seconds(section, "event_timestamp_window", default: 300, in: 0...86_400)
        requireEventTimestamp = reader.flag(section, "require_event_timestamp", default: false)
    }
}
