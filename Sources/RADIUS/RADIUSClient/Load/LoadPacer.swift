/// When one generator thread may send, and what of it counts. All times are nanoseconds on ``MonotonicClock``.
struct LoadPacer: Sendable {
    let thread: Int
    let start: UInt64
    /// Requests that are due earlier belong to the warm-up.
    let measureFrom: UInt64
    /// Nothing is sent from here on; `.max` in a run that ends by count.
    let end: UInt64
    /// Requests to send after the warm-up; `.max` in a run that ends by time.
    let count: Int
    /// Requests under way in a closed loop; nil in an open one.
    let window: Int?
    private let interval: Double
    private let offset: Double

    /// The share of thread number `thread` in a run that begins at `start`.
    init(_ settings: LoadSettings, thread: Int, start: UInt64) {
        let threads = settings.threads
        func share(_ whole: Int) -> Int { whole / threads + (thread < whole % threads ? 1 : 0) }
        self.thread = thread
        self.start = start
        measureFrom = start + settings.warmUp.nanoseconds
        switch settings.limit {
        case .duration(let duration): (end, count) = (measureFrom + duration.nanoseconds, .max)
        case .count(let whole): (end, count) = (.max, share(whole))
        }
        switch settings.pace {
        case .closed(let whole): (window, interval, offset) = (share(whole), 0, 0)
        case .open(let rate):
            window = nil
            interval = 1e9 * Double(threads) / rate
            // The threads take turns instead of sending at the same instants.
            offset = interval * Double(thread) / Double(threads)
        }
    }

    /// When request number `number` of an open loop is due.
    func due(_ number: Int) -> UInt64 { start + UInt64(offset + interval * Double(number)) }

    /// How many requests of an open loop are due before `time`.
    func dueCount(before time: UInt64) -> Int {
        let elapsed = Double(min(time, end) - start) - offset
        return elapsed <= 0 ? 0 : Int((elapsed / interval).rounded(.up))
    }
}
