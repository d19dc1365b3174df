import RADIUSTransport
import RADIUSWire

/// Totals over what was observed.
public struct CaptureSummary: Sendable, Codable, Equatable {
    public var packets: [String: Int] = [:]
    /// Requests sent again.
    public var retransmissions = 0
    /// Packets not made with the known secret, by the NAS's address.
    public var wrongSecret: [String: Int] = [:]
    /// Access-Requests without Message-Authenticator, by the NAS's address.
    public var withoutMessageAuthenticator: [String: Int] = [:]
    public var unanswered = 0
    public var malformed = 0
    /// UDP datagrams that came in parts and were not looked at.
    public var fragments = 0
    /// Of answered requests, milliseconds.
    public var latency: Latency?

    /// How long requests waited for their reply.
    public struct Latency: Sendable, Codable, Equatable {
        public var count: Int
        public var average: Double
        public var median: Double
        public var percentile95: Double
        public var percentile99: Double
        public var longest: Double
    }

    /// Latencies kept for the percentiles; of more, an even sample.
    private static let sampleLimit = 65_536
    private var samples: [Int64] = []
    private var answered = 0
    private var total: Int64 = 0
    private var longest: Int64 = 0

    private enum CodingKeys: String, CodingKey {
        case packets, retransmissions, wrongSecret, withoutMessageAuthenticator, unanswered, malformed, fragments, latency
    }

    public init() {}

    /// Takes a packet into account.
    public mutating func add(_ observation: Observation) {
        packets[observation.packet.code.name, default: 0] += 1
        let isRequest = observation.isRequest
        if isRequest, observation.retransmission > 0 { retransmissions += 1 }
        let nas = (isRequest ? observation.datagram.source : observation.datagram.destination).address.description
        if observation.proof == .bad { wrongSecret[nas, default: 0] += 1 }
        if observation.packet.code == .accessRequest, !observation.packet.hasMessageAuthenticator {
            withoutMessageAuthenticator[nas, default: 0] += 1
        }
        guard let latency = observation.latencyMicroseconds, observation.retransmission == 0 else { return }
        total += latency
        longest = max(longest, latency)
        if answered < Self.sampleLimit {
            samples.append(latency)
        } else {
            let place = Int.random(in: 0...answered)
            if place < Self.sampleLimit { samples[place] = latency }
        }
        answered += 1
    }

    /// Computes what needs all packets.
    public mutating func finish(_ counts: ExchangeMatcher.Counts) {
        unanswered = counts.unanswered
        malformed = counts.malformed
        guard answered > 0 else { return }
        let sorted = samples.sorted()
        func milliseconds(_ share: Double) -> Double { Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000 }
        latency = Latency(
            count: answered, average: Double(total) / Double(answered) / 1000, median: milliseconds(0.5), percentile95: milliseconds(0.95),
            percentile99: milliseconds(0.99), longest: Double(longest) / 1000)
    }
}
