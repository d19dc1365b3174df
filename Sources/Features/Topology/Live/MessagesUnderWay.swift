import NIOConcurrencyHelpers
import NIOCore
import WebRouting

/// Messages that some watcher still has to get: how much memory they take.
final class MessagesUnderWay: Sendable {
    private struct Entry {
        weak var message: SharedMessage?
    }

    private let entries = NIOLockedValueBox<[Entry]>([])

    func note(_ message: SharedMessage) {
        entries.withLockedValue { $0.append(Entry(message: message)) }
    }

    /// Octets of all of them.
    var octets: Int {
        entries.withLockedValue { entries in
            entries.removeAll { $0.message == nil }
            return entries.reduce(0) { $0 + ($1.message?.text.readableBytes ?? 0) }
        }
    }
}
