public import RADIUSTransport
public import RADIUSWire

/// The three kinds of request that are passed on.
public enum ProxyRole: String, Sendable, CaseIterable, Codable {
    case authentication = "auth"
    case accounting = "acct"
    case dynamicAuthorization = "coa"
}

/// What a home server takes.
public enum HomeServerType: String, Sendable, CaseIterable {
    case authentication = "auth"
    case accounting = "acct"
    /// Accounting goes to the port after the one for authentication, except over TCP, TLS and DTLS.
    case both = "auth+acct"
    case dynamicAuthorization = "coa"

    /// The kinds of request it takes.
    public var roles: [ProxyRole] {
        switch self {
        case .authentication: [.authentication]
        case .accounting: [.accounting]
        case .both: [.authentication, .accounting]
        case .dynamicAuthorization: [.dynamicAuthorization]
        }
    }
}

/// How a home server is asked whether it lives.
public enum StatusCheck: Sendable, Equatable {
    /// Not at all: a dead server is believed alive again after ``HomeServerTimers/reviveInterval``.
    case none
    /// Status-Server (RFC 5997).
    case statusServer
    /// A login or an accounting Stop of a user who may be unknown there; any answer counts.
    case request(userName: String, password: String)
}

/// A server that requests are passed on to.
public struct HomeServer: Sendable, Equatable {
    public var name: String
    public var type = HomeServerType.both
    public var transport = NASTransport.udp
    /// Address or host name; TLS checks the certificate against it.
    public var host: String
    public var address: IPAddress
    public var port: UInt16
    public var secret: SharedSecret
    /// Address to send from; nil leaves it to the system.
    public var source: IPAddress?
    public var requireMessageAuthenticator = Requirement.auto
    public var statusCheck = StatusCheck.none
    public var timers = HomeServerTimers()
    /// Requests under way at most, 8...262144.
    public var maximumOutstanding = 65_536
    /// Times a request is sent again over UDP within the response window.
    public var retransmissions = 2
    /// Refuse to send a request back to the address that it came from.
    public var preventsLoops = true
    /// Name of the TLS settings to use; nil for the general ones.
    public var tlsProfile: String?
    /// The realm that the certificate must name (NAIRealm, RFC 7585 §2.2), for servers that were discovered.
    public var certificateRealm: String?

    public init(name: String, host: String, address: IPAddress, port: UInt16 = 1812, secret: SharedSecret) {
        self.name = name
        self.host = host
        self.address = address
        self.port = port
        self.secret = secret
    }

    /// Where requests of a kind go.
    public func endpoint(_ role: ProxyRole) -> SocketEndpoint {
        let isSecondPort = type == .both && role == .accounting && transport == .udp
        return SocketEndpoint(address: address, port: isSecondPort ? port &+ 1 : port)
    }
}
