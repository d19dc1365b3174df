import Logging
import RADIUSTransport
import ServerKernel
import ServiceLifecycle

/// The RADIUS listeners as one service: all ports are bound before the program says that it serves, and drained before it ends.
struct RADIUSService: Service {
    let listeners: [UDPListener]
    /// Stopped in this order, behind the listeners.
    let pools: [WorkPool]
    let kernel: Kernel
    let logger: Logger

    func run() async throws {
        var started: [UDPListener] = []
        do {
            for listener in listeners {
                try listener.start()
                started.append(listener)
            }
        } catch {
            for listener in started { listener.stop() }
            throw error
        }
        let endpoints = listeners.flatMap(\.boundEndpoints).map { "\($0)" }.joined(separator: ", ")
        logger.info("serving RADIUS on \(endpoints)")
        try? await gracefulShutdown()
        for listener in listeners { listener.stop() }
        for pool in pools { pool.stop() }
        kernel.stop()
    }
}
