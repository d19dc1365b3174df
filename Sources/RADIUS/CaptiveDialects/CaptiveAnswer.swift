/// How a browser gets online, or off again.
public enum CaptiveAnswer: Sendable, Equatable {
    /// The browser sends a form to the NAS, by itself or by a button.
    case form(CaptiveForm)
    /// The browser goes to an address of the NAS.
    case redirect(CaptiveURL)
    /// This server calls the controller; the browser waits on our page.
    case call(CaptiveCalls)
    /// This server sends a CoA-Request or a Disconnect-Request to the NAS; the browser waits on our page.
    case changeOfAuthorization(CaptiveChange)
    /// The NAS asks this server who may go online: the entry is kept for it until it has been taken.
    case poll(OpenNDSPoll.Entry)
    /// This server talks the portal protocol with the access controller; the browser waits on our page.
    case portalProtocol(PortalProtocolLogin)
}

/// A form for the browser to send to a NAS.
public struct CaptiveForm: Sendable, Equatable {
    public enum Method: String, Sendable { case get, post }

    public var method = Method.post
    /// Its origin belongs into `form-action` of the page's content security policy.
    public var action: CaptiveURL
    /// Hidden inputs in this order.
    public var fields: [CaptiveField]

    public init(_ action: CaptiveURL, _ fields: [CaptiveField], method: Method = .post) {
        self.method = method
        self.action = action
        self.fields = fields
    }
}

/// A change of authorization (RFC 5176) that makes the NAS look at a session again, or the end of one.
public struct CaptiveChange: Sendable, Equatable {
    public var clientMAC: CaptiveMAC?
    /// The NAS's own number of the session (Cisco's audit-session-id), where the redirect told it.
    public var vendorSessionID: String?
    /// In the dictionary's names.
    public var attributes: [CaptiveField]
    /// Kinds of NAS, as in `nas.type`, that it is for.
    public var nasTypes: [String]
    /// Whether the NAS asks RADIUS about the device after it, and by its address alone.
    public var isFollowedByMACLogin = false
    /// A Disconnect-Request, which has no attributes, and not a CoA-Request.
    public var isDisconnect = false
}

/// Who wants to go online.
public struct CaptiveLogin: Sendable, Equatable {
    public var username: String
    /// A password for this one login: it passes through the browser and a NAS that speaks plain HTTP.
    public var password: String
    /// Where the browser shall be afterwards, usually our own page of success.
    public var destination: CaptiveURL?
    /// For dialects in which RADIUS has no say.
    public var limits: CaptiveLimits
    /// Seconds since 1970.
    public var time: Int64

    public init(username: String, password: String, destination: CaptiveURL? = nil, limits: CaptiveLimits = CaptiveLimits(), time: Int64) {
        self.username = username
        self.password = password
        self.destination = destination
        self.limits = limits
        self.time = time
    }
}

extension CaptiveLogin: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the password.
    public var description: String { "CaptiveLogin(\(username))" }
    public var debugDescription: String { description }
}

/// What a controller is told to allow. Nil: without limit, or the controller's own one.
public struct CaptiveLimits: Sendable, Equatable, Codable {
    public var seconds: Int64?
    /// From the client, in kbit/s.
    public var upKilobits: Int64?
    /// To the client, in kbit/s.
    public var downKilobits: Int64?
    /// From the client.
    public var upOctets: Int64?
    /// To the client.
    public var downOctets: Int64?
    /// Both directions together.
    public var totalOctets: Int64?

    public init(
        seconds: Int64? = nil, upKilobits: Int64? = nil, downKilobits: Int64? = nil, upOctets: Int64? = nil, downOctets: Int64? = nil,
        totalOctets: Int64? = nil
    ) {
        self.seconds = seconds
        self.upKilobits = upKilobits
        self.downKilobits = downKilobits
        self.upOctets = upOctets
        self.downOctets = downOctets
        self.totalOctets = totalOctets
    }

    /// Rounded up, at least one; `fallback` when the time is not limited.
    func minutes(or fallback: Int64) -> Int64 { seconds.map { max(1, ($0 + 59) / 60) } ?? fallback }
}
