import COpenSSL
import Digests

extension TLSSession {
    /// Server: makes this session resumable and attaches data to it; call it when authentication has succeeded.
    ///
    /// For TLS 1.3 a NewSessionTicket goes into the output unless ``prepareTicket()`` has made one. A resumed session keeps its first
    /// lifetime. Without ``TLSResumption``, and when one of the certificates has run out, nothing happens.
    public func remember(_ data: [UInt8]) {
        guard let (session, lifetime) = resumableSession() else { return }
        rememberedData = data
        guard version == .v1_3 else { return keep(session) }
        guard !prepared.isEmpty else { return makeTicket(session, lifetime) }
        for (identifier, entry) in prepared { store(entry, for: identifier) }
        prepared = [:]
    }

    /// Server, TLS 1.3: puts a NewSessionTicket into the output now, for protocols that say nothing more once they have succeeded.
    ///
    /// Nobody can resume with it before ``remember(_:)``. Up to TLS 1.2 nothing happens.
    public func prepareTicket() {
        guard version == .v1_3, let (session, lifetime) = resumableSession() else { return }
        isPreparing = true
        makeTicket(session, lifetime)
        isPreparing = false
    }

    /// The session with the time that it may be resumed; nil when it may not.
    private func resumableSession() -> (OpaquePointer, lifetime: Int)? {
        guard isEstablished, context.configuration.role == .server, context.configuration.resumption != nil,
            let session = SSL_get_session(pointer)
        else { return nil }
        OpenSSLErrors.clear()
        let lifetime = remainingLifetime(of: session)
        guard lifetime > 0 else { return nil }
        SSL_SESSION_set_timeout(session, lifetime)
        return (session, lifetime)
    }

    private func makeTicket(_ session: OpaquePointer, _ lifetime: Int) {
        ticketExpiry = SSL_SESSION_get_time(session) + lifetime
        SSL_new_session_ticket(pointer)
        SSL_do_handshake(pointer)
        OpenSSLErrors.clear()
    }

    /// Server: makes the session that was resumed, or remembered, a thing of the past.
    public func forget() {
        guard let resumption = context.configuration.resumption else { return }
        for identifier in keptIdentifiers { resumption.forget(identifier) }
        keptIdentifiers = []
    }

    /// From the full handshake on, as long as the configuration and the certificates of both sides allow.
    private func remainingLifetime(of session: OpaquePointer) -> Int {
        let begin = SSL_SESSION_get_time(session)
        if isResumed { return SSL_SESSION_get_timeout(session) }
        let ends = (peerChain + [ownCertificate].compactMap(\.self)).map(\.notAfter)
        let certificates = ends.min().map { Int($0) - begin } ?? .max
        return min(context.configuration.resumption?.lifetimeSeconds ?? 0, certificates)
    }

    /// OpenSSL has made a session: one of a server's tickets, or a client's session to come back with.
    func keep(_ session: OpaquePointer) {
        guard let resumption = context.configuration.resumption else { return }
        if context.configuration.role == .client {
            return resumption.store(entry(of: session), for: clientKey)
        }
        // Only what remember() or prepareTicket() asked for.
        guard isEstablished, isPreparing || rememberedData != nil else { return }
        if let ticketExpiry { SSL_SESSION_set_timeout(session, max(0, ticketExpiry - SSL_SESSION_get_time(session))) }
        let identifier = Self.identifier(of: session)
        guard !identifier.isEmpty else { return }
        if isPreparing {
            prepared[identifier] = entry(of: session)
        } else {
            store(entry(of: session), for: identifier)
        }
    }

    private func entry(of session: OpaquePointer) -> TLSResumption.Entry {
        TLSResumption.Entry(session: SessionEncoding.encode(session), chain: peerChain, verifiedBy: verifier, data: [])
    }

    private var verifier: TLSResumption.Verifier { TLSResumption.Verifier(context: context.number, verification: verification) }

    private func store(_ entry: TLSResumption.Entry, for identifier: [UInt8]) {
        var entry = entry
        entry.data = rememberedData ?? []
        context.configuration.resumption?.store(entry, for: identifier)
        keptIdentifiers.insert(identifier)
    }

    /// Server: finds a session that a client wants to resume, if it is still good by the rules of today.
    /// - Returns: a session for OpenSSL to own.
    func recall(_ identifier: [UInt8]) -> OpaquePointer? {
        guard let entry = context.configuration.resumption?.entry(identifier), isTrusted(entry),
            let session = SessionEncoding.decode(entry.session)
        else { return nil }
        recalled[identifier] = entry
        return session
    }

    /// Client: offers the last session with this server.
    func offerKeptSession(serverName: String?) {
        clientKey = Array("\(scope)\0\(serverName ?? "")".utf8)
        guard context.configuration.preSharedKeys == nil, let entry = context.configuration.resumption?.entry(clientKey), isTrusted(entry),
            let session = SessionEncoding.decode(entry.session)
        else { return }
        defer { SSL_SESSION_free(session) }
        if SSL_set_session(pointer, session) == 1 { recalled[clientKey] = entry }
    }

    /// The handshake is done: which session was resumed, if any?
    func noteResumption() {
        defer { recalled = [:] }
        guard SSL_session_reused(pointer) == 1, let session = SSL_get_session(pointer) else { return }
        let key = context.configuration.role == .client ? clientKey : Self.identifier(of: session)
        // A pre-shared key, or a ticket of EAP-FAST's, counts as reuse for OpenSSL.
        guard let entry = recalled[key] else { return }
        isResumed = true
        knownPeerChain = entry.chain
        guard context.configuration.role == .server else { return }
        rememberedData = entry.data
        keptIdentifiers.insert(key)
    }

    func setResumptionScope() {
        let digest = DigestAlgorithm.sha256.hash(Array("radian \(scope)".utf8))
        SSL_set_session_id_context(pointer, digest, UInt32(SSL_MAX_SID_CTX_LENGTH))
    }

    private func isTrusted(_ entry: TLSResumption.Entry) -> Bool {
        switch verification {
        case .none: true
        case .optional where context.configuration.role == .server && entry.chain.isEmpty: true
        // The certificates' own ends bound the session's; only the age of a list of revocations can tell more than its content.
        case .optional where findsTheSame(entry), .required where findsTheSame(entry): true
        case .optional, .required: TLSVerification.isStillGood(entry.chain.map(\.der), for: self)
        }
    }

    /// Whether a look at the chain would find what it found before.
    private func findsTheSame(_ entry: TLSResumption.Entry) -> Bool {
        entry.verifiedBy == verifier && context.configuration.findsTheSameAgain
    }

    private static func identifier(of session: OpaquePointer) -> [UInt8] {
        var length: UInt32 = 0
        guard let start = SSL_SESSION_get_id(session, &length) else { return [] }
        return [UInt8](UnsafeBufferPointer(start: start, count: Int(length)))
    }
}
