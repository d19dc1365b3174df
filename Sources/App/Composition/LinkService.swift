import Foundation
import RADIUSTransport
import ServerKernel

/// The listeners of TCP, TLS and DTLS with the threads that decide their requests.
struct LinkService: Sendable {
    let listeners: LinkListeners
    private let workers: RequestWorkers

    /// - Parameters:
    ///   - general: what all listeners have in common.
    ///   - environment: what the listeners share with the server, given the threads that decide.
    /// - Throws: for TLS files that cannot be used.
    init(
        _ configuration: LinksConfiguration, general: LinkConfiguration, addresses: [IPAddress], handler: any PacketHandler,
        environment: (RequestWorkers) -> LinkEnvironment
    ) throws {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        workers = RequestWorkers(
            handler: handler, threads: [.authentication: threads, .accounting: 1, .dynamicAuthorization: 1],
            capacity: configuration.workerQueue)
        listeners = try LinkListeners(configuration, general: general, addresses: addresses, environment: environment(workers))
    }

    func stop() {
        listeners.stop()
        workers.stop()
    }
}
