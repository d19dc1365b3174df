import Logging
import ServerKernel
import ServiceLifecycle

/// Converts the Called-Station-Ids of sessions as they begin. Several that begin meanwhile share the next run.
struct CalledStationWatch: Service {
    private let conversion: CalledStationConversion
    private let logger: Logger
    private let begun: AsyncStream<Void>

    init(_ kernel: Kernel, _ conversion: CalledStationConversion) {
        self.conversion = conversion
        logger = kernel.logger
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        begun = stream
        kernel.events.subscribe(to: SessionStarted.self) { _ in continuation.yield() }
    }

    func run() async throws {
        for await _ in begun.cancelOnGracefulShutdown() {
            do {
                _ = try await conversion.run()
            } catch {
                logger.warning("Called-Station-Ids were not converted: \(error)")
            }
        }
    }
}
