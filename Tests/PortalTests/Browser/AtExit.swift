import Foundation
import NIOConcurrencyHelpers

/// Work for the end of the test program: what all tests share ends with no test.
enum AtExit {
    private static let work = NIOLockedValueBox<[@Sendable () -> Void]>([])
    private static let isRegistered: Bool = atexit { AtExit.run() } == 0

    static func add(_ body: @escaping @Sendable () -> Void) {
        _ = isRegistered
        work.withLockedValue { $0.append(body) }
    }

    private static func run() { for body in work.withLockedValue({ $0 }) { body() } }
}
