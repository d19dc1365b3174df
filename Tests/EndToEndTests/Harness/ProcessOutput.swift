import Foundation

/// What a child process wrote so far, both streams together.
///
/// `@unchecked Sendable`: `condition` guards every stored variable.
final class ProcessOutput: @unchecked Sendable {
    private let condition = NSCondition()
    private var bytes = Data()
    private var openStreams = 0

    /// Reads a stream until its end, on a thread of its own.
    func collect(_ handle: FileHandle) {
        condition.withLock { openStreams += 1 }
        Thread.detachNewThread { [self] in
            while true {
                let part = handle.availableData
                condition.withLock {
                    if part.isEmpty { openStreams -= 1 } else { bytes.append(part) }
                    condition.broadcast()
                }
                if part.isEmpty { break }
            }
            // A descriptor each, of which the process would run out.
            try? handle.close()
        }
    }

    var text: String { condition.withLock { String(decoding: bytes, as: UTF8.self) } }

    /// Octets so far; a place to search from later.
    var count: Int { condition.withLock { bytes.count } }

    /// Waits for the next appearance of a text.
    /// - Parameter start: octets of the beginning to leave out.
    /// - Returns: false when the time is over or the process has ended without it.
    func wait(for wanted: String, from start: Int = 0, seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        let pattern = Data(wanted.utf8)
        return condition.withLock {
            while bytes.range(of: pattern, in: min(start, bytes.count)..<bytes.count) == nil {
                guard openStreams > 0, condition.wait(until: deadline) else { return false }
            }
            return true
        }
    }

    /// Waits until the process has closed its streams.
    func waitForEnd(seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while openStreams > 0 { guard condition.wait(until: deadline) else { return false } }
            return true
        }
    }
}
