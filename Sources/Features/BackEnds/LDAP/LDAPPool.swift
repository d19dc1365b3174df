import NIOConcurrencyHelpers

/// Connections that are kept between requests; as many as threads use at a time.
final class LDAPPool: Sendable {
    private let make: @Sendable () throws(BackEndFailure) -> LDAPConnection
    private let idle = NIOLockedValueBox<[LDAPConnection]>([])

    init(make: @escaping @Sendable () throws(BackEndFailure) -> LDAPConnection) {
        self.make = make
    }

    /// Runs `body` with a connection of its own. A kept connection may have been closed by the directory meanwhile: then the body runs
    /// once more over a new one, so it must be safe to repeat.
    func use<R>(_ body: (LDAPConnection) throws(BackEndFailure) -> R) throws(BackEndFailure) -> R {
        if let kept = idle.withLockedValue({ $0.popLast() }) {
            do {
                let result = try body(kept)
                idle.withLockedValue { $0.append(kept) }
                return result
            } catch {
                guard case .unavailable = error else {
                    if kept.isUsable { idle.withLockedValue { $0.append(kept) } }
                    throw error
                }
            }
        }
        let connection = try make()
        let result = try body(connection)
        idle.withLockedValue { $0.append(connection) }
        return result
    }

    /// Closes what is not in use.
    func close() {
        idle.withLockedValue { $0 = [] }
    }
}
