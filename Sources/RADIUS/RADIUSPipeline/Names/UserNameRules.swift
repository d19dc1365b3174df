/// Which User-Names are refused before anybody is looked up. FreeRADIUS's `filter_username` sets all of them.
public struct UserNameRules: Sendable, Equatable {
    public var refusesWhitespace = false
    /// `a@b@c`.
    public var refusesSeveralRealms = false
    /// `..` anywhere after the `@`.
    public var refusesDoubleDots = false
    /// `a@b`.
    public var refusesRealmWithoutDot = false
    /// `a@b.`.
    public var refusesTrailingDot = false
    /// `a@.b`.
    public var refusesLeadingDot = false
    /// `%{`, which other servers would expand.
    public var refusesExpansions = true
    /// Control characters, which no keyboard types but which spoil logs.
    public var refusesControlCharacters = true

    public init() {}

    /// All rules of FreeRADIUS's default site.
    public static var freeRADIUS: UserNameRules {
        var rules = UserNameRules()
        rules.refusesWhitespace = true
        rules.refusesSeveralRealms = true
        rules.refusesDoubleDots = true
        rules.refusesRealmWithoutDot = true
        rules.refusesTrailingDot = true
        rules.refusesLeadingDot = true
        return rules
    }

    /// The rule a name breaks, in words for the trace; nil when the name may pass.
    public func violation(of name: String) -> String? {
        if refusesControlCharacters, name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            return "control character"
        }
        if refusesWhitespace, name.contains(where: \.isWhitespace) { return "whitespace" }
        if refusesExpansions, contains(name, "%{") { return "%{" }
        guard let at = name.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let realm = name[name.utf8.index(after: at)...]
        if refusesSeveralRealms, realm.utf8.contains(UInt8(ascii: "@")) { return "more than one @" }
        if refusesDoubleDots, contains(realm, "..") { return "two dots in a row" }
        if refusesRealmWithoutDot, !realm.utf8.contains(UInt8(ascii: ".")) { return "realm without a dot" }
        if refusesTrailingDot, realm.utf8.last == UInt8(ascii: ".") { return "realm ends with a dot" }
        if refusesLeadingDot, realm.utf8.first == UInt8(ascii: ".") { return "realm starts with a dot" }
        return nil
    }

    private func contains(_ text: some StringProtocol, _ pair: StaticString) -> Bool {
        var previous: UInt8?
        for octet in text.utf8 {
            if previous == pair.utf8Start[0], octet == pair.utf8Start[1] { return true }
            previous = octet
        }
        return false
    }
}

/// Refuses a request without a User-Name or with one that breaks the rules.
public struct FilterUserName: Stage {
    public let name = "User name"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        // Its user's name was found good at the login.
        if context.isEstablished { return .next }
        guard let received = context.receivedUserName, !received.isEmpty else { return .decided(.reject(.userNameMissing)) }
        let rules = context.settings.userNames
        // Inside of a tunnel comes another one.
        if let violation = rules.violation(of: received) ?? (context.isEAP ? rules.violation(of: context.userName) : nil) {
            context.note("refused: \(violation)")
            return .decided(.reject(.userNameInvalid))
        }
        return .next
    }
}
