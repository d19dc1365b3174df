internal import TLSEngine

/// TLS between a method and its peer: handshake, fragments, protected data and the alert before a Failure.
///
/// All TLS based methods share it; they differ in what they say once the handshake is complete.
final class TLSTunnel {
    /// What a packet of the peer leads to.
    enum Event {
        /// Send this type-data.
        case request([UInt8])
        /// The handshake is complete and the peer has all of it; it has said this under its protection, perhaps nothing.
        case ready([UInt8])
        case failed(EAPFailure)
    }

    let type: EAPType
    private let tls: TLSContext
    private let verification: TLSConfiguration.Verification
    private let scope: String
    /// Nil before ``begin()``.
    private(set) var begun: TLSSession?
    private var framing: TLSFraming
    /// Why it ends, once the peer has seen the alert.
    private(set) var ending: EAPFailure?
    /// Of policy's last verdict: kept with the session.
    var resumptionTag: [UInt8] = []
    var allowsResumption = true

    /// - Parameters:
    ///   - version: the method's version in the flags; nil for EAP-TLS.
    /// - Returns: nil without TLS settings.
    init?(_ context: EAPMethodContext, _ type: EAPType, version: UInt8?, verification: TLSConfiguration.Verification) {
        guard let tls = context.settings.tls else { return nil }
        self.tls = tls
        self.verification = verification
        // What runs inside a tunnel is never resumed (RFC 9930 §3.6.4): a scope of its own keeps it from the outer one's sessions.
        scope = context.tunnel.map { "\($0.name)/\(type.name)" } ?? type.name
        self.type = type
        let settings = context.settings
        framing = TLSFraming(
            limits: TLSFraming.Limits(
                packet: context.packetLimit, message: settings.maximumMessageOctets,
                includesLength: settings.includesLength && type != .teap),
            version: version, takesOuterTLVs: type == .teap)
    }

    /// The TLS session, once the peer has spoken or after ``begin()``.
    var session: TLSSession {
        // No packet leads here: a method's data goes through receive() before anything else, which begins or fails.
        guard let begun else { preconditionFailure("TLS has not begun") }
        return begun
    }

    /// Makes the session. The peer's first response does it otherwise: most of a conversation's memory is not spent on peers that want
    /// another method or never answer.
    /// - Returns: false when OpenSSL is out of memory.
    func begin() -> Bool {
        if begun == nil { begun = try? TLSSession(tls, scope: scope, verification: verification) }
        return begun != nil
    }

    /// Whether the next packet may need private or public keys.
    var needsWorker: Bool { begun?.isEstablished != true && !framing.hasFragments }

    /// TLVs beside the last message's TLS data.
    var outerTLVs: [UInt8] { framing.outerTLVs }

    /// Type-data of the Start request; see ``TLSFraming/start(_:isOuterTLVs:)``.
    func start(_ data: [UInt8] = [], isOuterTLVs: Bool = false) -> [UInt8] { framing.start(data, isOuterTLVs: isOuterTLVs) }

    /// Type-data that lets the peer speak.
    var acknowledgement: [UInt8] { framing.acknowledgement }

    /// Takes type-data of a response.
    func receive(_ data: [UInt8]) -> Event {
        guard begin() else { return .failed(.tls("no memory for a session")) }
        do throws(EAPFailure) {
            switch try framing.receive(data) {
            case .fragment: return .request(framing.acknowledgement)
            case .acknowledged: return .request(framing.nextFragment())
            case .message(let message): return take(message)
            }
        } catch {
            return .failed(error)
        }
    }

    private func take(_ message: [UInt8]) -> Event {
        if let ending { return .failed(ending) }
        if message.isEmpty {
            return session.isEstablished ? .ready([]) : .failed(.unexpected("empty message in the handshake"))
        }
        let wasEstablished = session.isEstablished
        let progress = session.receive(message)
        switch progress {
        case .handshaking:
            return .request(framing.begin(session.takeOutput()))
        case .established:
            // The last flight of a full handshake up to TLS 1.2 is ours; the peer's next packet follows it.
            let output = wasEstablished ? [] : session.takeOutput()
            return output.isEmpty ? .ready(session.takePlaintext()) : .request(framing.begin(output))
        case .closed:
            return .failed(.tls("closed by the peer"))
        case .failed(let failure):
            return end(.tls(failure.description))
        }
    }

    /// Sends data under the tunnel's protection, with whatever else TLS has to say.
    func send(_ plaintext: [UInt8]) -> EAPMethodStep {
        do throws(TLSFailure) {
            try session.send(plaintext)
        } catch {
            return .failure(.tls(error.description))
        }
        return .request(framing.begin(session.takeOutput()))
    }

    /// Sends what TLS has to say by itself, such as a ticket; nil when it has nothing.
    func flush() -> EAPMethodStep? {
        let output = session.takeOutput()
        return output.isEmpty ? nil : .request(framing.begin(output))
    }

    /// Ends with the alert that TLS has ready, if any, and when the peer has seen it with `failure`.
    private func end(_ failure: EAPFailure) -> Event {
        let alert = session.takeOutput()
        guard !alert.isEmpty else { return .failed(failure) }
        ending = failure
        return .request(framing.begin(alert))
    }
}
