/// A conversation with a controller, without I/O: ``start()`` gives the first call, ``receive(_:)`` takes each reply and tells what is next.
public enum CaptiveCalls: Sendable, Equatable {
    case uniFi(UniFiCalls)
    case omada(OmadaCalls)
    case smartZone(SmartZoneCalls)

    /// What follows a reply.
    public enum Step: Sendable, Equatable {
        case call(HTTPCall)
        /// The client is online, or offline where that was asked for.
        case done
        case failed(CaptiveProblem)
    }

    public mutating func start() -> HTTPCall { receiving { $0.start() } }

    /// - Parameter reply: also of a call that failed: status 0 for a controller that could not be reached.
    public mutating func receive(_ reply: HTTPReply) -> Step { receiving { $0.receive(reply) } }

    private mutating func receiving<Result>(_ body: (inout any CallMachine) -> Result) -> Result {
        var machine: any CallMachine =
            switch self {
            case .uniFi(let calls): calls
            case .omada(let calls): calls
            case .smartZone(let calls): calls
            }
        let result = body(&machine)
        switch machine {
        case let calls as UniFiCalls: self = .uniFi(calls)
        case let calls as OmadaCalls: self = .omada(calls)
        case let calls as SmartZoneCalls: self = .smartZone(calls)
        default: break
        }
        return result
    }
}

protocol CallMachine: Sendable {
    mutating func start() -> HTTPCall
    mutating func receive(_ reply: HTTPReply) -> CaptiveCalls.Step
}

/// A request to a controller.
public struct HTTPCall: Sendable, Equatable {
    /// `GET` or `POST`.
    public var method: String
    public var url: CaptiveURL
    /// Without Host and Content-Length. Some are secret.
    public var headers: [CaptiveField]
    /// JSON; empty: none. Often secret.
    public var body: String
    /// To wait before sending.
    public var delayMilliseconds: Int

    static func get(_ url: CaptiveURL, _ headers: [CaptiveField]) -> HTTPCall {
        HTTPCall(method: "GET", url: url, headers: headers + [CaptiveField("Accept", "application/json")], body: "", delayMilliseconds: 0)
    }

    static func post(_ url: CaptiveURL, _ headers: [CaptiveField], _ body: CaptiveJSON, after delay: Int = 0) -> HTTPCall {
        HTTPCall(
            method: "POST", url: url,
            headers: headers + [CaptiveField("Content-Type", "application/json"), CaptiveField("Accept", "application/json")],
            body: body.written, delayMilliseconds: delay)
    }
}

extension HTTPCall: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without headers and body: they hold secrets.
    public var description: String { "\(method) \(url.origin)\(url.path)" }
    public var debugDescription: String { description }
}

/// What a controller answered.
public struct HTTPReply: Sendable, Equatable {
    /// 0: nothing came.
    public var status: Int
    public var headers: [CaptiveField]
    /// At most 256 KiB are of use.
    public var body: [UInt8]

    public init(status: Int, headers: [CaptiveField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    var json: CaptiveJSON? { CaptiveJSON(body) }

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// What went wrong below the controller's own answer; nil for success.
    var problem: CaptiveProblem? {
        switch status {
        case 200..<300: nil
        case 401, 403: .controllerRefused
        default: .controllerFault
        }
    }
}

/// The cookies of one conversation (RFC 6265, as far as one host needs it).
struct CookieJar: Sendable, Equatable {
    private var cookies: [CaptiveField] = []

    mutating func take(_ reply: HTTPReply) {
        for header in reply.headers.prefix(128) where header.name.lowercased() == "set-cookie" {
            let pair = header.value.prefix { $0 != ";" }
            guard pair.utf8.count <= 4096, let equal = pair.firstIndex(of: "=") else { continue }
            let name = PlainText.cleaned(pair[..<equal], limit: 256)
            let value = PlainText.cleaned(pair[pair.index(after: equal)...], limit: 4096)
            cookies.removeAll { $0.name == name }
            if !name.isEmpty, cookies.count < 16 { cookies.append(CaptiveField(name, value)) }
        }
    }

    subscript(_ name: String) -> String? { cookies.first { $0.name == name }?.value }

    /// The header to send, none without cookies.
    var header: [CaptiveField] {
        cookies.isEmpty ? [] : [CaptiveField("Cookie", cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; "))]
    }
}
