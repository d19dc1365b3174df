import NIOConcurrencyHelpers
import RADIUSPipeline

/// Why logins were refused a moment ago, until FreeRADIUS reports what became of them, so that the log tells the reason.
///
/// Holds at most `capacity` logins in two generations.
final class RecentReasons: Sendable {
    private struct Generations {
        var young: [String: RejectReason] = [:]
        var old: [String: RejectReason] = [:]
    }

    private let capacity: Int
    private let generations = NIOLockedValueBox(Generations())

    init(capacity: Int = 8192) {
        self.capacity = capacity
    }

    func remember(_ reason: RejectReason, username: String, station: String) {
        generations.withLockedValue { generations in
            if generations.young.count >= capacity / 2 {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young["\(username)\u{0}\(station)"] = reason
        }
    }

    func take(username: String, station: String) -> RejectReason? {
        let key = "\(username)\u{0}\(station)"
        return generations.withLockedValue { $0.young.removeValue(forKey: key) ?? $0.old.removeValue(forKey: key) }
    }
}
