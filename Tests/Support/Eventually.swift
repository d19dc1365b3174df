import Foundation

/// Asks again and again, blocking the thread, whether something that happens on another thread has happened.
/// - Parameter limit: a machine that is this slow is broken.
/// - Returns: false when it has not happened within the limit.
public func waitUntil(within limit: Duration = .seconds(30), _ condition: () throws -> Bool) rethrows -> Bool {
    let start = ContinuousClock.now
    while try !condition() {
        guard ContinuousClock.now - start < limit else { return false }
        Thread.sleep(forTimeInterval: 0.001)
    }
    return true
}

/// Asks again and again, a few thousand times, whether something that another task does has happened.
///
/// Not bounded by time: other tests may keep every thread of the pool for a long while.
/// - Returns: false when it has not happened.
public func eventually(isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<10_000 {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(1))
    }
    return false
}
