import NIOConcurrencyHelpers

/// Collects who has something to tell to Prometheus. Parts of the server that come later than the HTTP routes add themselves when they are
/// there.
final class MetricsRegistry: Sendable {
    typealias Source = @Sendable (inout MetricsWriter) -> Void

    private let sources = NIOLockedValueBox<[Source]>([])

    func add(_ source: @escaping Source) { sources.withLockedValue { $0.append(source) } }

    func write(_ writer: inout MetricsWriter) {
        for source in sources.withLockedValue({ $0 }) { source(&writer) }
    }
}
