import Foundation

/// What a name's realm turned out to be.
public struct RealmMatch: Sendable {
    public let realm: Realm
    /// The name's parts; nil where it has no realm.
    public let name: RealmName?
}

/// All realms, looked up as FreeRADIUS does: exact name, regular expressions in order, `DEFAULT`; `NULL` for names without one.
public struct RealmTable: Sendable {
    private var byName: [String: Realm] = [:]
    private var expressions: [(expression: NSRegularExpression, realm: Realm)] = []
    private var none: Realm?
    private var fallback: Realm?
    /// In the order of the configuration.
    public let realms: [Realm]

    /// - Parameter realms: the first of several with one name counts.
    public init(_ realms: [Realm]) {
        self.realms = realms
        for realm in realms {
            switch realm.pattern {
            case .name(let name): if byName[name] == nil { byName[name] = realm }
            case .expression(let text):
                if let expression = try? NSRegularExpression(pattern: text, options: .caseInsensitive) {
                    expressions.append((expression, realm))
                }
            case .none: none = none ?? realm
            case .default: fallback = fallback ?? realm
            }
        }
    }

    /// Whether nothing is configured.
    public var isEmpty: Bool { realms.isEmpty }

    /// The realm configured under a name: an exact one, `NULL` or `DEFAULT`.
    public func realm(named name: String) -> Realm? {
        switch name {
        case "DEFAULT": fallback
        case "NULL": none
        default: byName[name.lowercased()]
        }
    }

    /// The realm of a name. Exact realms go before expressions and these before `DEFAULT`, whatever the format; within each the order of
    /// the formats counts.
    /// - Parameters:
    ///   - formats: tried in order; the first that splits the name decides between realms of one rank.
    ///   - isOurs: whether a realm is known to this server otherwise; only an exact realm goes before it.
    /// - Returns: nil where the name is decided here as it is.
    public func match(_ userName: String, formats: [RealmFormat], isOurs: (String) -> Bool = { _ in false }) -> RealmMatch? {
        guard !isEmpty else { return nil }
        let splits = formats.compactMap { $0.split(userName) }
        guard let first = splits.first else { return (none ?? fallback).map { RealmMatch(realm: $0, name: nil) } }
        for name in splits {
            let realm = name.realm.lowercased()
            // Names below eap.arpa mean something to the server that the station asks, and to no other (RFC 9965 §3).
            if realm == "eap.arpa" || realm.hasSuffix(".eap.arpa") { return nil }
            if let exact = byName[realm] { return RealmMatch(realm: exact, name: name) }
            // FreeRADIUS's name for what is always decided here.
            if realm == "local" || isOurs(realm) { return nil }
        }
        for name in splits {
            let range = NSRange(name.realm.startIndex..., in: name.realm)
            if let match = expressions.first(where: { $0.expression.firstMatch(in: name.realm, range: range) != nil }) {
                return RealmMatch(realm: match.realm, name: name)
            }
        }
        return fallback.map { RealmMatch(realm: $0, name: first) }
    }
}
