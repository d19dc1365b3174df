import NIOConcurrencyHelpers

/// Decides the requests of links: threads with a ``PacketWorker`` each, fed from a bounded queue for each role. Batches form by themselves:
/// what came while a thread was busy is its next batch.
public final class RequestWorkers: Sendable {
    private let lanes: [ListenerRole: RequestLane]

    /// - Parameters:
    ///   - threads: for each role, 1 or more; roles left out have one.
    ///   - batchLimit: requests decided at once.
    ///   - capacity: requests of a role that may wait; beyond it the client with most waiting loses its oldest.
    public init(handler: any PacketHandler, threads: [ListenerRole: Int], batchLimit: Int = 64, capacity: Int = 16_384) {
        lanes = Dictionary(
            uniqueKeysWithValues: ListenerRole.allCases.map { role in
                (role, RequestLane(role, handler, threads: threads[role] ?? 1, batchLimit: max(1, batchLimit), capacity: capacity))
            })
    }

    /// Never waits. The request's ``ReceivedRequest/responder`` hears what becomes of it, also when it is shed.
    func submit(_ request: ReceivedRequest, role: ListenerRole) {
        guard let lane = lanes[role] else { return request.responder.complete(.silence(.unexpectedCode)) }
        lane.submit(request)
    }

    /// Sheds what waits and joins the threads. Call once, after the listeners have stopped.
    public func stop() {
        for lane in lanes.values { lane.stop() }
    }
}

/// The threads of one role.
///
/// `@unchecked Sendable`: `lock` guards every stored variable.
private final class RequestLane: @unchecked Sendable {
    private enum Condition { case idle, ready }

    private let lock = ConditionLock(value: Condition.idle)
    private let batchLimit: Int
    private var queue: FairQueue
    private var isStopped = false
    private var threads: [NamedThread] = []

    init(_ role: ListenerRole, _ handler: any PacketHandler, threads count: Int, batchLimit: Int, capacity: Int) {
        self.batchLimit = batchLimit
        queue = FairQueue(capacity: capacity)
        lock.lock()
        for index in 0..<max(1, count) {
            threads.append(
                NamedThread("link-\(role.rawValue.prefix(4))-\(index)") { [self] in work(handler.makeWorker(for: role, duty: .general)) })
        }
        lock.unlock()
    }

    func submit(_ request: ReceivedRequest) {
        lock.lock()
        guard !isStopped else {
            lock.unlock()
            return request.responder.complete(.silence(.queueFull))
        }
        let shed = queue.append(request)
        lock.unlock(withValue: .ready)
        shed?.responder.complete(.silence(.queueFull))
    }

    func stop() {
        lock.lock()
        isStopped = true
        let rest = queue.take(queue.count)
        let threads = self.threads
        self.threads = []
        lock.unlock(withValue: .ready)
        for request in rest { request.responder.complete(.silence(.queueFull)) }
        for thread in threads { thread.join() }
    }

    private func work(_ worker: any PacketWorker) {
        while true {
            lock.lock(whenValue: .ready)
            let batch = queue.take(batchLimit)
            let isOver = isStopped
            let hasMore = queue.count > 0
            lock.unlock(withValue: hasMore || isOver ? .ready : .idle)
            guard !batch.isEmpty else {
                if isOver { return }
                continue
            }
            for (request, disposition) in zip(batch, worker.process(batch)) { request.responder.complete(disposition) }
        }
    }
}
