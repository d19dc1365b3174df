import Foundation
import Glibc
import RADIUSDictionary
import RADIUSWire

@testable import EAP

/// RADIUS over UDP around ``EAPConversation``, enough for real supplicants: one thread, one table of conversations.
///
/// `@unchecked Sendable`: `lock` guards everything that changes.
final class TestRADIUSServer: @unchecked Sendable {
    /// How one conversation ended.
    struct Outcome {
        var isAccepted: Bool
        var method: String
        var identity: String
        var outerIdentity: String
        var facts: [(name: String, value: String)]
        var failure: EAPFailure?
        /// Access-Requests that it took.
        var rounds: Int

        func fact(_ name: String) -> String? { facts.first { $0.name == name }?.value }
    }

    private static let dictionary = try? AttributeDictionary(
        source: """
            VENDOR Microsoft 311
            BEGIN-VENDOR Microsoft
            ATTRIBUTE MS-MPPE-Send-Key 16 octets encrypt=2
            ATTRIBUTE MS-MPPE-Recv-Key 17 octets encrypt=2
            END-VENDOR Microsoft
            """)

    let port: UInt16
    let secret = SharedSecret(Array("testing123".utf8))
    private let settings: EAPSettings
    private let policy: @Sendable (EAPAuthentication) -> EAPVerdict
    private let socket: Int32
    private let lock = NSLock()
    private var ended: [Outcome] = []
    private var isStopped = false
    private var conversations: [[UInt8]: (EAPConversation, rounds: Int)] = [:]

    /// - Parameter policy: answers what conversations ask.
    init(_ settings: EAPSettings, policy: @escaping @Sendable (EAPAuthentication) -> EAPVerdict = TestUser.bob.verdict) throws {
        self.settings = settings
        self.policy = policy
        socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        var wait = timeval(tv_sec: 0, tv_usec: 50_000)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        Thread.detachNewThread { self.serve() }
    }

    /// All conversations that have ended, in order.
    var outcomes: [Outcome] { lock.withLock { ended } }

    func stop() { lock.withLock { isStopped = true } }

    private func serve() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !lock.withLock({ isStopped }) {
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let count = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(socket, &buffer, buffer.count, 0, $0, &size) }
            }
            guard count > 0, let packet = try? Packet(validating: Array(buffer[..<count])), packet.verifyMessageAuthenticator(secret),
                let reply = answer(packet)
            else { continue }
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(socket, reply, reply.count, 0, $0, size) }
            }
        }
        close(socket)
    }

    private func answer(_ packet: Packet) -> [UInt8]? {
        let message = packet.attributes.filter { $0.type == 79 }.flatMap { packet.bytes[$0.range] }
        let state = packet.value(24).map { Array($0) }
        let known = state.flatMap { conversations.removeValue(forKey: $0) }
        let conversation = known?.0 ?? EAPConversation(settings, maximumSize: packet.integer(12).map { Int($0) })
        let rounds = (known?.rounds ?? 0) + 1
        var step = conversation.handle(message)
        while case .authenticate(let authentication) = step { step = conversation.resume(policy(authentication)) }
        var encoder = AttributeEncoder(secret: secret, vector: packet.authenticator)
        do {
            switch step {
            case .challenge(let request):
                let state = EAPSettings(methods: []).random(16)
                conversations[state] = (conversation, rounds)
                try encoder.append(type: 79, request)
                try encoder.append(type: 24, state)
                return try Packet.reply(.accessChallenge, to: packet, attributes: encoder.bytes, secret: secret)
            case .accept(let success, let keys):
                note(conversation, nil, rounds)
                try encoder.append(type: 79, success)
                if let keys { try append(keys, to: &encoder) }
                return try Packet.reply(.accessAccept, to: packet, attributes: encoder.bytes, secret: secret)
            case .reject(let bytes, let failure):
                note(conversation, failure, rounds)
                try encoder.append(type: 79, bytes)
                return try Packet.reply(.accessReject, to: packet, attributes: encoder.bytes, secret: secret)
            case .discard, .authenticate:
                if let state { conversations[state] = (conversation, rounds) }
                return nil
            }
        } catch {
            return nil
        }
    }

    private func append(_ keys: EAPKeys, to encoder: inout AttributeEncoder) throws {
        for (number, range) in [(UInt32(17), 0..<32), (16, 32..<64)] {
            guard let definition = Self.dictionary?.attribute(vendor: 311, number) else { continue }
            try encoder.append(Attribute(definition, value: .bytes(Array(keys.msk[range]))))
        }
        if !keys.sessionID.isEmpty { try encoder.append(type: 102, keys.sessionID) }
    }

    private func note(_ conversation: EAPConversation, _ failure: EAPFailure?, _ rounds: Int) {
        let outcome = Outcome(
            isAccepted: failure == nil, method: conversation.methodName,
            identity: String(decoding: conversation.identity ?? [], as: UTF8.self),
            outerIdentity: String(decoding: conversation.outerIdentity ?? [], as: UTF8.self), facts: conversation.facts, failure: failure,
            rounds: rounds)
        lock.withLock { ended.append(outcome) }
    }
}
