import AccessPolicy
import Composition
import RADIUSDictionary

/// Hides the values of check and reply items that hold secrets.
struct SecretMask {
    static let text = "***"
    private let dictionary: AttributeDictionary

    init(_ configuration: RadianConfiguration) throws {
        dictionary = try configuration.loadDictionary()
    }

    func items(_ items: [PolicyItem]) -> [PolicyItem] {
        items.map { item in
            var item = item
            if isSecret(item.attribute) { item.value = Self.text }
            return item
        }
    }

    /// What the dictionary marks as secret, and what it does not know but calls itself a password.
    private func isSecret(_ attribute: String) -> Bool {
        let name = attribute.prefix { $0 != ":" }
        return dictionary.attribute(named: name)?.flags.secret ?? true || name.lowercased().contains("password")
    }
}

extension PolicyItem {
    /// `Session-Timeout := 3600`.
    var line: String { "\(attribute) \(op) \(value)" }
}
