import COpenSSL

/// One TLS or DTLS association without I/O: ciphertext in, ciphertext and plaintext out. One thread at a time.
///
/// Octets of DTLS come and go in datagrams: ``receive(_:)`` takes one, ``takeDatagrams()`` gives them. A handshake does public-key work
/// inside ``receive(_:)``, some milliseconds with RSA.
public final class TLSSession {
    public enum Progress: Sendable {
        case handshaking
        case established
        /// The peer has closed the association properly.
        case closed
        case failed(TLSFailure)
    }

    /// Input that OpenSSL leaves unread, or plaintext that the caller leaves, beyond this is an attack.
    static let pendingLimit = 1 << 20

    public let context: TLSContext
    /// Kinds of use that must not resume each other's sessions, such as an EAP method's name.
    public let scope: String
    /// Of the peer's certificate: the configuration's, or what this session was made with.
    public let verification: TLSConfiguration.Verification
    /// Why the peer's certificate was refused, in plain words; nil: it was not.
    public internal(set) var verificationFailure: String?
    /// The certificate of this side: a server's by the name that its client asked for; nil: none.
    public internal(set) var ownCertificate: Certificate?
    /// The identity of the pre-shared key that was asked for; proves something once ``isEstablished`` and no certificate was used.
    public internal(set) var preSharedKeyIdentity: String?
    public private(set) var isEstablished = false
    /// Data of the session that was resumed; nil after a full handshake.
    public internal(set) var rememberedData: [UInt8]?
    /// True after an abbreviated handshake with a session of ``TLSResumption``.
    public internal(set) var isResumed = false

    let pointer: OpaquePointer
    let channel: TLSChannel
    var recalled: [[UInt8]: TLSResumption.Entry] = [:]
    /// Of the established session; see ``peerChain``.
    var knownPeerChain: [Certificate]?
    var ticketHandler: SessionTicketHandler?
    var presentedTicket: [UInt8] = []
    var cookieSource: DTLSCookieSource?
    /// Under which the server keeps this session.
    var keptIdentifiers: Set<[UInt8]> = []
    /// Seconds since 1970 at which this session's tickets end.
    var ticketExpiry: Int?
    /// Tickets that the peer has and that remember() has yet to make good, by identifier.
    var prepared: [[UInt8]: TLSResumption.Entry] = [:]
    var isPreparing = false
    /// Under which a client keeps its session.
    var clientKey: [UInt8] = []
    private var plaintext: [[UInt8]] = []
    private var plaintextCount = 0
    private var ending: Progress?
    private var fatalAlert: (sent: Bool, code: UInt8, name: String)?

    /// - Parameters:
    ///   - serverName: client: instead of the configuration's.
    ///   - scope: sessions are resumed within one scope only.
    ///   - verification: of the peer's certificate, instead of the configuration's.
    public init(
        _ context: TLSContext, serverName: String? = nil, scope: String = "", verification: TLSConfiguration.Verification? = nil
    ) throws(TLSError) {
        OpenSSLErrors.clear()
        let configuration = context.configuration
        let channel = TLSChannel(isDatagram: configuration.transport == .datagram)
        guard let pointer = SSL_new(context.pointer) else { throw .library(OpenSSLErrors.take()) }
        guard let bio = channel.makeBIO() else {
            SSL_free(pointer)
            throw .library(OpenSSLErrors.take())
        }
        SSL_set_bio(pointer, bio, bio)
        self.context = context
        ownCertificate = context.certificate
        self.scope = scope
        self.verification = verification ?? configuration.verification
        self.pointer = pointer
        self.channel = channel
        SSL_set_ex_data(pointer, 0, Unmanaged.passUnretained(self).toOpaque())
        // The context's callback stays.
        SSL_set_verify(pointer, self.verification.mode, nil)
        if configuration.transport == .datagram { prepareDatagrams() }
        if configuration.role == .server {
            setResumptionScope()
            SSL_set_accept_state(pointer)
        } else {
            try setServerName(serverName ?? configuration.serverName)
            offerKeptSession(serverName: serverName ?? configuration.serverName)
            SSL_set_connect_state(pointer)
        }
    }

