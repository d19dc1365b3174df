/// How e-mails leave by SMTP.
public struct SMTPSettings: Sendable, Equatable {
    /// How the connection is protected.
    public enum Security: String, Sendable, CaseIterable {
        /// Not at all: for a server on this machine.
        case none
        /// TLS where the server offers it; whoever is in between can take the offer away.
        case opportunistic
        /// TLS by STARTTLS, or no mail (port 587).
        case starttls
        /// TLS from the first octet (port 465).
        case tls
    }

    public var host: String
    public var port: Int
    public var security = Security.starttls
    /// Certificates that sign the server's, PEM; nil for the system's.
    public var certificateAuthorityFile: String?
    public var verifiesCertificate = true
    /// Empty for no authentication.
    public var user = ""
    public var password = ""
    /// The address that mails come from, and the name beside it.
    public var from: String
    public var fromName = ""
    public var replyTo: String?
    /// What this machine calls itself in EHLO and in Message-ID; nil for the part of ``from`` behind the @.
    public var hostName: String?
    /// Connections at once.
    public var connections = 2
    /// Seconds for one mail.
    public var timeoutSeconds = 30.0

    public init(host: String, port: Int, from: String) {
        self.host = host
        self.port = port
        self.from = from
    }
}
