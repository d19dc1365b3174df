import Dispatch
import Foundation
import NIOConcurrencyHelpers
import WebRouting

/// Keeps the console's files in memory and follows their changes, so that an update needs no restart.
final class ConsoleShelf: Sendable {
    private struct State {
        var release: ConsoleRelease?
        var stamp: [String: Date] = [:]
        /// Microseconds of the clock; nil before the first look.
        var lookedAt: Int64?
    }

    private static let interval: Int64 = 2_000_000

    private let folders: ConsoleFolders
    private let clock: MonotonicClock
    private let state = NIOLockedValueBox(State())
    /// Files are read off the threads that answer requests, by one request at a time.
    private let reading = DispatchQueue(label: "console-files")

    init(_ folders: ConsoleFolders, clock: @escaping MonotonicClock = MonotonicTime.microseconds) {
        self.folders = folders
        self.clock = clock
    }

    /// The files as they are, or as they were two seconds ago; nil where there are none.
    func current() async -> ConsoleRelease? {
        let known = state.withLockedValue { $0 }
        if let lookedAt = known.lookedAt, clock() - lookedAt < Self.interval { return known.release }
        return await withCheckedContinuation { continuation in
            reading.async { continuation.resume(returning: self.look()) }
        }
    }

    private func look() -> ConsoleRelease? {
        let known = state.withLockedValue { $0 }
        // Another request may have looked while this one waited.
        if let lookedAt = known.lookedAt, clock() - lookedAt < Self.interval { return known.release }
        let stamp = ConsoleRelease.stamp(folders)
        let release = known.lookedAt == nil || stamp != known.stamp ? ConsoleRelease(folders) : known.release
        state.withLockedValue { $0 = State(release: release, stamp: stamp, lookedAt: clock()) }
        return release
    }
}
