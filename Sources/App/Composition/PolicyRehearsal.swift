import Accounts
import Database
import Foundation
import Logging
import NASClients
public import RADIUSDictionary
public import RADIUSPipeline
public import RADIUSTransport
public import RADIUSWire
import ServerKernel
import Sessions

/// Decides requests as the server would, with its configuration and database, without any effect and without a socket.
public struct PolicyRehearsal {
    /// What the configuration's dictionary knows.
    public let dictionary: AttributeDictionary
    private let pipeline: Pipeline
    private let stores: WorkerStores
    private let devices: NASTable
    private let devicesByName: [String: NASClient]

    /// Reads NAS devices and organizations once.
    /// - Throws: a configuration's or the database's error.
    public init(_ configuration: RadianConfiguration) throws {
        dictionary = try configuration.loadDictionary()
        let engine = try configuration.makeEngine()
        let logger = Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() }
        let kernel = Kernel(engine: engine, connections: 1, refreshInterval: configuration.refreshInterval, logger: logger)
        let modules = try AllModules(kernel, configuration, dictionary: dictionary)
        let connection = try engine.connect(.general)
        try modules.refresh(over: connection)
        devices = modules.nasClients.registry.table
        devicesByName = Dictionary(devices.all.map { ($0.name.lowercased(), $0) }) { first, _ in first }
        let factory = PacketStores(engine: engine, modules: modules)
        stores = factory.makeStores()
        let pool = WorkPool(threads: 1, capacity: 1)
        pipeline = Pipeline(
            authentication: RADIUSPipelineOrder.authentication(modules, pool: pool),
            accounting: RADIUSPipelineOrder.accounting(modules, pool: pool),
            dictionary: dictionary,
            stores: factory, log: SilentLog(), pool: pool, trace: SilentTrace(),
            settings: PipelineSettings(configuration, modules), logger: logger)
    }

    /// The NAS of a name or address; nil when none is known.
    public func device(_ nameOrAddress: String) -> NASClient? {
        if let named = devicesByName[nameOrAddress.lowercased()] { return named }
        return IPAddress(nameOrAddress).flatMap { devices.client(for: $0) }
    }

    /// The NAS devices whose packets come from an address over UDP.
    func devices(at address: IPAddress) -> [NASClient] { devices.clients(for: address, over: .udp) }

    /// Decides a recorded Access-Request.
    /// - Parameter epoch: the moment to decide for, seconds since 1970 UTC.
    func decide(_ packet: Packet, client: NASClient, source: SocketEndpoint, epoch: Double) -> Decision {
        pipeline.decide(packet, client: client, source: source, epoch: epoch, stores: stores, isRehearsal: true)
    }

    /// Decides one Access-Request.
    /// - Parameters:
    ///   - source: where it comes from.
    ///   - epoch: the moment to decide for, seconds since 1970 UTC.
    /// - Throws: ``RADIUSWire/WireError`` when the attributes do not make a packet.
    public func decide(_ attributes: [Attribute], client: NASClient, source: IPAddress, epoch: Double) throws(WireError) -> Decision {
        try pipeline.decide(
            attributes, client: client, source: SocketEndpoint(address: source, port: 0), epoch: epoch, stores: stores, isRehearsal: true)
    }
}

/// Keeps nothing: a rehearsal is no login.
private struct SilentLog: AuthenticationLog {
    func append(_ entry: AuthenticationLogEntry) {}
}

/// Nobody follows: the decision itself carries the record.
private struct SilentTrace: TraceSink {
    let isArmed = false
    func record(_ decision: DecisionRecord) {}
}
