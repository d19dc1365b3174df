import NIOConcurrencyHelpers

/// Replies that wait for their time, sent by one thread of its own. Bounded.
///
/// `@unchecked Sendable`: `lock` guards every stored variable.
final class DelayQueue: @unchecked Sendable {
    /// A reply that the duplicate cache holds.
    struct Entry: Sendable {
        var due: UInt64
        var exchange: Exchange
        var code: UInt8
    }

    private enum Condition { case settled, changed }

    private let lock = ConditionLock(value: Condition.settled)
    private let limit: Int
    private let clock: TransportClock
    private let send: @Sendable (Entry) -> Void
    /// A binary heap: each entry is due no later than the two at `2n + 1` and `2n + 2`.
    private var heap: [Entry] = []
    private var isStopped = false
    private var thread: NamedThread?

    /// - Parameter send: called on the queue's thread when an entry is due.
    init(limit: Int, clock: TransportClock, name: String, send: @escaping @Sendable (Entry) -> Void) {
        self.limit = limit
        self.clock = clock
        self.send = send
        thread = NamedThread(name) { [self] in run() }
    }

    /// False where the queue is full or stopped: the reply has to go at once.
    func insert(_ entry: Entry) -> Bool {
        lock.lock()
        guard !isStopped, heap.count < limit else {
            lock.unlock()
            return false
        }
        let isFirst = heap.first.map { entry.due < $0.due } ?? true
        push(entry)
        if isFirst { lock.unlock(withValue: .changed) } else { lock.unlock() }
        return true
    }

    /// Sends everything at once and joins the thread.
    func stop() {
        lock.lock()
        isStopped = true
        let thread = self.thread
        self.thread = nil
        lock.unlock(withValue: .changed)
        thread?.join()
    }

    private func run() {
        while true {
            lock.lock()
            let now = clock.monotonic()
            var due: [Entry] = []
            while let first = heap.first, isStopped || first.due <= now { due.append(pop(first)) }
            let next = heap.first?.due
            let isOver = isStopped
            lock.unlock(withValue: .settled)
            for entry in due { send(entry) }
            if isOver { return }
            if let next {
                let seconds = Double(next &- min(next, clock.monotonic())) / 1e9
                if lock.lock(whenValue: .changed, timeoutSeconds: seconds) { lock.unlock() }
            } else {
                lock.lock(whenValue: .changed)
                lock.unlock()
            }
        }
    }

    private func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the root, which is `first`.
    private func pop(_ first: Entry) -> Entry {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due { least = child }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
