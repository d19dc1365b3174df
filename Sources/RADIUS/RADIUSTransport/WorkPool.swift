import NIOConcurrencyHelpers

/// Threads for work too slow for a packet batch, behind a bounded queue.
///
/// `@unchecked Sendable`: `lock` guards every stored variable.
public final class WorkPool: @unchecked Sendable {
    private struct Job {
        let work: @Sendable () -> Void
        let onShed: @Sendable () -> Void
    }

    private enum Condition { case idle, ready }

    private let lock = ConditionLock(value: Condition.idle)
    private let capacity: Int
    private var queue: [Job?]
    private var first = 0
    private var count = 0
    private var isStopped = false
    private var shed: UInt64 = 0
    private var threads: [NamedThread] = []

    /// - Parameters:
    ///   - threads: 1 or more.
    ///   - capacity: jobs that may wait, 1 or more.
    public init(threads: Int, capacity: Int, name: String = "work") {
        self.capacity = max(1, capacity)
        queue = Array(repeating: nil, count: max(1, capacity))
        lock.lock()
        for index in 0..<max(1, threads) {
            self.threads.append(NamedThread("\(name)-\(index)") { [self] in work() })
        }
        lock.unlock()
    }

    /// Runs `work` on one of the threads, in order of submission. Never waits.
    ///
    /// - Parameter onShed: called instead of `work` where the queue overflows while this job is its oldest, or the pool stops; on the
    ///   thread that submits or stops.
    public func submit(_ work: @escaping @Sendable () -> Void, onShed: @escaping @Sendable () -> Void) {
        lock.lock()
        guard !isStopped else {
            lock.unlock()
            return onShed()
        }
        var oldest: Job?
        if count == capacity {
            oldest = removeFirst()
            shed += 1
        }
        queue[(first + count) % capacity] = Job(work: work, onShed: onShed)
        count += 1
        lock.unlock(withValue: .ready)
        oldest?.onShed()
    }

    /// Jobs that wait.
    public var waiting: Int { lock.withLock { count } }

    /// Jobs shed because the queue was full.
    public var shedCount: UInt64 { lock.withLock { shed } }

    /// Sheds what waits, lets running jobs end, joins the threads. Call once.
    public func stop() {
        lock.lock()
        isStopped = true
        var rest: [Job] = []
        while let job = removeFirst() { rest.append(job) }
        let threads = self.threads
        self.threads = []
        lock.unlock(withValue: .ready)
        for job in rest { job.onShed() }
        for thread in threads { thread.join() }
    }

    private func removeFirst() -> Job? {
        guard count > 0 else { return nil }
        let job = queue[first]
        queue[first] = nil
        first = (first + 1) % capacity
        count -= 1
        return job
    }

    private func work() {
        while true {
            lock.lock(whenValue: .ready)
            let job = removeFirst()
            let isOver = isStopped
            lock.unlock(withValue: count > 0 || isOver ? .ready : .idle)
            if let job { job.work() } else if isOver { return }
        }
    }
}

extension ConditionLock {
    fileprivate func withLock<R>(_ body: () -> R) -> R {
        lock()
        defer { unlock() }
        return body()
    }
}
