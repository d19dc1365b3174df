import NIOConcurrencyHelpers

/// Which gateways are spared for a moment, so that an outage costs neither attempts nor time.
final class GatewayHealth: Sendable {
    private struct Entry {
        var failures = 0
        /// Microseconds since 1970 UTC.
        var restsUntil: Int64 = 0
    }

    private let entries = NIOLockedValueBox<[String: Entry]>([:])
    private let limit: Int
    private let rest: Int64

    /// - Parameters:
    ///   - limit: failures in a row that begin a rest.
    ///   - restSeconds: how long one lasts.
    init(limit: Int, restSeconds: Int64) {
        self.limit = limit
        rest = restSeconds * 1_000_000
    }

    func isResting(_ gateway: String, now: Int64) -> Bool {
        entries.withLockedValue { $0[gateway].map { $0.restsUntil > now } ?? false }
    }

    func succeeded(_ gateway: String) {
        entries.withLockedValue { $0[gateway] = nil }
    }

    func failed(_ gateway: String, now: Int64) {
        entries.withLockedValue {
            $0[gateway, default: Entry()].failures += 1
            // After the rest, one more failure begins the next.
            if $0[gateway, default: Entry()].failures >= limit { $0[gateway]?.restsUntil = now + rest }
        }
    }
}
