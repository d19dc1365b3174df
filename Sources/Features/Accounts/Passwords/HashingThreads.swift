import Foundation
import HTTPTypes
import Localization
import WebRouting

/// A few threads for password hashes behind a bounded queue: a hash takes a core for tens of milliseconds, which neither an event loop
/// nor a thread of the cooperative pool may spend.
///
/// `@unchecked Sendable`: `condition` guards every variable.
final class HashingThreads: @unchecked Sendable {
    private let condition = NSCondition()
    private var queue: [@Sendable () -> Void] = []
    private var isStopped = false
    private let capacity: Int

    /// - Parameters:
    ///   - threads: 1 or more.
    ///   - capacity: jobs that may wait.
    init(threads: Int, capacity: Int) {
        self.capacity = capacity
        for index in 0..<max(1, threads) {
            let thread = Thread { [weak self] in
                // The pool is let go between jobs, so that it ends when nobody keeps it.
                while let job = self?.next() { job() }
            }
            thread.name = "password-\(index)"
            thread.start()
        }
    }

    /// Runs `work` on one of the threads.
    /// - Throws: 503 when too many wait already.
    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            condition.lock()
            defer { condition.unlock() }
            guard !isStopped, queue.count < capacity else {
                return continuation.resume(
                    throwing: Problem(.serviceUnavailable, "The server is busy. Try again in a moment.", headers: [.retryAfter: "1"]))
            }
            queue.append { continuation.resume(returning: work()) }
            condition.signal()
        }
    }

    /// Jobs that wait.
    var waiting: Int {
        condition.lock()
        defer { condition.unlock() }
        return queue.count
    }

    /// Ends the threads once the queue is empty.
    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if isStopped { return nil }
            condition.wait()
        }
        return queue.removeFirst()
    }
}
