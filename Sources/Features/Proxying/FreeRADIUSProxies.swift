public import FreeRADIUSFiles
import RADIUSProxy

/// What a FreeRADIUS `proxy.conf` says, as records of ours.
public struct FreeRADIUSProxies: Sendable, Equatable {
    public var realms: [ProxyRecord] = []
    public var homeServers: [ProxyRecord] = []
    public var pools: [ProxyRecord] = []
    /// What has no counterpart here, with file and line.
    public var notes: [String] = []

    /// Reads the sections `home_server`, `home_server_pool` and `realm`; everything else is left alone.
    public init(_ root: ConfigurationSection) {
        for section in root.sections("home_server") { readServer(section) }
        for section in root.sections("home_server_pool") { readPool(section) }
        for section in root.sections("realm") { readRealm(section) }
    }

    private static let sameKeys = [
        "port", "secret", "require_message_authenticator", "response_window", "response_timeouts", "zombie_period", "revive_interval",
        "check_interval", "check_timeout",
    ]

    private mutating func readServer(_ section: ConfigurationSection) {
        guard let name = section.instance else { return note(section, "a home server without a name") }
        guard let host = section.value("ipaddr") ?? section.value("ipv4addr") ?? section.value("ipv6addr") else {
            return note(section, "home server '\(name)' has no address; virtual servers have no counterpart")
        }
        var values = ["name": name, "host": host, "type": section.value("type") ?? "auth+acct"]
        for key in Self.sameKeys { values[key] = section.value(key) }
        values["source"] = section.value("src_ipaddr")
        values["answers_to_alive"] = section.value("num_answers_to_alive")
        values["maximum_outstanding"] = section.value("max_outstanding")
        values["check_user"] = section.value("username")
        values["check_password"] = section.value("password")
        if let check = section.value("status_check") { values["status_check"] = check }
        if !section.sections("tls").isEmpty {
            values["transport"] = "tls"
            note(section, "home server '\(name)' uses TLS: its certificates are to be set here by hand")
        } else if section.value("proto") == "tcp" {
            values["transport"] = "tcp"
        }
        // FreeRADIUS allows more than 1024 sockets have identifiers for.
        if let outstanding = values["maximum_outstanding"].flatMap(Int.init), outstanding > 262_144 {
            values["maximum_outstanding"] = "262144"
        }
        homeServers.append(ProxyRecord(values))
    }

    private mutating func readPool(_ section: ConfigurationSection) {
        guard let name = section.instance else { return note(section, "a pool without a name") }
        let servers = section.values("home_server")
        guard !servers.isEmpty else { return note(section, "pool '\(name)' has no home servers") }
        var values = ["name": name, "servers": servers.joined(separator: ","), "method": section.value("type") ?? "fail-over"]
        if let fallback = section.value("fallback") {
            note(section, "pool '\(name)' falls back to '\(fallback)'; set 'fallback' of its realms")
        }
        if PoolMethod(rawValue: values["method"] ?? "") == nil {
            note(section, "pool '\(name)' is of type '\(values["method"] ?? "")'; taken as fail-over")
            values["method"] = "fail-over"
        }
        pools.append(ProxyRecord(values))
    }

    private mutating func readRealm(_ section: ConfigurationSection) {
        guard let name = section.instance else { return note(section, "a realm without a name") }
        var values = ["name": name]
        let both = section.value("pool") ?? section.value("auth_pool").flatMap { $0 == section.value("acct_pool") ? $0 : nil }
        values["auth_pool"] = section.value("auth_pool") ?? both
        values["acct_pool"] = section.value("acct_pool") ?? both
        values["coa_pool"] = section.value("coa_pool")
        if section.words.contains("nostrip") { values["strip"] = "no" }
        for old in ["authhost", "accthost", "ldflag"] where section.value(old) != nil && section.value(old) != "LOCAL" {
            note(section, "realm '\(name)' uses '\(old)' of old files; write a home server and a pool instead")
        }
        realms.append(ProxyRecord(values.compactMapValues { $0 }))
    }

    private mutating func note(_ section: ConfigurationSection, _ text: String) { notes.append("\(section.position): \(text)") }
}
