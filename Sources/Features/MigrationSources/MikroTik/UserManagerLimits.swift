import AccessPolicy

/// Limits of User Manager as check and reply items.
struct UserManagerLimits {
    private(set) var checks: [PolicyItem] = []
    private(set) var replies: [PolicyItem] = []
    /// What cannot be expressed.
    private(set) var notes: [String] = []

    /// Takes volume, time, rate and the number of sessions of a user, a profile or a limitation.
    mutating func add(_ row: UserManagerExport.Row) {
        octets(row, "transfer-limit", "Max-All-Octets")
        octets(row, "download-limit", "Max-All-Output-Octets")
        octets(row, "upload-limit", "Max-All-Input-Octets")
        if let text = row.text("uptime-limit"), let seconds = known(text, RouterOSText.seconds, "uptime-limit"), seconds > 0 {
            check("Max-All-Session", String(seconds))
        }
        if let text = row.text("override-shared-users", "shared-users"), text != "off", text != "unlimited", text != "0" {
            if let count = Int64(text) {
                check("Simultaneous-Use", String(count))
            } else {
                notes.append("shared-users is no number: '\(text)'")
            }
        }
        if let rate = Self.rate(row) { reply("Mikrotik-Rate-Limit", rate) }
        if let text = row.text("validity"), text != "0s", text != "unlimited", let seconds = known(text, RouterOSText.seconds, "validity"),
            seconds > 0
        {
            check("Expire-After", String(seconds))
            if let start = row.text("starts-when", "starts-at"), start == "assigned" || start == "now" {
                notes.append("validity counts from the first login now, not from the day on which the profile was given")
            }
        }
    }

    mutating func check(_ attribute: String, _ value: String, op: String = ":=") {
        checks.removeAll { $0.attribute == attribute }
        checks.append(PolicyItem(attribute: attribute, op: op, value: value))
    }

    mutating func reply(_ attribute: String, _ value: String) {
        replies.removeAll { $0.attribute == attribute }
        replies.append(PolicyItem(attribute: attribute, op: ":=", value: value))
    }

    mutating func notes(adding note: String) { notes.append(note) }

    private mutating func octets(_ row: UserManagerExport.Row, _ property: String, _ attribute: String) {
        guard let text = row.text(property), text != "unlimited" else { return }
        if let octets = known(text, RouterOSText.octets, property), octets > 0 { check(attribute, String(octets)) }
    }

    private mutating func known(_ text: String, _ parse: (String) -> Int64?, _ property: String) -> Int64? {
        let value = parse(text)
        if value == nil { notes.append("\(property) is not understood: '\(text)'") }
        return value
    }

    /// Mikrotik-Rate-Limit of the single properties: received and sent rate, bursts behind them.
    private static func rate(_ row: UserManagerExport.Row) -> String? {
        if let whole = row.text("rate-limit", "rate-limits"), whole.contains("/") { return whole }
        func pair(_ name: String) -> String? {
            let received = RouterOSText.rate(row.text("\(name)-rx", "\(name)-min-rx")), sent = RouterOSText.rate(row.text("\(name)-tx"))
            return received == nil && sent == nil ? nil : "\(received ?? "0")/\(sent ?? "0")"
        }
        guard let rate = pair("rate-limit") else { return nil }
        guard let burst = pair("rate-limit-burst"), let threshold = pair("rate-limit-burst-threshold") else { return rate }
        func time(_ name: String) -> String? { row.text(name).flatMap { RouterOSText.seconds($0) }.map { String($0) } }
        guard let received = time("rate-limit-burst-time-rx"), let sent = time("rate-limit-burst-time-tx") else { return rate }
        return "\(rate) \(burst) \(threshold) \(received)/\(sent)"
    }
}
