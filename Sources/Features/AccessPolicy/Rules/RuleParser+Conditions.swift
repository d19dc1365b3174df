import RADIUSPipeline
import RADIUSTransport
import ServerKernel

extension RuleParser {
    private static let conditionKeys = [
        "nas", "nas_type", "realm", "ssid", "user", "group", "mac", "method", "time", "attribute", "certificate", "not",
    ]
    /// Keys of `certificate` and the attributes that hold the certificate's fields.
    private static let certificateFields = [
        "subject": "TLS-Client-Cert-Subject", "issuer": "TLS-Client-Cert-Issuer", "common_name": "TLS-Client-Cert-Common-Name",
        "serial": "TLS-Client-Cert-Serial", "email": "TLS-Client-Cert-Subject-Alt-Name-Email",
        "dns": "TLS-Client-Cert-Subject-Alt-Name-Dns", "upn": "TLS-Client-Cert-Subject-Alt-Name-Upn",
        "uri": "TLS-Client-Cert-Subject-Alt-Name-Uri",
    ]

    /// Reads `when` or `not`: conditions that must all hold, as one mapping or as a list of mappings, which may name a key repeatedly.
    mutating func conditions(_ node: ConfigurationNode) -> [RuleCondition] {
        switch node.content {
        case .mapping(let entries): return entries.flatMap { condition($0) }
        case .list(let nodes): return nodes.flatMap { conditions($0) }
        case .empty, .scalar:
            report(node.location, "conditions are keys such as 'ssid: guests'; without any, leave out 'when'")
            return []
        }
    }

    private mutating func condition(_ entry: ConfigurationNode.Entry) -> [RuleCondition] {
        switch entry.key {
        case "nas":
            return [
                .nas(
                    texts(entry).compactMap { text in
                        if let prefix = IPPrefix(text) { return .source(prefix) }
                        return pattern(text, ignoresCase: true, entry).map { .name($0) }
                    })
            ]
        case "nas_type": return [.nasType(patterns(entry, ignoresCase: true))]
        case "realm": return [.realm(patterns(entry, ignoresCase: true))]
        case "ssid": return [.ssid(patterns(entry))]
        case "user": return [.user(patterns(entry))]
        case "group": return [.group(patterns(entry))]
        case "mac":
            return [.station(read(entry, "an address or its first octets, such as 00-11-22") { StationPrefix($0) })]
        case "method":
            return [.method(read(entry, "a method, such as pap, mschapv2, mac, eap or eap-tls") { RuleMethod($0) })]
        case "time":
            return [.time(read(entry, "a time such as Wk0800-1800 or Sa,Su") { LoginTime($0) })]
        case "attribute":
            return [.attributes(texts(entry).compactMap { comparison($0, entry) })]
        case "certificate":
            return certificate(entry)
        case "not":
            return [.not(conditions(entry.value))]
        default:
            unknown(entry, among: Self.conditionKeys, in: "a condition")
            return []
        }
    }

    private mutating func patterns(_ entry: ConfigurationNode.Entry, ignoresCase: Bool = false) -> [TextPattern] {
        texts(entry).compactMap { pattern($0, ignoresCase: ignoresCase, entry) }
    }

    private mutating func pattern(_ text: String, ignoresCase: Bool, _ entry: ConfigurationNode.Entry) -> TextPattern? {
        if let pattern = try? TextPattern(text, ignoresCase: ignoresCase) { return pattern }
        report(entry.location, "'\(entry.key)': \(text) is not a regular expression")
        return nil
    }

    private mutating func read<T>(_ entry: ConfigurationNode.Entry, _ expected: String, _ convert: (String) -> T?) -> [T] {
        var values: [T] = []
        for text in texts(entry) {
            if let value = convert(text) {
                values.append(value)
            } else {
                report(entry.location, "'\(entry.key)' is '\(text)'; it must be \(expected)")
            }
        }
        return values
    }

    /// Reads `Attribute op value`.
    private mutating func comparison(_ text: String, _ entry: ConfigurationNode.Entry) -> AttributeComparison? {
        let name = text.prefix { $0.isLetter || $0.isNumber || "-_.:/".contains($0) }
        let rest = text.dropFirst(name.count).drop { $0 == " " }
        // Longest first: `=~` is not `=`.
        let operators = PolicyOperator.allCases.sorted { $0.rawValue.count > $1.rawValue.count }
        guard !name.isEmpty, let op = operators.first(where: { rest.hasPrefix($0.rawValue) }) else {
            let known = AttributeComparison.operators.map(\.rawValue).joined(separator: " ")
            report(entry.location, "'\(text)' is no comparison; write ATTRIBUTE OPERATOR VALUE with one of \(known)")
            return nil
        }
        let value = rest.dropFirst(op.rawValue.count).drop { $0 == " " }
        return compare(String(name), op, String(value), entry.location)
    }

    private mutating func compare(_ name: String, _ op: PolicyOperator, _ value: String, _ location: String) -> AttributeComparison? {
        do {
            return try AttributeComparison(name, op, value, dictionary: dictionary)
        } catch {
            report(location, "\(name): \(error)")
            return nil
        }
    }

    /// Reads the fields of a client certificate; each must hold. Values are exact, or regular expressions between slashes.
    private mutating func certificate(_ entry: ConfigurationNode.Entry) -> [RuleCondition] {
        guard let fields = entry.value.entries, !fields.isEmpty else {
            report(entry.location, "'certificate' must hold fields such as 'issuer'")
            return []
        }
        var conditions: [RuleCondition] = []
        for field in fields {
            guard let attribute = Self.certificateFields[field.key] else {
                unknown(field, among: Self.certificateFields.keys.sorted(), in: "'certificate'")
                continue
            }
            let comparisons = texts(field).compactMap { text in
                text.count > 2 && text.hasPrefix("/") && text.hasSuffix("/")
                    ? compare(attribute, .matches, String(text.dropFirst().dropLast()), field.location)
                    : compare(attribute, .equal, text, field.location)
            }
            conditions.append(.attributes(comparisons))
        }
        return conditions
    }
}
