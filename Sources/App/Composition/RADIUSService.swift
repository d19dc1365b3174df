import Logging
import RADIUSTransport
import ServiceLifecycle

/// The RADIUS listeners as one service: all ports are bound before the program says that it serves, and drained before it ends.
struct RADIUSService: Service {
    let listeners: [UDPListener]
    /// Nil where there are none.
    let links: LinkService?
    /// Stopped in this order, behind the listeners.
    let pools: [WorkPool]
    let logger: Logger

    func run() async throws {
        var started: [UDPListener] = []
        do {
            for listener in listeners {
                try listener.start()
                started.append(listener)
            }
            try links?.listeners.start()
        } catch {
            for listener in started { listener.stop() }
            throw error
        }
        let endpoints = listeners.flatMap(\.boundEndpoints).map { "\($0)" } + (links?.listeners.endpoints ?? [])
        logger.info("serving RADIUS on \(endpoints.joined(separator: ", "))")
        try? await gracefulShutdown()
        for listener in listeners { listener.stop() }
        links?.stop()
        for pool in pools { pool.stop() }
    }
}
