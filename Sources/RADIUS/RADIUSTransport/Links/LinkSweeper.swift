import NIOCore

/// What has time limits.
protocol Sweepable: AnyObject {
    /// Ends what has lasted too long.
    /// - Parameter now: monotonic nanoseconds.
    func sweep(_ now: UInt64)
}

/// Looks at all links of an event loop once a second, which costs thousands of idle links less than timers of their own.
///
/// `@unchecked Sendable`: every stored variable is touched on `eventLoop` only.
final class LinkSweeper: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private let clock: TransportClock
    private var links: [ObjectIdentifier: any Sweepable] = [:]
    private var task: RepeatedTask?

    init(_ eventLoop: any EventLoop, clock: TransportClock, interval: TimeAmount = .seconds(1)) {
        self.eventLoop = eventLoop
        self.clock = clock
        eventLoop.execute { [self] in
            task = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in self?.sweep() }
        }
    }

    func insert(_ link: any Sweepable) { links[ObjectIdentifier(link)] = link }

    func remove(_ link: any Sweepable) { links[ObjectIdentifier(link)] = nil }

    /// From any thread.
    func stop() {
        eventLoop.execute { [self] in
            task?.cancel()
            task = nil
        }
    }

    private func sweep() {
        let now = clock.monotonic()
        for link in links.values { link.sweep(now) }
    }
}
