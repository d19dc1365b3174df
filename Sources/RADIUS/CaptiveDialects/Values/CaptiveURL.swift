/// An http or https address: no user information, no control characters, a host that names something.
///
/// It can stand in an attribute of a page once escaped as every text is, and in a header as it is.
public struct CaptiveURL: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// Lower case: a name, a dotted address, or an IPv6 address in brackets.
    public let host: String
    /// Nil: the scheme's own.
    public let port: Int?
    /// Path and query; begins with a slash.
    public private(set) var target: String
    /// What stands behind the number sign. Only this program sets it: those of strangers are dropped.
    public internal(set) var fragment: String?

    /// Longest text that is read, in octets.
    static let limit = 2048
    private static let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&()*+,;=%".utf8)

    /// - Returns: nil for other schemes, user information, spaces, backslashes, quotation marks, and hosts that are neither addresses nor names.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.limit,
            !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f || "\\\"<>`".utf8.contains($0) }),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let scheme = text[..<colon].lowercased()
        let rest = text[colon...]
        guard scheme == "http" || scheme == "https", rest.hasPrefix("://") else { return nil }
        let body = rest.dropFirst(3).prefix { $0 != "#" }
        let authority = body.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.authority(authority) else { return nil }
        let target = body[authority.endIndex...]
        self.init(
            scheme: scheme, host: host, port: port,
            target: PercentEncoding.encode((target.hasPrefix("/") ? String(target) : "/" + target).utf8, keeping: Self.kept))
    }

    /// Puts an address together. Nil when the parts make none.
    /// - Parameter authority: host, with a port or without.
    public init?(scheme: String, authority: String, path: String) {
        // What ends the host would make a path of the rest.
        guard !authority.utf8.contains(where: { "/?#@\\".utf8.contains($0) }) else { return nil }
        self.init("\(scheme)://\(authority)\(path.hasPrefix("/") ? "" : "/")\(path)")
    }

    private init(scheme: String, host: String, port: Int?, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    public var description: String { origin + target + (fragment.map { "#\($0)" } ?? "") }

    /// Scheme, host and port: what a content security policy allows forms to be sent to.
    public var origin: String { "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")" }

    /// The path without the query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The octets of query behind the first question mark, as they are.
    public var query: String? { target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } }

    /// The address with more fields in its query.
    public func adding(_ fields: [CaptiveField]) -> CaptiveURL {
        guard !fields.isEmpty else { return self }
        var longer = self
        let separator = !target.contains("?") ? "?" : target.hasSuffix("?") || target.hasSuffix("&") ? "" : "&"
        longer.target += separator + PercentEncoding.query(fields)
        return longer
    }

    /// Another place on the same host.
    public func at(_ path: String) -> CaptiveURL {
        CaptiveURL(scheme: scheme, host: host, port: port, target: PercentEncoding.encode(path.utf8, keeping: Self.kept))
    }

    /// Whether the host is an address and no name.
    public var isAddressLiteral: Bool { host.hasPrefix("[") || AddressText.ipv4(host) != nil }

    private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var port: Int?
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":") ?? text.endIndex
        guard let end else { return nil }
        if end != text.endIndex {
            let digits = text[end...].dropFirst()
            guard text[end] == ":", PlainText.isToken(digits, others: "", limit: 5), let number = Int(digits), (1...65535).contains(number)
            else { return nil }
            port = number
            host = text[..<end]
        }
        return isHost(host) ? (host.lowercased(), port) : nil
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("[") { return text.hasSuffix("]") && AddressText.ipv6(text.dropFirst().dropLast()) != nil }
        if AddressText.ipv4(text) != nil { return true }
        guard text.utf8.count <= 253 else { return false }
        let labels = (text.hasSuffix(".") ? text.dropLast() : text).split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ PlainText.isToken($0, others: "-_", limit: 63) }), let last = labels.last else { return false }
        // A number at the end would be read as an address in one of its odd notations.
        return !last.utf8.allSatisfy { (0x30...0x39).contains($0) } && !last.lowercased().hasPrefix("0x")
    }
}
