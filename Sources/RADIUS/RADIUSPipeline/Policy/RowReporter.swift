public import Logging
import NIOConcurrencyHelpers

/// Logs each unusable policy row once.
///
/// Remembers up to ``capacity`` rows; beyond that it stays silent, so that a broken import cannot flood the log.
public final class RowReporter: Sendable {
    private let logger: Logger
    private let capacity: Int
    private let reported = NIOLockedValueBox<Set<RowID>>([])

    public init(logger: Logger, capacity: Int = 1000) {
        self.logger = logger
        self.capacity = capacity
    }

    func report(_ row: RowID, _ problem: String) {
        let isNew = reported.withLockedValue { reported in
            guard reported.count < capacity else { return false }
            return reported.insert(row).inserted
        }
        if isNew {
            logger.warning("policy row skipped", metadata: ["table": "\(row.table.rawValue)", "id": "\(row.id)", "problem": "\(problem)"])
        }
    }

    /// Rows reported so far.
    public var count: Int { reported.withLockedValue(\.count) }
}
