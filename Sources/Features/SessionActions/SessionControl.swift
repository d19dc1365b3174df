public import DynamicAuthorization
import Foundation
public import RADIUSDictionary
public import RADIUSTransport
public import RADIUSWire

/// Ways to NAS devices that take Disconnect- and CoA-Requests.
public protocol DynamicAuthorizationLinks: Sendable {
    /// - Returns: nil when there is no way to the NAS.
    func link(to endpoint: SocketEndpoint, secret: SharedSecret, nas: NASClient) -> (any OutgoingLink)?

    /// The NAS that has an address by what it says of itself over a connection of its own; asked where no NAS is known at the address.
    func nas(at address: IPAddress) -> NASClient?
}

extension DynamicAuthorizationLinks {
    /// None.
    public func nas(at address: IPAddress) -> NASClient? { nil }
}

/// Acts on one session: decides what its NAS is sent, sends it, says what became of it. Knows no database.
public struct SessionControl: Sendable {
    /// A request on its way to a NAS.
    public struct Prepared: Sendable {
        public var request: DynamicAuthorizationRequest
        public var endpoint: SocketEndpoint
        public var secret: SharedSecret
        public var nas: NASClient
    }

    /// Why nothing is sent; the text is for operators.
    public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        public var result: SessionActionOutcome.Result
        public var description: String
    }

    private let dictionary: AttributeDictionary
    private let composer: DynamicAuthorizationComposer
    private var client: DynamicAuthorizationClient
    private let links: any DynamicAuthorizationLinks

    public init(
        dictionary: AttributeDictionary, links: any DynamicAuthorizationLinks, timers: RetransmissionTimers = RetransmissionTimers(),
        vlanTag: UInt8? = nil
    ) {
        self.init(
            dictionary: dictionary, links: links, client: DynamicAuthorizationClient(timers: timers), vlanTag: vlanTag)
    }

    init(dictionary: AttributeDictionary, links: any DynamicAuthorizationLinks, client: DynamicAuthorizationClient, vlanTag: UInt8?) {
        self.dictionary = dictionary
        self.links = links
        self.client = client
        composer = DynamicAuthorizationComposer(dictionary, vlanTag: vlanTag)
    }

    /// The same, waiting so long for a NAS in all.
    func waiting(_ total: Duration) -> SessionControl {
        var control = self
        control.client.timers.total = total
        return control
    }

    /// Reads `Name = Value`, with `:TAG` behind the name where it has one, and quotes around the value or none.
    /// - Throws: ``OperatorActionProblem``.
    func attribute(_ text: String) throws(OperatorActionProblem) -> Attribute {
        guard let line = AttributeLine(text) else { throw OperatorActionProblem("'\(text)' is no attribute; write NAME=VALUE") }
        let attribute: Attribute
        do throws(AttributeLine.Problem) {
            attribute = try line.attribute(dictionary)
        } catch {
            switch error {
            case .unknown(let name):
                throw OperatorActionProblem("the dictionary has no attribute '\(name)'; 'radian dictionary find \(name)' searches it")
            case .unfit(let name): throw OperatorActionProblem("the value does not fit \(name)")
            }
        }
        guard attribute.definition.space != .internal else {
            throw OperatorActionProblem("\(line.name) is for the server's own use and never sent")
        }
        return attribute
    }

    /// Makes the request for one session and finds where to send it.
    /// - Parameters:
    ///   - table: the NASes known; the session's is found by its address, and by its organization where several share that.
    ///   - target: the NAS's own settings.
    ///   - additional: further attributes of a change.
    public func prepare(
        _ action: SessionAction, on session: ControlledSession, in table: NASTable, target: (String) throws -> NASTarget?,
        additional: [Attribute] = [], epoch: Int64
    ) throws -> Prepared {
        guard let address = IPAddress(session.nasAddress),
            let nas = table.client(for: address, organizationID: session.organizationID) ?? links.nas(at: address)
        else {
            throw Refusal(result: .unreachable, description: "no NAS is known at \(session.nasAddress)")
        }
        let settings = try target(nas.name)
        let destination = try NASDestination(of: nas, at: address, settings)
        let request: DynamicAuthorizationRequest
        do throws(CompositionError) {
            request = try composer.compose(action, for: session.identity, nasType: nas.type, additional: additional, epoch: epoch)
        } catch {
            throw Refusal(result: .unsupported, description: error.description)
        }
        return Prepared(request: request, endpoint: destination.endpoint, secret: destination.secret, nas: nas)
    }

    /// Sends a prepared request.
    public func send(_ prepared: Prepared, action: String) async -> SessionActionOutcome {
        guard let link = links.link(to: prepared.endpoint, secret: prepared.secret, nas: prepared.nas) else {
            return SessionActionOutcome(result: .unreachable, action: action, detail: "there is no way to \(prepared.endpoint)")
        }
        // Not where the NAS's own connection carries it.
        let target = link.isDatagram ? "to \(prepared.endpoint)" : "over \(link.name)"
        var detail = (["\(prepared.request.code.name) \(target)"] + prepared.request.notes).joined(separator: "; ")
        switch await client.send(prepared.request.outgoing(dictionary), over: link) {
        case .acknowledged(let cause):
            return SessionActionOutcome(result: .acknowledged, action: action, errorCause: cause, attempts: 1, detail: detail)
        case .refused(.requestInitiated?) where prepared.request.isAuthorizeOnly:
            return SessionActionOutcome(
                result: .initiated, action: action, errorCause: .requestInitiated, attempts: 1, detail: detail)
        case .refused(let cause):
            return SessionActionOutcome(result: .refused, action: action, errorCause: cause, attempts: 1, detail: detail)
        case .timedOut(let attempts):
            return SessionActionOutcome(result: .timedOut, action: action, attempts: attempts, detail: detail)
        case .unreachable(let reason):
            detail += "; \(reason)"
            return SessionActionOutcome(result: .unreachable, action: action, detail: detail)
        }
    }

    /// The packet as it would leave, with a random identifier.
    public func packet(_ prepared: Prepared) throws(WireError) -> [UInt8] {
        let attributes = try prepared.request.outgoing(dictionary).attributes(.zero, prepared.secret)
        return try Packet.request(
            prepared.request.code, identifier: UInt8.random(in: 0...255), authenticator: nil, attributes: attributes,
            secret: prepared.secret, messageAuthenticator: true)
    }
}
