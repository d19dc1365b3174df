/// How a User-Name holds a realm, written as an example of one: `user@realm`, `realm/user`, `realm\user`, `realm!user`, `user%realm`.
public struct RealmFormat: Sendable, Hashable, CustomStringConvertible {
    /// What stands between user and realm.
    public let delimiter: Character
    /// Whether the realm comes before the user.
    public let realmIsFirst: Bool

    /// - Parameter text: the words `user` and `realm` (or `domain`) around one character that is neither letter nor digit.
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        let words = text.lowercased()
        guard let delimiter = words.first(where: { !$0.isLetter && !$0.isNumber }) else { return nil }
        switch words.split(separator: delimiter, omittingEmptySubsequences: false) {
        case ["user", "realm"], ["user", "domain"]: realmIsFirst = false
        case ["realm", "user"], ["domain", "user"]: realmIsFirst = true
        default: return nil
        }
        self.delimiter = delimiter
    }

    /// `user@realm`.
    public var description: String { realmIsFirst ? "realm\(delimiter)user" : "user\(delimiter)realm" }

    /// Splits a name: at the last delimiter where the realm follows, at the first where it leads (RFC 7542 §2.2).
    /// - Returns: nil when the name has no such delimiter or no realm at it.
    public func split(_ name: String) -> RealmName? {
        guard let at = realmIsFirst ? name.firstIndex(of: delimiter) : name.lastIndex(of: delimiter) else { return nil }
        let (before, after) = (String(name[..<at]), String(name[name.index(after: at)...]))
        let parts = realmIsFirst ? RealmName(user: after, realm: before) : RealmName(user: before, realm: after)
        return parts.realm.isEmpty ? nil : parts
    }
}

/// A name taken apart.
public struct RealmName: Sendable, Hashable {
    /// What is left of the name; may be empty, as in `@example.org`.
    public var user: String
    /// As received, in any case.
    public var realm: String

    public init(user: String, realm: String) {
        self.user = user
        self.realm = realm
    }
}
