import COpenSSL
import Digests

/// Meets DTLS clients that are not known yet: answers a ClientHello with a cookie and keeps nothing until the cookie comes back (RFC 6347
/// §4.2.1), so that spoofed sources cost no memory and get no flight of certificates. One thread at a time.
public final class DTLSListener {
    public enum Answer {
        /// No ClientHello: drop it.
        case none
        /// HelloVerifyRequest for the source of the datagram.
        case challenge([UInt8])
        /// The source is real. Call ``TLSSession/receive(_:)`` with nothing to take up the handshake.
        case session(TLSSession)
    }

    private let context: TLSContext
    private let source: DTLSCookieSource
    private var waiting: TLSSession?

    /// - Parameter context: of a DTLS server.
    public init(_ context: TLSContext) throws(TLSError) {
        guard context.configuration.transport == .datagram, context.configuration.role == .server else {
            throw .setting(name: "transport", reason: "a listener needs a DTLS server")
        }
        self.context = context
        source = try DTLSCookieSource()
    }

    /// Makes a new cookie secret; cookies of the last one stay good until the next call.
    public func rotateSecret() throws(TLSError) { try source.rotate() }

    /// - Parameter address: octets of the source's address and port; cookies are bound to them.
    public func receive(_ datagram: [UInt8], from address: [UInt8]) throws(TLSError) -> Answer {
        let session: TLSSession
        if let waiting {
            session = waiting
        } else {
            session = try TLSSession(context)
            session.cookieSource = source
            waiting = session
        }
        source.address = address
        session.channel.deliver(datagram)
        OpenSSLErrors.clear()
        let client = BIO_ADDR_new()
        defer {
            BIO_ADDR_free(client)
            OpenSSLErrors.clear()
        }
        let result = DTLSv1_listen(session.pointer, client)
        if result > 0 {
            waiting = nil
            // OpenSSL checks the cookie again when it takes up the handshake; by then the listener may have met other sources.
            session.cookieSource = source.copy()
            return .session(session)
        }
        session.channel.dropInput()
        if result < 0 { waiting = nil }
        guard let challenge = session.takeDatagrams().first else { return .none }
        return .challenge(challenge)
    }
}

/// The secret behind cookies: HMAC-SHA256 of the source's address.
final class DTLSCookieSource {
    var address: [UInt8] = []
    private var secrets: [[UInt8]] = []

    init() throws(TLSError) { try rotate() }

    private init(address: [UInt8], secrets: [[UInt8]]) {
        self.address = address
        self.secrets = secrets
    }

    func copy() -> DTLSCookieSource { DTLSCookieSource(address: address, secrets: secrets) }

    func rotate() throws(TLSError) {
        var secret = [UInt8](repeating: 0, count: 32)
        guard RAND_bytes(&secret, 32) == 1 else { throw .library(OpenSSLErrors.take()) }
        secrets = [secret] + secrets.prefix(1)
    }

    var cookie: [UInt8] { Self.cookie(secrets[0], address) }

    func accepts(_ cookie: [UInt8]) -> Bool {
        secrets.contains { constantTimeEqual(Self.cookie($0, address), cookie) }
    }

    private static func cookie(_ secret: [UInt8], _ address: [UInt8]) -> [UInt8] {
        TLSHash.sha256.hmac(key: secret, address) ?? []
    }
}
