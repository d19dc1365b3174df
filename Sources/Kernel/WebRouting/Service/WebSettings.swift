public import Foundation

/// What an operator decides about the service.
public struct WebSettings: Sendable {
    /// Proxies whose forwarding fields count.
    public var proxies: TrustedProxies
    /// `https://radius.example.org`: where clients reach the server; nil takes it from each request.
    public var publicOrigin: String?
    /// Hosts that name this server whatever a request says, in lower case, without a port, IPv6 addresses in brackets. Where there is no
    /// ``publicOrigin``, links in letters lead to these only.
    public var ownHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]
    /// Other sites whose pages may use the API, such as `https://portal.example.org`.
    public var allowedOrigins: Set<String>
    /// Octets; routes that want more are cut to it.
    public var bodyLimit: Int
    /// Rates that the operator puts in the place of the program's, by throttle name.
    public var throttles: [String: Throttle]
    /// Paths where a password that is too old can be changed, by the names under which the answer tells their addresses.
    public var passwordPaths: [JSONValue.Member] = []
    /// Folder for uploaded files while their request lasts.
    public var uploadFolder: URL

    public init(
        proxies: TrustedProxies = TrustedProxies(), publicOrigin: String? = nil, allowedOrigins: Set<String> = [],
        bodyLimit: Int = 32 << 20, throttles: [String: Throttle] = [:], uploadFolder: URL = FileManager.default.temporaryDirectory
    ) {
        self.proxies = proxies
        self.publicOrigin = publicOrigin
        self.allowedOrigins = allowedOrigins
        self.bodyLimit = bodyLimit
        self.throttles = throttles
        self.uploadFolder = uploadFolder
    }

    /// Where links in letters begin.
    /// - Parameter origin: of the request.
    /// - Returns: nil where only the request says so: a stranger could have somebody else's letter lead to himself.
    func letterOrigin(_ origin: String) -> String? {
        if let publicOrigin { return publicOrigin }
        guard let separator = origin.firstRange(of: "://") else { return nil }
        let authority = origin[separator.upperBound...]
        let end =
            authority.hasPrefix("[") ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
        let (host, port) = (authority[..<(end ?? authority.endIndex)].lowercased(), authority[(end ?? authority.endIndex)...])
        guard ownHosts.contains(host), port.isEmpty || UInt16(port.dropFirst()) != nil else { return nil }
        return origin
    }
}
