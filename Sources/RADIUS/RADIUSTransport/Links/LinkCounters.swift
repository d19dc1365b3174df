import NIOConcurrencyHelpers

/// What happened to the TCP, TLS and DTLS links of the process since start, by transport.
public final class LinkCounters: Sendable {
    /// Totals of one transport.
    public struct Counts: Sendable, Equatable {
        /// Connections and DTLS associations that began, before any handshake.
        public var accepted: UInt64 = 0
        /// Links whose peer is known.
        public var opened: UInt64 = 0
        /// Links that speak RADIUS/1.1, of those opened.
        public var opened11: UInt64 = 0
        /// Links open now.
        public var current: Int = 0
        public var closures: [LinkClosure: UInt64] = [:]

        public init() {}
    }

    private let counts = NIOLockedValueBox<[NASTransport: Counts]>([:])

    public init() {}

    public func snapshot() -> [NASTransport: Counts] { counts.withLockedValue { $0 } }

    func update(_ transport: NASTransport, _ change: (inout Counts) -> Void) {
        counts.withLockedValue { change(&$0[transport, default: Counts()]) }
    }
}
