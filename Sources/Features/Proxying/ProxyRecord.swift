public import RADIUSProxy
public import RADIUSTransport
import RADIUSWire

/// A record of the configuration file or the database: texts by key.
///
/// The keys are the same in both; readers report what is wrong and go on.
public struct ProxyRecord: Sendable, Equatable {
    public var values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    /// Tells what is wrong with a record, in one sentence.
    public typealias Problem = (String) -> Void

    func text(_ key: String) -> String? {
        guard let text = values[key], !text.isEmpty else { return nil }
        return text
    }

    func flag(_ key: String, default value: Bool, _ problem: Problem) -> Bool {
        guard let text = text(key) else { return value }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            problem("'\(key)' is '\(text)'; it must be yes or no")
            return value
        }
    }

    func choice<T: RawRepresentable & CaseIterable>(_ key: String, default value: T, _ problem: Problem) -> T where T.RawValue == String {
        guard let text = text(key) else { return value }
        guard let choice = T(rawValue: text.lowercased()) else {
            problem("'\(key)' is '\(text)'; it must be one of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
            return value
        }
        return choice
    }

    func integer(_ key: String, default value: Int, in range: ClosedRange<Int>, _ problem: Problem) -> Int {
        guard let text = text(key) else { return value }
        guard let number = Int(text), range.contains(number) else {
            problem("'\(key)' is '\(text)'; it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return number
    }

    func seconds(_ key: String, default value: Duration, in range: ClosedRange<Double>, _ problem: Problem) -> Duration {
        guard let text = text(key) else { return value }
        guard let number = Double(text), range.contains(number) else {
            problem("'\(key)' is '\(text)'; it must be seconds from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return .milliseconds(Int64((number * 1000).rounded()))
    }

    /// Comma-separated words.
    func list(_ key: String) -> [String] {
        (values[key] ?? "").split(separator: ",").map { word in
            String(word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }

    func reportUnknown(_ keys: [String], _ problem: Problem) {
        for key in values.keys.sorted() where !keys.contains(key) { problem("there is no setting '\(key)'") }
    }
}

extension ProxyRecord {
    /// Keys of a realm.
    public static let realmKeys = [
        "name", "auth_pool", "accounting", "acct_pool", "coa_pool", "record", "strip", "reject_message", "fallback", "discovery",
        "request_filter", "reply_filter", "operator_name", "operator_nas_identifier", "rewrite_pattern", "rewrite_template",
    ]

    /// The realm that the record describes; nil where it is none at all.
    public func realm(_ problem: Problem) -> Realm? {
        guard let name = text("name"), var realm = Realm(name: name) else {
            problem("a realm needs 'name': its name, ~ and a regular expression, NULL or DEFAULT")
            return nil
        }
        reportUnknown(Self.realmKeys, problem)
        realm.authenticationPool = text("auth_pool")
        realm.accountingPool = text("acct_pool")
        realm.dynamicAuthorizationPool = text("coa_pool")
        realm.accounting = choice("accounting", default: realm.accountingPool == nil ? .local : .relay, problem)
        if [.relay, .store].contains(realm.accounting), realm.accountingPool == nil {
            problem("'accounting' is \(realm.accounting.rawValue), which needs 'acct_pool'")
        }
        realm.recordsAccounting = flag("record", default: true, problem)
        realm.stripsRealm = flag("strip", default: true, problem)
        realm.rejectMessage = values["reject_message"]
        realm.fallback = choice("fallback", default: .silence, problem)
        realm.isDiscovered = flag("discovery", default: false, problem)
        realm.requestFilter = text("request_filter") ?? ""
        realm.replyFilter = text("reply_filter") ?? ""
        realm.operatorName = text("operator_name")
        realm.identifiesNAS = flag("operator_nas_identifier", default: false, problem)
        if realm.identifiesNAS, realm.operatorName == nil {
            problem("'operator_nas_identifier' needs 'operator_name', by which requests are routed back")
        }
        if let pattern = text("rewrite_pattern") {
            realm.userNameRewrite = UserNameRewrite(pattern: pattern, template: values["rewrite_template"] ?? "")
            if realm.userNameRewrite == nil { problem("'rewrite_pattern' is no regular expression") }
        }
        return realm
    }

    /// Keys of a home server.
    public static let homeServerKeys = [
        "name", "type", "transport", "host", "port", "secret", "source", "require_message_authenticator", "status_check", "check_user",
        "check_password", "response_window", "response_timeouts", "zombie_period", "revive_interval", "check_interval", "check_timeout",
        "answers_to_alive", "connect_fail_interval", "maximum_outstanding", "retransmissions", "prevent_loops", "tls",
    ]

    /// The home server that the record describes; nil where it is none at all.
    /// - Parameter resolve: the address of `host`; nil where it has none now.
    public func homeServer(resolve: (String) -> IPAddress?, _ problem: Problem) -> HomeServer? {
        guard let name = text("name"), let host = text("host") else {
            problem("a home server needs 'name' and 'host', its address or host name")
            return nil
        }
        let transport = choice("transport", default: NASTransport.udp, problem)
        // What RADIUS over TLS and DTLS uses (RFC 6614 §2.3, RFC 7360 §2.1): there the certificate counts.
        let usual: String? =
            switch transport {
            case .tls: "radsec"
            case .dtls: "radius/dtls"
            case .udp, .tcp: nil
            }
        guard let secret = (text("secret") ?? usual).flatMap({ SharedSecret(text: $0) }) else {
            problem("home server '\(name)' needs 'secret': the secret shared with it")
            return nil
        }
        reportUnknown(Self.homeServerKeys, problem)
        guard let address = resolve(host) else {
            problem("home server '\(name)': the host name '\(host)' has no address")
            return nil
        }
        let type = choice("type", default: HomeServerType.both, problem)
        let usualPort = transport == .tls || transport == .dtls ? 2083 : type.usualPort
        var server = HomeServer(
            name: name, host: host, address: address, port: UInt16(integer("port", default: usualPort, in: 1...65535, problem)),
            secret: secret)
        server.type = type
        server.transport = transport
        if let source = text("source") {
            server.source = IPAddress(source)
            if server.source == nil { problem("'source' is '\(source)'; it must be an address of this machine") }
        }
        server.requireMessageAuthenticator = requirement("require_message_authenticator", problem)
        server.statusCheck = statusCheck(problem)
        server.timers = timers(problem)
        server.maximumOutstanding = integer("maximum_outstanding", default: 65_536, in: 8...262_144, problem)
        server.retransmissions = integer("retransmissions", default: 2, in: 0...10, problem)
        server.preventsLoops = flag("prevent_loops", default: true, problem)
        server.tlsProfile = text("tls")
        return server
    }

    private func requirement(_ key: String, _ problem: Problem) -> Requirement {
        switch values[key]?.lowercased() {
        case nil, "", "auto": return .auto
        case "yes", "true", "on": return .yes
        case "no", "false", "off": return .no
        default:
            problem("'\(key)' must be yes, no or auto")
            return .auto
        }
    }

    private func statusCheck(_ problem: Problem) -> StatusCheck {
        switch text("status_check") ?? "none" {
        case "none": return .none
        case "status-server": return .statusServer
        case "request":
            guard let user = text("check_user"), let password = text("check_password") else {
                problem("'status_check' is request, which needs 'check_user' and 'check_password'")
                return .none
            }
            return .request(userName: user, password: password)
        default:
            problem("'status_check' must be none, status-server or request")
            return .none
        }
    }

    private func timers(_ problem: Problem) -> HomeServerTimers {
        var timers = HomeServerTimers()
        timers.responseWindow = seconds("response_window", default: timers.responseWindow, in: 0.1...60, problem)
        timers.responseTimeouts = integer("response_timeouts", default: timers.responseTimeouts, in: 1...1000, problem)
        timers.zombiePeriod = seconds("zombie_period", default: timers.zombiePeriod, in: 1...120, problem)
        timers.reviveInterval = seconds("revive_interval", default: timers.reviveInterval, in: 1...3600, problem)
        timers.checkInterval = seconds("check_interval", default: timers.checkInterval, in: 1...120, problem)
        timers.checkTimeout = seconds("check_timeout", default: timers.checkTimeout, in: 0.1...10, problem)
        timers.answersToAlive = integer("answers_to_alive", default: timers.answersToAlive, in: 1...10, problem)
        timers.connectFailInterval = seconds("connect_fail_interval", default: timers.connectFailInterval, in: 1...3600, problem)
        return timers
    }

    /// Keys of a pool.
    public static let poolKeys = ["name", "method", "servers", "key"]

    /// The pool that the record describes; nil where it is none at all.
    public func pool(_ problem: Problem) -> HomeServerPool? {
        guard let name = text("name"), !list("servers").isEmpty else {
            problem("a pool needs 'name' and 'servers', the names of its home servers")
            return nil
        }
        reportUnknown(Self.poolKeys, problem)
        var pool = HomeServerPool(name: name, method: choice("method", default: .failOver, problem), servers: list("servers"))
        if !list("key").isEmpty { pool.keyAttributes = list("key") }
        return pool
    }
}

extension HomeServerType {
    /// Registered with IANA (RFC 2865 §3, RFC 2866 §3, RFC 5176 §2).
    fileprivate var usualPort: Int {
        switch self {
        case .authentication, .both: 1812
        case .accounting: 1813
        case .dynamicAuthorization: 3799
        }
    }
}
