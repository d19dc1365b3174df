import NIOConcurrencyHelpers
import RADIUSTransport

/// Calls closures when their time has come, on one thread of its own.
///
/// `@unchecked Sendable`: `lock` guards every stored variable.
public final class ProxyTimer: @unchecked Sendable {
    public typealias Instant = ContinuousClock.Instant

    /// A closure that waits; letting it go does not cancel it.
    struct Token: Sendable {
        fileprivate let id: UInt64
    }

    private enum Condition { case settled, changed }

    private let lock = ConditionLock(value: Condition.settled)
    /// A binary heap: each entry is due no later than the two at `2n + 1` and `2n + 2`. Cancelled ones stay until they are due.
    private var heap: [(due: Instant, id: UInt64)] = []
    private var actions: [UInt64: @Sendable () -> Void] = [:]
    private var nextID: UInt64 = 0
    private var isStopped = false
    private var thread: NamedThread?

    /// The thread starts with the first closure.
    public init() {}

    /// Drops what waits and joins the thread. Not to be called from a closure.
    public func stop() {
        lock.lock()
        isStopped = true
        heap = []
        actions = [:]
        let thread = self.thread
        self.thread = nil
        lock.unlock(withValue: .changed)
        thread?.join()
    }

    /// Calls `action` once, at `due` or soon after. It must not block.
    func schedule(at due: Instant, _ action: @escaping @Sendable () -> Void) -> Token {
        lock.lock()
        nextID += 1
        let id = nextID
        guard !isStopped else {
            lock.unlock()
            return Token(id: id)
        }
        if thread == nil { thread = NamedThread("proxy-timer") { [self] in run() } }
        let isFirst = heap.first.map { due < $0.due } ?? true
        actions[id] = action
        if heap.count > 2 * actions.count + 1024 { rebuild() }
        push((due, id))
        if isFirst { lock.unlock(withValue: .changed) } else { lock.unlock() }
        return Token(id: id)
    }

    func cancel(_ token: Token) {
        lock.lock()
        // What the closure holds may end here; not under the lock.
        let action = actions.removeValue(forKey: token.id)
        lock.unlock()
        _ = action
    }

    private func run() {
        while true {
            lock.lock()
            let now = ContinuousClock.now
            var due: [@Sendable () -> Void] = []
            while let first = heap.first, first.due <= now {
                pop()
                if let action = actions.removeValue(forKey: first.id) { due.append(action) }
            }
            let next = heap.first?.due
            let isOver = isStopped
            lock.unlock(withValue: .settled)
            if isOver { return }
            for action in due { action() }
            if let next {
                let wait = next - ContinuousClock.now
                guard wait > .zero else { continue }
                let seconds = Double(wait.components.seconds) + Double(wait.components.attoseconds) / 1e18
                if lock.lock(whenValue: .changed, timeoutSeconds: seconds) { lock.unlock() }
            } else if due.isEmpty {
                lock.lock(whenValue: .changed)
                lock.unlock()
            }
        }
    }

    /// Drops cancelled entries once they are the greater part.
    private func rebuild() {
        let live = heap.filter { actions[$0.id] != nil }
        heap = []
        for entry in live { push(entry) }
    }

    private func push(_ entry: (due: Instant, id: UInt64)) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private func pop() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