    deinit {
        // A session that was not shut down would be forgotten; EAP never shuts down.
        SSL_set_shutdown(pointer, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(pointer)
    }

    static func of(_ ssl: OpaquePointer?) -> TLSSession? {
        guard let ssl, let data = SSL_get_ex_data(ssl, 0) else { return nil }
        return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
    }

    /// Feeds ciphertext and goes on as far as possible; a client begins with none. Then see ``takeOutput()``: failures have alerts to send.
    /// - Parameter ciphertext: of any length; one datagram for DTLS.
    public func receive(_ ciphertext: [UInt8]) -> Progress {
        if let ending { return ending }
        if !ciphertext.isEmpty { channel.deliver(ciphertext) }
        return advance()
    }

    /// Ciphertext to send now, alerts too.
    public func takeOutput() -> [UInt8] { Array(channel.takeOutput().joined()) }

    /// DTLS: the same as datagrams.
    public func takeDatagrams() -> [[UInt8]] { channel.takeOutput() }

    /// What the peer has sent inside since the last call.
    public func takePlaintext() -> [UInt8] { Array(takePlaintextRecords().joined()) }

    /// The same record by record: RADIUS/DTLS has one packet in each (RFC 7360 §5.1).
    public func takePlaintextRecords() -> [[UInt8]] {
        defer {
            plaintext = []
            plaintextCount = 0
        }
        return plaintext
    }

    /// Encrypts; ``takeOutput()`` has the result.
    /// - Parameter bytes: any number for TLS; one record for DTLS, at most 16384.
    public func send(_ bytes: [UInt8]) throws(TLSFailure) {
        if case .failed(let failure) = ending { throw failure }
        guard isEstablished, SSL_get_shutdown(pointer) & SSL_SENT_SHUTDOWN == 0 else { throw TLSFailure(reason: "the session is not open") }
        guard !bytes.isEmpty else { return }
        OpenSSLErrors.clear()
        var written = 0
        guard SSL_write_ex(pointer, bytes, bytes.count, &written) == 1 else { throw fail(OpenSSLErrors.take()) }
    }

    /// Puts close_notify into the output; nothing can be sent afterwards.
    public func close() {
        guard isEstablished, ending == nil, SSL_get_shutdown(pointer) & SSL_SENT_SHUTDOWN == 0 else { return }
        OpenSSLErrors.clear()
        SSL_shutdown(pointer)
        OpenSSLErrors.clear()
    }

    func advance() -> Progress {
        OpenSSLErrors.clear()
        if !isEstablished {
            let result = SSL_do_handshake(pointer)
            guard result == 1 else { return stop(result) }
            isEstablished = true
            noteResumption()
        }
        return readPlaintext()
    }

    private func readPlaintext() -> Progress {
        while true {
            var count = 0
            var result: Int32 = 0
            let record = [UInt8](unsafeUninitializedCapacity: Int(SSL3_RT_MAX_PLAIN_LENGTH)) { buffer, filled in
                result = SSL_read_ex(pointer, buffer.baseAddress, buffer.count, &count)
                filled = result == 1 ? count : 0
            }
            guard result == 1 else { return stop(result) }
            plaintext.append(record)
            plaintextCount += count
            guard plaintextCount <= Self.pendingLimit else { return .failed(fail("too much data at once")) }
        }
    }

    /// What a call that has not succeeded means.
    private func stop(_ result: Int32) -> Progress {
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            guard channel.pendingInput <= Self.pendingLimit else { return .failed(fail("too much data at once")) }
            return isEstablished ? .established : .handshaking
        case SSL_ERROR_ZERO_RETURN:
            ending = .closed
            return .closed
        default: return .failed(fail(OpenSSLErrors.take()))
        }
    }

    func fail(_ reason: String) -> TLSFailure {
        let failure = TLSFailure(alert: fatalAlert, reason: verificationFailure ?? reason)
        ending = .failed(failure)
        channel.dropInput()
        // RFC 5246 §7.2.2: what ended with an error is not resumed.
        forget()
        return failure
    }

    func noteAlert(_ code: UInt8, isFatal: Bool, isSent: Bool) {
        guard isFatal else { return }
        fatalAlert = (isSent, code, String(cString: SSL_alert_desc_string_long(Int32(code))))
    }

    private func setServerName(_ name: String?) throws(TLSError) {
        guard let name, !name.isEmpty else { return }
        let parameters = SSL_get0_param(pointer)
        let checks = context.configuration.checksServerName && verification != .none
        // An address is matched with the certificate's addresses and never sent (RFC 6066 §3).
        if let address = a2i_IPADDRESS(name) {
            ASN1_OCTET_STRING_free(address)
            if checks { X509_VERIFY_PARAM_set1_ip_asc(parameters, name) }
            return
        }
        let isSet = name.withCString {
            SSL_ctrl(pointer, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), UnsafeMutableRawPointer(mutating: $0))
        }
        guard isSet == 1, !checks || X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1 else {
            throw .setting(name: "server name", reason: OpenSSLErrors.take())
        }
    }
}
