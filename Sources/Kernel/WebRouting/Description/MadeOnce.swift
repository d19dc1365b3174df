import NIOConcurrencyHelpers

/// A value that is made when it is first asked for, and kept.
final class MadeOnce<Value: Sendable>: Sendable {
    private let made = NIOLockedValueBox<Value?>(nil)
    private let make: @Sendable () -> Value

    init(_ make: @escaping @Sendable () -> Value) { self.make = make }

    /// Whoever asks at the same time waits for the one who makes it.
    var value: Value {
        made.withLockedValue { made in
            if let made { return made }
            let value = make()
            made = value
            return value
        }
    }
}
