import NIOConcurrencyHelpers

/// Which of several NAS clients behind one address speaks from which port, as its last provable packet showed.
///
/// Two generations bound the memory: when the newer is full, the older is forgotten, so that whoever speaks stays known.
final class SecretBindings: Sendable {
    private struct State {
        var newer: [SocketEndpoint: NASClient.Key] = [:]
        var older: [SocketEndpoint: NASClient.Key] = [:]
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter limit: endpoints in a generation.
    init(limit: Int = 32_768) {
        self.limit = limit
    }

    func client(at source: SocketEndpoint) -> NASClient.Key? {
        state.withLockedValue { $0.newer[source] ?? $0.older[source] }
    }

    func bind(_ source: SocketEndpoint, to client: NASClient.Key) {
        state.withLockedValue { state in
            guard state.newer[source] != client else { return }
            if state.newer.count >= limit {
                state.older = state.newer
                state.newer = [:]
            }
            state.newer[source] = client
        }
    }
}
