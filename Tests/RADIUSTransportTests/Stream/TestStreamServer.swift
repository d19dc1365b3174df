import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// A running stream listener on loopback with everything a test looks at.
final class TestStreamServer {
    let directory: TestDirectory
    let handler: TestHandler
    let counters = RADIUSCounters()
    let linkCounters = LinkCounters()
    let registry = LinkRegistry()
    let clock = TestClock()
    let workers: RequestWorkers
    let handshakes = WorkPool(threads: 2, capacity: 4096, name: "tls")
    let listener: StreamListener

    init(
        _ transport: NASTransport = .tcp, clients: [NASClient] = [.test()], context: TLSContext? = nil, queue: Int = 4096,
        decide: @escaping @Sendable (ReceivedRequest) -> Disposition = TestStreamServer.accept,
        configure: (inout LinkConfiguration) -> Void = { _ in }
    ) throws {
        directory = TestDirectory(clients)
        handler = TestHandler(decide)
        workers = RequestWorkers(handler: handler, threads: [.authentication: 2], batchLimit: 16, capacity: queue)
        var configuration = LinkConfiguration(addresses: ["127.0.0.1:0"].compactMap { SocketEndpoint($0) }, transport: transport)
        configuration.drainTime = .zero
        configure(&configuration)
        listener = StreamListener(
            configuration, context: context,
            environment: LinkEnvironment(
                directory: directory, workers: workers, handshakes: handshakes, counters: counters, linkCounters: linkCounters,
                registry: registry, dictionary: try TestDictionary.get(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            clock: clock.clock)
        try listener.start()
    }

    deinit {
        listener.stop()
        workers.stop()
        handshakes.stop()
    }

    static let accept: @Sendable (ReceivedRequest) -> Disposition = { request in
        .reply(ReplyPacket(code: request.packet.code == .accountingRequest ? .accountingResponse : .accessAccept))
    }

    var endpoint: SocketEndpoint { get throws { try #require(listener.boundEndpoints.first) } }

    func links(_ transport: NASTransport = .tcp) -> LinkCounters.Counts { linkCounters.snapshot()[transport] ?? LinkCounters.Counts() }

    var counts: ListenerCounts { counters.snapshot()[.authentication] ?? ListenerCounts() }

    /// Waits until something is true, for what happens on another thread. Fails the test after ten seconds.
    static func eventually(_ condition: () -> Bool) throws {
        let end = TransportClock.system.monotonic() + 10_000_000_000
        while !condition() {
            try #require(TransportClock.system.monotonic() < end, "did not happen in time")
            usleep(1000)
        }
    }
}

enum TestDictionary {
    private static let loaded = Result {
        try AttributeDictionary.load(
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Dictionaries").path, additional: [])
    }

    static func get() throws -> AttributeDictionary { try loaded.get() }
}
