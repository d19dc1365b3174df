import Localization

/// One input of a page.
struct PageField: Sendable {
    enum Kind: Sendable {
        case text, password, email, phone, date, code
        /// User name, e-mail address or telephone number.
        case identifier
    }

    var name: String
    var label: Message
    var kind: Kind
    /// What browsers fill in (HTML §4.10.18.7.1).
    var autocomplete: String
    /// What was typed before; never of a password.
    var value = ""
    var isOptional = false
    var hint: Message?
    var error: Message?
    var longest: Int?
    /// The cursor stands in it at first.
    var isFirst = false

    /// For the template. Every name is there: the template would look for missing ones in the page.
    var values: [String: any Sendable] {
        let id = "f-" + name.replacing("_", with: "-")
        let described = [hint == nil ? nil : "\(id)-hint", error == nil ? nil : "\(id)-error"].compactMap { $0 }
        func some(_ text: String) -> any Sendable { text.isEmpty ? false : text }
        return [
            "id": id, "name": name, "label": label, "type": type, "value": kind == .password ? "" : value, "autocomplete": autocomplete,
            "inputmode": some(inputmode), "pattern": some(kind == .code ? "[0-9 ]*" : ""), "longest": longest.map(String.init).orFalse,
            "isPlain": [.identifier, .email, .code, .text].contains(kind), "isOptional": isOptional, "hint": hint.orFalse,
            "error": error.orFalse,
            "describedBy": some(described.joined(separator: " ")), "isPassword": kind == .password, "isFirst": isFirst || error != nil,
        ]
    }

    private var type: String {
        switch kind {
        case .password: "password"
        case .email: "email"
        case .phone: "tel"
        case .date: "date"
        case .text, .code, .identifier: "text"
        }
    }

    private var inputmode: String {
        switch kind {
        case .email: "email"
        case .phone: "tel"
        case .code: "numeric"
        default: ""
        }
    }
}
