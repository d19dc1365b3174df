import Foundation
public import RADIUSTransport
public import RADIUSWire

/// Puts captured replies to their requests and checks what proves them. Bounded in number and time; knows no clock but the frames'.
public struct ExchangeMatcher {
    /// Counted since the beginning.
    public struct Counts: Sendable, Equatable {
        /// UDP datagrams on the ports that are no RADIUS packet.
        public var malformed = 0
        /// Requests that got no reply while it was waited for.
        public var unanswered = 0
        /// Requests not remembered because too many waited.
        public var forgotten = 0
    }

    /// How long a reply is waited for, microseconds.
    private static let patience: Int64 = 30_000_000
    private static let capacity = 65_536

    private struct Key: Hashable {
        var source: SocketEndpoint
        var destination: SocketEndpoint
        var identifier: UInt8
    }

    private let secrets: (IPAddress) -> [SharedSecret]
    private var requests: [Key: Observation.Request] = [:]
    private var nextExpiry: Int64 = .min
    public private(set) var counts = Counts()

    /// - Parameter secrets: those that may belong to a NAS.
    public init(secrets: @escaping (IPAddress) -> [SharedSecret]) {
        self.secrets = secrets
    }

    /// Takes the next datagram, in the order of time.
    /// - Returns: nil for what is no RADIUS packet.
    public mutating func observe(_ datagram: UDPDatagram, in frame: CapturedFrame) -> Observation? {
        expire(frame.epochMicroseconds)
        let packet: Packet
        do {
            packet = try Packet(validating: datagram.payload, maximumLength: 65_535, requiresMessageAuthenticator: false)
        } catch {
            counts.malformed += 1
            return nil
        }
        return packet.code.isRequest ? request(packet, datagram, frame) : reply(packet, datagram, frame)
    }

    /// Gives up the requests that still wait, at the end of a capture.
    public mutating func finish() {
        counts.unanswered += requests.values.count { $0.replies == 0 }
        requests = [:]
    }

    private mutating func request(_ packet: Packet, _ datagram: UDPDatagram, _ frame: CapturedFrame) -> Observation {
        let candidates = self.candidates(packet, datagram)
        let proving = candidates.first { Self.proof(packet, $0) == .good }
        let secret = proving ?? (candidates.count == 1 ? candidates[0] : nil)
        let proof: Proof = proving != nil ? .good : candidates.isEmpty ? .unknown : candidates.map { Self.proof(packet, $0) }[0]
        let key = Key(source: datagram.source, destination: datagram.destination, identifier: packet.identifier)
        var retransmission = 0
        if var known = requests[key], known.packet.code == packet.code, known.packet.authenticator == packet.authenticator {
            retransmission = known.transmissions
            known.transmissions += 1
            requests[key] = known
        } else {
            if let old = requests[key], old.replies == 0 { counts.unanswered += 1 }
            if requests[key] != nil || requests.count < Self.capacity {
                requests[key] = Observation.Request(
                    datagram: datagram, packet: packet, epochMicroseconds: frame.epochMicroseconds, transmissions: 1, secret: secret)
            } else {
                counts.forgotten += 1
            }
        }
        return Observation(
            frame: frame, datagram: datagram, packet: packet, proof: proof, secret: secret, retransmission: retransmission, request: nil)
    }

    private mutating func reply(_ packet: Packet, _ datagram: UDPDatagram, _ frame: CapturedFrame) -> Observation {
        let key = Key(source: datagram.destination, destination: datagram.source, identifier: packet.identifier)
        guard var request = requests[key] else {
            return Observation(
                frame: frame, datagram: datagram, packet: packet, proof: .unknown, secret: nil, retransmission: 0, request: nil)
        }
        // A secret that the request could not prove may be proved by its reply.
        let candidates = request.secret.map { [$0] } ?? self.candidates(request.packet, request.datagram)
        let proving = candidates.first { Self.proof(packet, $0, answering: request.packet) == .good }
        let retransmission = request.replies
        request.replies += 1
        request.secret = request.secret ?? proving
        requests[key] = request
        return Observation(
            frame: frame, datagram: datagram, packet: packet, proof: proving != nil ? .good : candidates.isEmpty ? .unknown : .bad,
            secret: proving ?? request.secret, retransmission: retransmission, request: request)
    }

    /// The NAS sends requests, but for dynamic authorization, where it takes them.
    private func candidates(_ request: Packet, _ datagram: UDPDatagram) -> [SharedSecret] {
        let isTaker = request.code == .disconnectRequest || request.code == .coaRequest
        let ends = [datagram.source.address, datagram.destination.address]
        for end in isTaker ? ends.reversed() : ends {
            let found = secrets(end)
            if !found.isEmpty { return found }
        }
        return []
    }

    private static func proof(_ packet: Packet, _ secret: SharedSecret, answering request: Packet? = nil) -> Proof {
        if packet.hasMessageAuthenticator, !packet.verifyMessageAuthenticator(secret, requestAuthenticator: request?.authenticator) {
            return .bad
        }
        if let request { return packet.verifyResponseAuthenticator(secret, requestAuthenticator: request.authenticator) ? .good : .bad }
        guard packet.verifyRequestAuthenticator(secret) else { return .bad }
        let isDigested = packet.code != .accessRequest && packet.code != .statusServer
        return isDigested || packet.hasMessageAuthenticator ? .good : .absent
    }

    private mutating func expire(_ now: Int64) {
        guard now >= nextExpiry else { return }
        nextExpiry = now + 1_000_000
        let old = requests.filter { now - $0.value.epochMicroseconds > Self.patience }
        for (key, request) in old {
            if request.replies == 0 { counts.unanswered += 1 }
            requests[key] = nil
        }
    }
}
