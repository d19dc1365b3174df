import WebRouting

/// Settings as the API describes them.
extension OrganizationSetting {
    /// One setting of an organization.
    /// - Parameters:
    ///   - effective: what holds in the organization.
    ///   - own: its own choice; nil where it inherits.
    func document(effective: OrganizationSettings, own: String?, defaults: OrganizationSettings) -> JSONValue {
        [
            "name": .string(name), "label": .string(label), "help": .string(help), "expected": .string(expected),
            "section": .string(section), "type": .string(typeName), "choices": choices, "value": value(text(effective)),
            "own": own.map(value) ?? .null, "default": value(text(defaults)),
        ]
    }

    static let schema = JSONSchema.named(
        "OrganizationSetting",
        .object([
            ("name", .string), ("label", .string), ("help", .string), ("expected", .string), ("section", .string), ("type", .string),
            ("choices", .nullable(.array(.string))), ("value", valueSchema), ("own", .nullable(valueSchema)), ("default", valueSchema),
        ]))
    private static let valueSchema = JSONSchema.either([.nullable(.string), .boolean, .integer, .array(.string)])

    /// What stands for a secret that is set.
    static let hidden = "***"

    /// The field of a form that changes settings; null goes back to inheriting.
    var field: Field {
        let help = "\(help) \(expected.prefix(1).uppercased())\(expected.dropFirst())."
        return switch kind {
        case .flag: Field(name, .boolean, null: true, help: help)
        case .integer: Field(name, .integer, null: true, help: help)
        case .choice(let choices): Field(name, .choice(choices), blank: true, null: true, help: help)
        case .line, .text, .list: Field(name, blank: true, null: true, maximumLength: 40_000, help: help)
        }
    }

    /// The text of a field's value as the store takes it; nil goes back to inheriting.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let integer): String(integer)
        case .string(let text): text.isEmpty ? nil : text
        default: nil
        }
    }

    private func value(_ text: String) -> JSONValue {
        if isSecret { return text.isEmpty ? .null : .string(Self.hidden) }
        return switch kind {
        case .flag: .bool(text == "yes")
        case .integer: Int64(text).map { .integer($0) } ?? .null
        case .list: .array(text.split(separator: ",").map { .string(String($0)) })
        case .line, .text, .choice: text.isEmpty ? .null : .string(text)
        }
    }

    private var typeName: String {
        switch kind {
        case .flag: "boolean"
        case .integer: "integer"
        case .line: "string"
        case .text: "text"
        case .list: "list"
        case .choice: "choice"
        }
    }

    private var choices: JSONValue {
        guard case .choice(let choices) = kind else { return .null }
        return .array(choices.map { .string($0) })
    }

    /// `SMS cooldown` of `sms_cooldown`.
    private var label: String {
        let spelt = [
            "sms": "SMS", "url": "URL", "mac": "MAC", "addr": "address", "nas": "NAS", "coa": "CoA", "saml": "SAML",
            "freeradius": "FreeRADIUS",
        ]
        let words = name.split(separator: "_").map { spelt[String($0)] ?? String($0) }
        let shown = name.hasPrefix("portal_") ? Array(words.dropFirst()) : words
        guard let first = shown.first else { return name }
        return ([first.prefix(1).uppercased() + first.dropFirst()] + shown.dropFirst()).joined(separator: " ")
    }

    private var section: String {
        if name.hasPrefix("portal_") { return "Login pages" }
        if name.hasPrefix("sms_") || name == "allowed_mobile_prefixes" { return "Text messages" }
        if name.hasSuffix("_url") { return "Links" }
        if ["first_name", "last_name", "birth_date", "location"].contains(name) { return "Sign-up form" }
        if name.hasPrefix("freeradius") || ["coa_enabled", "mac_addr_roaming_enabled"].contains(name) { return "RADIUS" }
        return "Registration"
    }
}
