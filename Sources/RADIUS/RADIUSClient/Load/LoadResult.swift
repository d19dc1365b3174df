import Foundation

/// What a load run measured. Counts hold the requests that were sent after the warm-up.
public struct LoadResult: Encodable, Equatable, Sendable {
    /// Microseconds from the sending of a request, or in an open loop from when it was due, to its verified reply.
    public struct Latency: Encodable, Equatable, Sendable {
        public var p50: Double
        public var p99: Double
        public var p999: Double
        public var max: Double
    }

    public var kind: LoadSettings.Kind
    /// Seconds from the end of the warm-up to the end of the run.
    public var seconds: Double
    public var sent: Int
    /// Verified replies each second.
    public var requestsPerSecond: Double
    public var accepts: Int
    public var rejects: Int
    public var challenges: Int
    public var accountingResponses: Int
    /// Requests without a valid reply in time, their retransmissions included.
    public var timeouts: Int
    public var retransmissions: Int
    /// Replies whose Response Authenticator does not fit their request; their requests time out. Every reply is checked.
    public var badAuthenticators: Int
    /// Valid replies that came after their request was given up, or twice.
    public var late: Int
    /// Datagrams that are no reply to any request of this run.
    public var unexpected: Int
    /// Requests of an open loop that were due but never sent, for want of time or of identifiers.
    public var unsent: Int
    /// Verified replies to requests of the warm-up, for those who measure the server over the whole run.
    public var warmUpReplies: Int
    public var latencyMicroseconds: Latency
    /// CPU time of the generator's threads: near `seconds` for each thread the generator itself is the limit.
    public var generatorCPUSeconds: Double

    /// Verified replies of every kind.
    public var replies: Int { accepts + rejects + challenges + accountingResponses }

    /// One JSON object, keys in snake case.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// A table of two columns for people; lines that are zero and expected to be zero are left out.
    public var table: String {
        var rows: [(String, String)] = [
            ("requests/s", Self.number(requestsPerSecond)),
            ("sent", "\(sent) in \(Self.number(seconds)) s"),
        ]
        let counts = [
            ("accepts", accepts), ("rejects", rejects), ("challenges", challenges), ("accounting responses", accountingResponses),
            ("timeouts", timeouts), ("retransmissions", retransmissions), ("bad authenticators", badAuthenticators),
            ("late or repeated", late), ("unexpected", unexpected), ("due but not sent", unsent),
        ]
        for (name, count) in counts where count > 0 { rows.append((name, String(count))) }
        let latency = latencyMicroseconds
        for (name, value) in [("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999), ("max", latency.max)] {
            rows.append(("latency \(name)", "\(Self.number(value / 1000)) ms"))
        }
        rows.append(("generator CPU", "\(Self.number(generatorCPUSeconds)) s"))
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String {
        String(format: value >= 1000 ? "%.0f" : "%.3g", value)
    }
}
