import Glibc
public import RADIUSWire

/// Why an exchange, a load run or an echo server ended without its result. Descriptions say what to check; none holds a secret.
public enum ClientError: Error, Equatable, Sendable, CustomStringConvertible {
    case unresolved(host: String, reason: String)
    /// A system call failed with this `errno`.
    case system(String, Int32)
    /// The host answered with ICMP "port unreachable".
    case refused(ServerAddress)
    case noReply(ServerAddress, attempts: Int)
    /// A reply came whose Response Authenticator does not fit (RFC 2865 §3): the shared secrets differ.
    case badResponseAuthenticator(ServerAddress)
    /// The Response Authenticator fits but the Message-Authenticator does not (RFC 3579 §3.2).
    case badMessageAuthenticator(ServerAddress)
    case unexpectedReply(PacketCode, to: PacketCode)
    /// An attribute does not fit into a request.
    case unencodable(WireError)
    case passwordTooLong(limit: Int)
    case invalidSetting(String)

    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "cannot resolve the server's name \(host): \(reason)"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .refused(let server): "nothing listens on UDP \(server): is the server running, and is this its port?"
        case .noReply(let server, let attempts):
            """
            no reply from \(server) to \(attempts) \(attempts == 1 ? "packet" : "packets"). A RADIUS server is silent when
              - it does not know this client: add the address that the packets come from as a NAS;
              - the shared secret differs and the request carries a Message-Authenticator: compare the secrets;
              - the request went to the wrong port: authentication is 1812 and accounting 1813 by default;
              - a firewall drops UDP, or the server's database is away: see the server's log.
            """
        case .badResponseAuthenticator(let server):
            "the reply of \(server) has a wrong Response Authenticator: the shared secret here is not the one the server has for this client"
        case .badMessageAuthenticator(let server):
            "the reply of \(server) has a wrong Message-Authenticator: it was changed on its way, or the server computes it wrongly"
        case .unexpectedReply(let code, let request): "the server answered \(request.name) with \(code.name)"
        case .unencodable(let error): "the request cannot be encoded: \(error)"
        case .passwordTooLong(let limit): "the password has more than \(limit) octets"
        case .invalidSetting(let text): text
        }
    }
}
