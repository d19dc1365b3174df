/// A password as `radcheck` keeps it: the attribute that names its form, and its value.
public struct PolicyCredential: Sendable, Equatable {
    /// Such as `Argon2-Password`.
    public var attribute: String
    public var value: String

    public init(attribute: String, value: String) {
        self.attribute = attribute
        self.value = value
    }
}

extension PolicyCredential: CustomStringConvertible, CustomReflectable {
    /// The attribute alone: the value is a secret.
    public var description: String { "<\(attribute)>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
