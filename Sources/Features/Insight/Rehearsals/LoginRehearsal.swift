public import RADIUSDictionary
public import RADIUSPipeline
public import RADIUSTransport
public import RADIUSWire

/// A login that is decided without any effect.
public struct RehearsedLogin: Sendable {
    /// Of the Access-Request, in clear.
    public var attributes: [Attribute]
    /// The NAS to decide for.
    public var client: NASClient
    /// Where the request would come from.
    public var source: IPAddress

    public init(attributes: [Attribute], client: NASClient, source: IPAddress) {
        self.attributes = attributes
        self.client = client
        self.source = source
    }
}

/// Decides logins by the pipeline of the running server: nothing is logged, reserved, counted or written.
public protocol LoginRehearsal: Sendable {
    var dictionary: AttributeDictionary { get }

    /// - Throws: ``RehearsalRefusal``.
    func decide(_ login: RehearsedLogin) async throws -> DecisionRecord
}

/// Why a login was not rehearsed.
public enum RehearsalRefusal: Error, Sendable, Equatable {
    /// Too many wait, or the server stops.
    case busy
    /// The attributes make no packet, as with a password of more than 128 octets.
    case noPacket
}
