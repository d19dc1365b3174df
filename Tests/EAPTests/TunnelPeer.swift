import Digests
import TLSEngine

@testable import EAP

/// The peer of EAP-TLS, TTLS or PEAP, scripted inside the tunnel.
final class TunnelPeer {
    /// What the peer says inside to what it hears; nothing when it only acknowledges.
    typealias Speech = (_ peer: TunnelPeer, _ plaintext: [UInt8]) -> [UInt8]

    let session: TLSSession
    let type: EAPType
    private var framing: TLSFraming
    private let identity: String
    private let speech: Speech
    /// Speaks along with its last handshake flight, where TLS 1.3 allows it.
    var isEager = false
    /// Identifier of the request at hand.
    private(set) var identifier: UInt8 = 0

    init(_ type: EAPType, _ context: TLSContext, fragment: Int = 1000, identity: String = "anonymous", _ speech: @escaping Speech) throws {
        self.type = type
        self.identity = identity
        self.speech = speech
        session = try TLSSession(context, scope: type.name)
        framing = TLSFraming(
            limits: TLSFraming.Limits(packet: fragment, message: 65536, includesLength: fragment % 2 == 0), version: type == .tls ? nil : 0)
    }

    var firstPacket: EAPPacket { EAPPacket(.response, identifier: 1, type: .identity, data: Array(identity.utf8)) }

    /// The response to a request.
    func answer(_ request: EAPPacket) throws -> EAPPacket {
        identifier = request.identifier
        guard request.type == type else { return response(.nak, [type.rawValue]) }
        guard request.data.first.map({ $0 & 0x20 == 0 }) ?? true else {
            _ = session.receive([])
            return response(type, framing.begin(session.takeOutput()))
        }
        switch try framing.receive(request.data) {
        case .fragment: return response(type, framing.acknowledgement)
        case .acknowledged: return response(type, framing.nextFragment())
        case .message(let message):
            if !message.isEmpty { _ = session.receive(message) }
            var output = session.takeOutput()
            if session.isEstablished, isEager || output.isEmpty {
                let words = speech(self, session.takePlaintext())
                if !words.isEmpty {
                    try? session.send(words)
                    output += session.takeOutput()
                }
            }
            return response(type, framing.begin(output))
        }
    }

    private func response(_ type: EAPType, _ data: [UInt8]) -> EAPPacket {
        EAPPacket(.response, identifier: identifier, type: type, data: data)
    }

    /// EAP-TLS says nothing inside.
    static var silence: Speech { { _, _ in [] } }

    /// TTLS with PAP.
    static func pap(_ name: String, _ password: String) -> Speech {
        { _, heard in
            heard.isEmpty
                ? DiameterAVP(code: 1, value: Array(name.utf8)).bytes + DiameterAVP(code: 2, value: Array(password.utf8)).bytes : []
        }
    }

    /// PEAP with GTC; Result TLVs are echoed.
    static func peapGTC(_ name: String, _ password: String) -> Speech {
        { peer, heard in
            if heard.count > 4, heard[0] == 1, heard[4] == 33 { return [2, heard[1], 0, 11, 33, 0x80, 3, 0, 2, 0, heard[10]] }
            switch heard.count == 5 ? heard[4] : heard.first {
            case EAPType.identity.rawValue: return [1] + name.utf8
            case EAPType.gtc.rawValue: return [6] + password.utf8
            case nil: return []
            default: return [3, 6]
            }
        }
    }

    /// TTLS or PEAP with whatever octets, once the tunnel stands.
    static func noise(_ octets: [UInt8]) -> Speech { { _, _ in octets } }
}

/// Runs a conversation and its peer to the end.
struct TunnelRun {
    var last: EAPStep
    /// Requests that the server sent.
    var requests: Int
    /// The largest of them.
    var largest: Int

    /// - Parameters:
    ///   - verdict: policy.
    ///   - disturb: sees each response before it is delivered, as a network would.
    init(
        _ conversation: EAPConversation, _ peer: TunnelPeer, verdict: (EAPAuthentication) -> EAPVerdict = TestUser.bob.verdict,
        disturb: (EAPConversation, [UInt8]) -> Void = { _, _ in }
    ) throws {
        var response = peer.firstPacket.bytes
        (requests, largest) = (0, 0)
        while true {
            disturb(conversation, response)
            var step = conversation.handle(response)
            if case .authenticate(let authentication) = step { step = conversation.resume(verdict(authentication)) }
            last = step
            guard case .challenge(let bytes) = step else { return }
            requests += 1
            largest = max(largest, bytes.count)
            response = try peer.answer(EAPPacket(bytes)).bytes
        }
    }
}
