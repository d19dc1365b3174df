public import RADIUSDictionary
public import RADIUSTransport
public import RADIUSWire
public import ServicePlans

/// One request on its way through the stages.
///
/// Large: where it is handed on unchanged, hand on `inout` or what is needed of it, as a copy counts dozens of references. What is small
/// and asked for often is inlined for the same reason.
public struct RequestContext: Sendable {
    // What came in.
    public let packet: Packet
    public let client: NASClient
    public let source: SocketEndpoint
    public let destination: SocketEndpoint
    /// Receipt, seconds since 1970 UTC; the only clock of policy, so that a replay decides alike.
    public let receivedEpoch: Double
    /// Unique within the process.
    public let requestID: UInt64
    /// Changes nothing outside: no reservation, no changed password, no log entry.
    public let isRehearsal: Bool
    /// The thread may take its time for what has to be computed.
    let computesInPlace: Bool
    let receivedNanoseconds: UInt64
    /// Octets of the longest reply.
    let maximumReplyLength: Int
    public let environment: PipelineEnvironment

    // What stages find out.
    /// User-Name as received; nil when absent.
    public let receivedUserName: String?
    /// The name to look up; empty when absent.
    public var userName: String
    /// Organization whose users are asked: the NAS's, the realm's, or the one whose rows were found.
    public var organizationID: String?
    /// Organization the NAS or the realm stands for, whoever's rows are found later.
    var askedOrganizationID: String?
    /// Realm that names a known organization.
    public var realm: String?
    public var credential = Credential.none
    /// Groups of the user, of the tables and of back ends.
    public var groups: [String] = []
    /// The name as an address; set for MAC authentication only.
    public var stationAddress: MACAddress?
    /// Second spelling to look up when nobody has ``userName``.
    public var alternativeUserName: String?
    public var policy: UserPolicy?
    /// What back ends say, in their order; evaluated behind ``policy``.
    public var external: [ExternalPolicy] = []
    /// The back end that vouches for the user; nil leaves passwords to the stages that compare them.
    public var backEnd: BackEndSelection?
    /// A back end that is asked before the database knows the user, so that nothing in the database is about them.
    public var isOutsideDatabase = false
    /// A back end that was asked gave no answer.
    public var isBackEndMissing = false
    /// Nil for a user without one-time passwords.
    public var oneTimePassword: OneTimePasswordCheck?
    public var evaluation = PolicyEvaluation.notEvaluated
    /// Known-good passwords, in the order of their rows.
    public var passwords: [KnownPassword] = []
    /// The password that the credential is; nil when none was compared.
    public var provenBy: KnownPassword?
    /// Control list (FreeRADIUS's `control`).
    public var control: [PolicyAttribute] = []
    /// The plan that a row names.
    public var plan: ServicePlan?
    /// What the session is granted in neutral terms, from plan and quotas; not in ``reply`` yet. Nil grants nothing of its own.
    public var planTerms: PlanTerms?
    /// Reply list, in the order of the wire.
    public var reply: [PolicyAttribute] = []
    /// What ``reply`` had when a limit refused the login.
    var refusedReply: [PolicyAttribute] = []
    /// Whether the decision goes into the authentication log; false where whoever asks logs it.
    var isLogged = true
    /// Set once a credential was verified or policy waived it. An Accept needs it.
    public var isAuthenticated = false
    /// Set once the accounting record is durable or needs no record. An Accounting-Response needs it.
    public var isRecorded = false
    /// Why a Disconnect- or CoA-Request is refused; nil until a stage knows better than ``ErrorCause/requestNotRoutable``.
    public var errorCause: ErrorCause?
    /// A new password the old one vouches for, not yet stored.
    var passwordChange: PasswordChange?
    /// `%{0}` to `%{8}` of the last matching `=~`.
    var captures: [String] = []
    /// True once the request was recognised as part of an EAP conversation.
    public internal(set) var isEAP = false
    /// Waits for policy's answer about ``credential``.
    var eapExchange: EAPExchange?
    /// EAP-Failure for the Access-Reject; empty for one made of the request.
    var eapFinal: [UInt8] = []
    /// What came through a tunnel, or is known of a certificate; counts like the request's own attributes.
    var tunneledAttributes: [Attribute] = []
    private var decoded: [Attribute]?

    // How it ends.
    public internal(set) var outcome: Outcome?
    var trace: DecisionTrace?

