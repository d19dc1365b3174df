import Dispatch
import NIOConcurrencyHelpers

/// SIGTERM and SIGINT before the services run, which handle these signals themselves later on.
final class StopSignal: Sendable {
    private let raised = NIOLockedValueBox(false)
    private let sources: NIOLockedValueBox<[any DispatchSourceSignal]>

    init() {
        sources = NIOLockedValueBox([])
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [raised] in raised.withLockedValue { $0 = true } }
            source.resume()
            sources.withLockedValue { $0.append(source) }
        }
    }

    deinit {
        for source in sources.withLockedValue({ $0 }) { source.cancel() }
    }

    var isRaised: Bool { raised.withLockedValue { $0 } }
}
