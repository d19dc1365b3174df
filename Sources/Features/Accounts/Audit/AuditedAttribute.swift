/// What the audit shows of RADIUS attributes: values that may let somebody in are only known to be there.
public enum AuditedAttribute {
    private static let secretParts = ["password", "passwd", "passphrase", "secret", "psk"]

    /// Whether an attribute of this name, with or without a tag, may hold a secret.
    public static func isSecret(_ name: some StringProtocol) -> Bool {
        let name = name.prefix { $0 != ":" }.lowercased()
        return name.hasSuffix("key") || secretParts.contains { name.contains($0) }
    }

    /// - Returns: the value, or `***` where nobody must read it.
    public static func shown(_ value: String, of name: some StringProtocol) -> String {
        // Pairs such as Cisco's have such a name inside the value.
        isSecret(name) || value.lowercased().contains("psk=") ? "***" : value
    }
}
