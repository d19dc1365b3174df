/// What a NAS told a login page about the browser that it sent there.
///
/// Everything in it came through the browser and may be false: it chooses texts and targets, and never grants anything. What RADIUS
/// carries counts.
public struct CaptiveRequest: Sendable, Equatable {
    /// Why the browser is here.
    public enum Phase: String, Sendable, CaseIterable {
        /// Not online yet.
        case login
        /// The NAS has let it in.
        case success
        /// The NAS has refused it; see ``CaptiveRequest/problem``.
        case failed
        /// The session has ended.
        case loggedOut = "logged_out"
        /// It came back while it is online.
        case online
    }

    /// The language that the NAS speaks.
    public let dialect: CaptiveDialect
    public var phase = Phase.login
    /// Of the last attempt.
    public var problem: CaptiveProblem?
    /// What the NAS says about it, often the Reply-Message; fit to be shown as text, at most 200 octets.
    public var message: String?
    public var clientMAC: CaptiveMAC?
    /// The client's hardware address as the NAS wrote it.
    public var clientMACText: String?
    /// IPv4 or IPv6.
    public var clientAddress: String?
    /// NAS-Identifier, or what the NAS calls itself.
    public var nasIdentifier: String?
    /// Address or name of the NAS.
    public var nasAddress: String?
    public var ssid: String?
    public var accessPointMAC: CaptiveMAC?
    /// Where the browser wanted to go. A stranger can have chosen it: offer it as a link, do not go there unasked.
    public var originalURL: CaptiveURL?
    /// RADIUS' session, where the NAS names it.
    public var sessionID: String?
    /// Seconds left of the session, where the NAS tells.
    public var secondsLeft: Int?
    /// What the dialect needs again at the answer.
    var state: [String: String] = [:]

    init(dialect: CaptiveDialect) { self.dialect = dialect }

    /// Keeps a field of the query for the answer, within `limit` octets.
    /// - Throws: ``CaptiveProblem/malformed`` when it is longer: a part of it would be worse than nothing.
    mutating func keep(_ name: String, _ value: String?, limit: Int = 128) throws(CaptiveProblem) {
        guard let value, !value.isEmpty else { return }
        guard value.utf8.count <= limit, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { throw .malformed }
        state[name] = value
    }

    /// An address that was kept.
    func url(_ name: String) -> CaptiveURL? { state[name].flatMap { CaptiveURL($0) } }

    mutating func setClient(_ text: String?) {
        clientMAC = text.flatMap { CaptiveMAC($0) }
        clientMACText = clientMAC == nil ? nil : text
    }

    mutating func setFailure(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        phase = .failed
        message = PlainText.cleaned(text, limit: 200)
        problem = CaptiveProblem(reply: text)
    }
}
