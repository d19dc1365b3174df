import Foundation

/// A few threads, each with a value of its own, for calls that block. The queue is as long as callers wait: they come by `await`.
final class BlockingThreads<Resource>: @unchecked Sendable {
    // `condition` guards `queue` and `stopped`; resources live on their threads' stacks.
    private let condition = NSCondition()
    private var queue: [(Resource) -> Void] = []
    private var stopped = false

    /// - Parameter make: makes one thread's value, on that thread.
    init(_ count: Int, name: String, make: @escaping @Sendable () -> Resource) {
        for index in 0..<count {
            let thread = Thread { [self] in
                let resource = make()
                while let job = next() { job(resource) }
            }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    /// Runs `body` on one of the threads.
    func run<R: Sendable>(_ body: @escaping @Sendable (Resource) -> R) async -> R {
        await withCheckedContinuation { continuation in
            condition.lock()
            queue.append { continuation.resume(returning: body($0)) }
            condition.signal()
            condition.unlock()
        }
    }

    /// Lets the threads end once the queue is empty.
    func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> ((Resource) -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if stopped { return nil }
            condition.wait()
        }
        return queue.removeFirst()
    }
}