    // The initializer with all members makes the context where it is to lie; one that is written out makes a copy at its end, and as part
    // of its caller this would make another.
    @inline(never) static func received(
        packet: Packet, client: NASClient, source: SocketEndpoint, destination: SocketEndpoint, receivedEpoch: Double,
        receivedNanoseconds: UInt64, maximumReplyLength: Int = 4096, requestID: UInt64, isRehearsal: Bool, isTraced: Bool,
        environment: PipelineEnvironment, computesInPlace: Bool = false
    ) -> RequestContext {
        let name = packet.text(StandardAttribute.userName)
        return RequestContext(
            packet: packet, client: client, source: source, destination: destination, receivedEpoch: receivedEpoch, requestID: requestID,
            isRehearsal: isRehearsal, computesInPlace: computesInPlace, receivedNanoseconds: receivedNanoseconds,
            maximumReplyLength: maximumReplyLength, environment: environment, receivedUserName: name, userName: name ?? "",
            organizationID: client.organizationID, askedOrganizationID: client.organizationID,
            trace: isTraced ? DecisionTrace() : nil)
    }

    @inlinable public var settings: PipelineSettings { environment.settings }
    @inlinable public var dictionary: AttributeDictionary { environment.dictionary }

    /// Calling-Station-Id as received.
    public var callingStationID: String? { packet.text(StandardAttribute.callingStationID) }

    /// NAS-IP-Address, else NAS-IPv6-Address, else where the packet comes from; what accounting calls the NAS.
    public var nasAddress: IPAddress {
        packet.address(StandardAttribute.nasIPAddress, octets: 4) ?? packet.address(StandardAttribute.nasIPv6Address, octets: 16)
            ?? source.address
    }

    /// Network name after the colon of Called-Station-Id `AA-BB-CC-DD-EE-FF:SSID` (RFC 3580 §3.20).
    public var ssid: String? {
        guard let called = packet.text(StandardAttribute.calledStationID), MACAddress(called.prefix(17)) != nil else { return nil }
        let rest = called.dropFirst(17)
        guard rest.first == ":", rest.count > 1 else { return nil }
        return String(rest.dropFirst())
    }

    /// The request's attributes with their definitions, decoded at the first call.
    public mutating func attributes() -> [Attribute] {
        if let decoded { return decoded + tunneledAttributes }
        let attributes = packet.decode(dictionary, secret: client.secret)
        decoded = attributes
        return attributes + tunneledAttributes
    }

    /// Ends the request; later stages do not run.
    public mutating func decide(_ outcome: Outcome) {
        self.outcome = outcome
    }

    /// Adds a line to the trace; evaluated only while one is wanted. Never put a credential into it.
    public mutating func note(_ text: @autoclosure () -> String) {
        trace?.note(text())
    }

    /// The last value of a control attribute.
    @inlinable public func control(_ definition: AttributeDefinition?) -> AttributeValue? {
        guard let definition else { return nil }
        return control.last { $0.attribute.definition == definition }?.attribute.value
    }

    /// Appends to the reply; without a definition in the dictionary nothing is sent.
    public mutating func append(_ value: AttributeValue, _ definition: AttributeDefinition?) {
        guard let definition else { return }
        reply.append(PolicyAttribute(attribute: Attribute(definition, value: value), source: nil))
    }

    mutating func changeTerms(_ change: (inout PlanTerms) -> Void) {
        var terms = planTerms ?? PlanTerms()
        change(&terms)
        planTerms = terms
    }

    /// Takes back what policy granted, since a limit refuses the login; the message stays.
    mutating func refuse(_ message: String) {
        refusedReply = reply
        reply.removeAll()
        append(.text(message), environment.known.replyMessage)
    }

    /// Lowers Session-Timeout to `seconds`, or adds it.
    public mutating func limitSession(to seconds: UInt32) {
        guard let definition = environment.known.sessionTimeout else { return }
        if let index = reply.firstIndex(where: { $0.attribute.definition == definition }) {
            if case .unsigned(let present) = reply[index].attribute.value, present <= UInt64(seconds) { return }
            reply[index] = PolicyAttribute(attribute: Attribute(definition, value: .unsigned(UInt64(seconds))), source: nil)
        } else {
            append(.unsigned(UInt64(seconds)), definition)
        }
    }
}
