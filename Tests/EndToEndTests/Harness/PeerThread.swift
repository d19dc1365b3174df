import Dispatch
import Foundation

/// The thread on which tests of this target run, one after another: they wait for processes and sockets, which must not hold up the
/// threads that other tests run on, and two tests at a time would disturb each other's timing.
@globalActor
actor PeerThread {
    static let shared = PeerThread()
    private nonisolated let executor = SerialQueueExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
}

private final class SerialQueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "peers")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// What a test waited for did not happen in time.
struct TimedOut: Error, CustomStringConvertible {
    let description: String
}

/// Waits until a condition that nothing announces holds, such as a row that a background thread writes.
/// - Throws: ``TimedOut``, or what the condition throws.
func eventually(_ what: String, within seconds: Double = 10, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
        guard Date() < deadline else { throw TimedOut(description: "not within \(seconds) s: \(what)") }
        usleep(5_000)
    }
}
