import RADIUSPipeline
import ServerKernel

extension RuleParser {
    private static let actionKeys = [
        "set", "add", "remove", "control", "plan", "vlan", "session_timeout", "reject", "accept", "continue",
    ]

    /// Reads `then`.
    mutating func actions(_ node: ConfigurationNode) -> RuleActions {
        var actions = RuleActions()
        guard let entries = node.entries, !entries.isEmpty else {
            report(node.location, "actions are keys such as 'vlan: 30'")
            return actions
        }
        for entry in entries { read(entry, into: &actions) }
        if entries.contains(where: { $0.key == "reject" }), entries.contains(where: { $0.key == "accept" }) {
            report(node.location, "a rule can either reject or accept")
        }
        return actions
    }

    private mutating func read(_ entry: ConfigurationNode.Entry, into actions: inout RuleActions) {
        switch entry.key {
        case "set": attributes(entry, replaces: true, .reply, &actions)
        case "add": attributes(entry, replaces: false, .reply, &actions)
        case "control": attributes(entry, replaces: true, .control, &actions)
        case "remove":
            for name in texts(entry) { append(name, .isAbsent, "", .reply, entry, &actions) }
        case "plan":
            if let plan = text(entry) { append("Radian-Plan", .set, plan, .control, entry, &actions) }
        case "vlan":
            if let vlan = text(entry) { setVLAN(vlan, entry, &actions) }
        case "session_timeout":
            if let seconds = entry.value.scalar.flatMap({ UInt32($0) }), seconds > 0 {
                actions.sessionSeconds = seconds
            } else {
                report(entry.location, "'session_timeout' must be seconds, 1 or more")
            }
        case "reject":
            actions.verdict = .reject(message: text(entry) ?? "")
        case "accept":
            // Spelled out, so that nobody opens the door by accident.
            if entry.value.scalar == "without_password" {
                actions.verdict = .acceptWithoutPassword
            } else {
                report(entry.location, "'accept' lets a user in whatever the password is; its value must be without_password")
            }
        case "continue":
            actions.continues = flag(entry)
        default:
            unknown(entry, among: Self.actionKeys, in: "'then'")
        }
    }

    /// Reads a mapping of attributes to a value or several.
    private mutating func attributes(
        _ entry: ConfigurationNode.Entry, replaces: Bool, _ list: RuleActions.List, _ actions: inout RuleActions
    ) {
        guard let attributes = entry.value.entries, !attributes.isEmpty else {
            return report(entry.location, "'\(entry.key)' must hold attributes, such as 'Session-Timeout: 3600'")
        }
        for attribute in attributes {
            let values = texts(attribute)
            // One value takes the place of the first instance; several take the place of all.
            if replaces, values.count > 1 { append(attribute.key, .isAbsent, "", list, attribute, &actions) }
            for value in values {
                append(attribute.key, replaces && values.count == 1 ? .set : .append, value, list, attribute, &actions)
            }
        }
    }

    private mutating func append(
        _ name: String, _ op: PolicyOperator, _ value: String, _ list: RuleActions.List, _ entry: ConfigurationNode.Entry,
        _ actions: inout RuleActions
    ) {
        do {
            try actions.append(name, op, value, to: list, dictionary: dictionary)
        } catch {
            report(entry.location, "\(name): \(error)")
        }
    }

    /// The three attributes of RFC 3580 §3.31, untagged, which switches understand that know no tags.
    private mutating func setVLAN(_ vlan: String, _ entry: ConfigurationNode.Entry, _ actions: inout RuleActions) {
        if let number = Int(vlan), !(1...4094).contains(number) {
            return report(entry.location, "'vlan' is \(number); it must be 1 to 4094, or a name")
        }
        append("Tunnel-Type", .set, "VLAN", .reply, entry, &actions)
        append("Tunnel-Medium-Type", .set, "IEEE-802", .reply, entry, &actions)
        append("Tunnel-Private-Group-Id", .set, vlan, .reply, entry, &actions)
    }
}
