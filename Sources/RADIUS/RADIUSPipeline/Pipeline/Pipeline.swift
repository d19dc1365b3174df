import EAP
public import Logging
import NIOConcurrencyHelpers
public import RADIUSDictionary
public import RADIUSTransport
public import RADIUSWire

/// The one decision path: native RADIUS, REST, policy tests and replays all run these steps.
public final class Pipeline: PacketHandler {
    public let environment: PipelineEnvironment
    /// What listeners' requests came to; rehearsals are not counted.
    public let counters = DecisionCounters()
    let authentication: PipelineRunner
    let accounting: PipelineRunner
    let dynamicAuthorization: PipelineRunner
    let stores: any StoreFactory
    private let standInStores: any StoreFactory
    let deferredStores: DeferredStores
    let pool: WorkPool
    let finisher: RequestFinisher
    private let nextRequestID = NIOLockedValueBox<UInt64>(1)

    /// - Parameters:
    ///   - authentication: steps for Access-Request, in order.
    ///   - accounting: steps for Accounting-Request, in order.
    ///   - dynamicAuthorization: steps for Disconnect- and CoA-Request, in order. What none of them decides is refused with
    ///     ``ErrorCause/requestNotRoutable``, or with what ``RequestContext/errorCause`` says.
    ///   - pool: runs what stages offload.
    ///   - logger: takes reports about unusable policy rows.
    ///   - handshakes: runs EAP's public-key work where the packet thread has other things to do; nil takes `pool`.
    ///   - standInStores: for threads that must not wait for a database: their calls throw ``StoreError/unavailable(_:)`` at once. Nil takes
    ///     `stores`.
    ///   - reservations: nil keeps Simultaneous-Use's reservations in this process's memory.
    public init(
        authentication: [PipelineStep], accounting: [PipelineStep], dictionary: AttributeDictionary, stores: any StoreFactory,
        log: any AuthenticationLog, pool: WorkPool, trace: any TraceSink, settings: PipelineSettings,
        logger: Logger = Logger(label: "radius.pipeline"), reservations: (any SessionReservations)? = nil,
        dynamicAuthorization: [PipelineStep] = [],
        handshakes: WorkPool? = nil, standInStores: (any StoreFactory)? = nil
    ) {
        environment = PipelineEnvironment(
            dictionary: dictionary, settings: settings, logger: logger, reservations: reservations, handshakes: handshakes ?? pool)
        self.authentication = PipelineRunner(steps: authentication)
        self.accounting = PipelineRunner(steps: accounting)
        self.dynamicAuthorization = PipelineRunner(steps: dynamicAuthorization)
        self.stores = stores
        self.standInStores = standInStores ?? stores
        deferredStores = DeferredStores(stores)
        self.pool = pool
        finisher = RequestFinisher(log: log, trace: trace, rejectsWithoutDatabase: settings.rejectsWithoutDatabase)
    }

    /// Opens the stores of the calling packet thread.
    public func makeWorker(for role: ListenerRole, duty: PacketDuty) -> any PacketWorker {
        let runner =
            switch role {
            case .authentication: authentication
            case .accounting: accounting
            case .dynamicAuthorization: dynamicAuthorization
            }
        let stores = duty == .standIn ? standInStores : stores
        return PipelineWorker(self, runner: runner, stores: stores.makeStores(), duty: duty)
    }

    /// Decides one request outside of any socket, with the trace on, on the calling thread; slow work is done in place.
    /// - Parameters:
    ///   - attributes: of the request, in clear; hidden ones are hidden with the client's secret as in a packet.
    ///   - code: of the request.
    ///   - client: the NAS to decide for.
    ///   - source: where the request comes from; port 0 where there is none.
    ///   - epoch: the moment to decide for, seconds since 1970 UTC.
    ///   - isRehearsal: decide without any effect: nothing is logged, reserved or written.
    /// - Throws: ``WireError`` when the attributes do not make a packet.
    public func decide(
        _ attributes: [Attribute], code: PacketCode = .accessRequest, client: NASClient, source: SocketEndpoint, epoch: Double,
        stores: WorkerStores, isRehearsal: Bool = false
    ) throws(WireError) -> Decision {
        let packet = try packet(of: attributes, code: code, client: client)
        return decide(packet, client: client, source: source, epoch: epoch, stores: stores, isRehearsal: isRehearsal)
    }

    /// Attributes as the packet that a NAS would send.
    func packet(of attributes: [Attribute], code: PacketCode, client: NASClient) throws(WireError) -> Packet {
        var generator = SystemRandomNumberGenerator()
        // The field of the other requests is computed, and hides nothing (RFC 2866 §3, RFC 5176 §2.3).
        let authenticator = code == .accessRequest ? Authenticator.random(using: &generator) : .zero
        var encoder = AttributeEncoder(secret: client.secret, vector: authenticator, dictionary: environment.dictionary)
        for attribute in attributes { try encoder.append(attribute) }
        return try Packet(
            validating: Packet.request(
                code, identifier: 0, authenticator: authenticator, attributes: encoder.bytes, secret: client.secret,
                messageAuthenticator: true))
    }

    /// Decides a recorded packet; otherwise as for attributes.
    public func decide(
        _ packet: Packet, client: NASClient, source: SocketEndpoint, epoch: Double, stores: WorkerStores, isRehearsal: Bool = false
    ) -> Decision {
        var contexts = [
            RequestContext.received(
                packet: packet, client: client, source: source, destination: source, receivedEpoch: epoch,
                receivedNanoseconds: DecisionTrace.now, requestID: takeRequestIDs(1), isRehearsal: isRehearsal, isTraced: true,
                environment: environment)
        ]
        let runner =
            switch packet.code {
            case .accountingRequest: accounting
            case .disconnectRequest, .coaRequest: dynamicAuthorization
            default: authentication
            }
        runner.run(&contexts, stores: { $0(stores) }, depart: nil)
        return finisher.finish(&contexts[0])
    }

    /// Gives up EAP conversations whose peers have fallen silent, and logs them as challenges without answer: devices that do not trust a
    /// certificate, or know already that they fail, often say no more.
    /// - Parameter now: seconds since 1970 UTC.
    public func endAbandonedConversations(now: Double) {
        for exchange in environment.eapConversations.takeAbandoned(now: now) {
            var entry = exchange.beginning
            if let identity = exchange.conversation.identity { entry.userName = String(decoding: identity, as: UTF8.self) }
            if let reason = exchange.pendingFailure { entry.reason = reason.rawValue }
            entry.epochMicroseconds = Int64(now * 1_000_000)
            finisher.log.append(entry)
        }
    }

    /// Reserves consecutive request numbers and returns the first.
    func takeRequestIDs(_ count: Int) -> UInt64 {
        nextRequestID.withLockedValue { next in
            defer { next &+= UInt64(count) }
            return next
        }
    }
}

/// What became of one request.
public struct Decision: Sendable {
    public var disposition: Disposition
    /// The reply's attributes with the rows that they come from.
    var list: [PolicyAttribute]
    /// Attributes of the reply, in clear.
    public var attributes: [Attribute] { list.map(\.attribute) }
    /// Set for an Access-Reject.
    public var reason: RejectReason?
    /// Nil unless somebody traced the request.
    public var record: DecisionRecord?

    /// Code of the reply; nil for silence.
    // Not inlined: the optimizer of Swift 6.3.1 crashes on what becomes of it in other modules.
    @inline(never)
    public var code: PacketCode? {
        guard case .reply(let reply) = disposition else { return nil }
        return reply.code
    }
}
