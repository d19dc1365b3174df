import Foundation
import NIOConcurrencyHelpers

/// A value that another thread will have.
final class Waiting<Value: Sendable>: Sendable {
    private let box = NIOLockedValueBox<Value?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func fulfil(_ value: Value) {
        box.withLockedValue { $0 = value }
        semaphore.signal()
    }

    /// The value; nil when it has not come within a while.
    func value() -> Value? {
        guard semaphore.wait(timeout: .now() + 20) == .success else { return nil }
        return box.withLockedValue { $0 }
    }
}
