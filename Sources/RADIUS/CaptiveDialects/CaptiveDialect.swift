/// The language in which a kind of NAS talks with login pages on other hosts.
public enum CaptiveDialect: String, Sendable, CaseIterable {
    case coovaChilli = "coovachilli"
    case mikroTik = "mikrotik"
    case pfSense = "pfsense"
    case opnSense = "opnsense"
    case openNDS = "opennds"
    case uniFi = "unifi"
    case ciscoWLC = "cisco-wlc"
    case ciscoCWA = "cisco-cwa"
    case aruba
    case ruckus
    case smartZone = "smartzone"
    case meraki
    case merakiClickThrough = "meraki-click-through"
    case cambium
    case omada
    case omadaAPI = "omada-api"
    case fortiGate = "fortigate"
    case extreme
    case mist
    case nomadix
    case huawei
    case wispr

    /// Reads what a NAS sent a browser with.
    ///
    /// - Parameters:
    ///   - type: of the NAS as in `nas.type`, where the NAS is known. It decides between dialects that the fields allow.
    /// - Returns: nil when the fields are of no dialect: somebody came by himself.
    /// - Throws: ``CaptiveProblem/malformed``, and of openNDS ``CaptiveProblem/missingSecret`` and ``CaptiveProblem/badSignature``.
    public static func read(
        _ query: CaptiveQuery, nasType type: String? = nil, settings: CaptiveSettings = CaptiveSettings()
    ) throws(CaptiveProblem) -> CaptiveRequest? {
        guard let dialect = detect(query, nasType: type) else { return nil }
        var request = CaptiveRequest(dialect: dialect)
        try dialect.driver.read(query, into: &request, settings: settings)
        // A state that does not fit into the pages is of no use later.
        guard request.token(key: [], time: 0) != nil else { throw .malformed }
        return request
    }

    /// The dialect of a redirect, by what arrives and by the type of the NAS.
    public static func detect(_ query: CaptiveQuery, nasType type: String? = nil) -> CaptiveDialect? {
        let possible = bySpecificity.filter { $0.driver.recognizes(query) }
        let preferred = type.map { dialects(ofNASType: $0) } ?? []
        return possible.first { preferred.contains($0) } ?? possible.first
    }

    /// The dialects that a type of NAS can speak, the usual one first.
    public static func dialects(ofNASType type: String) -> [CaptiveDialect] {
        switch type.lowercased() {
        case "coovachilli", "chillispot", "coova", "uspot", "teltonika": [.coovaChilli]
        case "openwrt": [.coovaChilli, .openNDS]
        case "opennds", "nodogsplash": [.openNDS]
        case "mikrotik", "routeros", "router-os": [.mikroTik]
        case "pfsense": [.pfSense]
        case "opnsense": [.opnSense]
        case "unifi", "ubiquiti", "ubnt": [.uniFi]
        case "cisco", "cisco-ios", "cisco-wlc", "airespace", "cisco-9800": [.ciscoWLC, .ciscoCWA]
        case "aruba", "aruba-instant", "arubaos", "hpe": [.aruba]
        case "ruckus", "zonedirector", "unleashed": [.ruckus, .smartZone]
        case "smartzone": [.smartZone, .ruckus]
        case "meraki": [.meraki, .merakiClickThrough]
        case "cambium", "cnpilot", "cambium-epmp", "epmp": [.cambium]
        case "omada", "tp-link", "tplink": [.omada, .omadaAPI]
        case "fortinet", "fortigate", "fortiap": [.fortiGate]
        case "extreme", "aerohive", "extreme-iq": [.extreme]
        case "mist": [.mist]
        case "nomadix": [.nomadix]
        case "huawei", "h3c", "hpe-comware", "comware": [.huawei]
        case "wispr": [.wispr]
        default: []
        }
    }

    /// Special fields before general ones.
    static let bySpecificity: [CaptiveDialect] = [
        .openNDS, .merakiClickThrough, .mikroTik, .coovaChilli, .cambium, .fortiGate, .smartZone, .ruckus, .omada, .omadaAPI, .ciscoWLC,
        .pfSense, .opnSense, .mist, .aruba, .extreme, .nomadix, .huawei, .meraki, .ciscoCWA, .uniFi, .wispr,
    ]

    var driver: any CaptiveDriver {
        switch self {
        case .coovaChilli: CoovaChilliDriver()
        case .mikroTik: MikroTikDriver()
        case .pfSense: PfSenseDriver()
        case .opnSense: OPNsenseDriver()
        case .openNDS: OpenNDSDriver()
        case .uniFi: UniFiDriver()
        case .ciscoWLC: CiscoWLCDriver()
        case .ciscoCWA: CiscoCWADriver()
        case .aruba: ArubaDriver()
        case .ruckus: RuckusDriver()
        case .smartZone: SmartZoneDriver()
        case .meraki: MerakiDriver()
        case .merakiClickThrough: MerakiClickThroughDriver()
        case .cambium: CambiumDriver()
        case .omada: OmadaDriver()
        case .omadaAPI: OmadaAPIDriver()
        case .fortiGate: FortiGateDriver()
        case .extreme: ExtremeDriver()
        case .mist: MistDriver()
        case .nomadix: NomadixDriver()
        case .huawei: HuaweiDriver()
        case .wispr: WISPrDriver()
        }
    }

    /// Whether the NAS asks RADIUS about a login, set up like this. If not, as below.
    public func asksRADIUS(_ settings: CaptiveSettings) -> Bool { asksRADIUS && !(self == .aruba && settings.channel == .server) }

    /// Whether the NAS asks RADIUS about the login. If not, this server decides alone, and gives the limits with its answer.
    public var asksRADIUS: Bool {
        switch self {
        case .openNDS, .uniFi, .merakiClickThrough, .omadaAPI, .mist: false
        default: true
        }
    }
}

extension CaptiveRequest {
    /// What lets the browser go online.
    /// - Throws: what is missing or not to be trusted.
    public func login(_ login: CaptiveLogin, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        try dialect.driver.login(login, for: self, settings: settings)
    }

    /// What ends the session.
    /// - Parameter sessionID: Acct-Session-Id, which pfSense needs.
    /// - Throws: ``CaptiveProblem/unsupported`` where the NAS knows no such thing: then a Disconnect-Request has to do.
    public func logout(sessionID: String? = nil, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        try dialect.driver.logout(self, sessionID: sessionID ?? self.sessionID, settings: settings)
    }

    /// The NAS' own page about the session; nil where it has none or where its host is not to be trusted.
    public func status(settings: CaptiveSettings) -> CaptiveURL? { dialect.driver.status(self, settings: settings) }
}
