public import Foundation

/// What an operator decides about the service.
public struct WebSettings: Sendable {
    /// Proxies whose forwarding fields count.
    public var proxies: TrustedProxies
    /// `https://radius.example.org`: where clients reach the server; nil takes it from each request.
    public var publicOrigin: String?
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
}
