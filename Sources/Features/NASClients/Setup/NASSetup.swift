import CaptiveDialects
import WebRouting

/// Where devices find this server.
public struct NASServerSettings: Sendable {
    public var authenticationPort: Int
    public var accountingPort: Int
    /// Whether this server has login pages.
    public var hasLoginPages: Bool

    public init(authenticationPort: Int = 1812, accountingPort: Int = 1813, hasLoginPages: Bool = false) {
        self.authenticationPort = authenticationPort
        self.accountingPort = accountingPort
        self.hasLoginPages = hasLoginPages
    }
}

/// What to type into a device, in blocks to copy. The secret is known to who added the device; a word stands for it here.
struct NASSetup: Sendable {
    /// The server as the device reaches it.
    struct Site: Sendable {
        var server: NASServerSettings
        /// `https://portal.example.org`.
        var origin: String
        /// Name or address of the server.
        var host: String

        /// - Parameter origin: of the request: by which address the operator reaches the server, the device may, too.
        init(_ server: NASServerSettings, origin: String) {
            self.server = server
            self.origin = origin
            host = CaptiveURL(origin)?.host ?? "RADIUS-SERVER"
        }
    }

    /// One thing to copy.
    struct Block: Sendable {
        var title: String
        /// `shell`, `routeros`, `config`, `html`, `json`, `powershell`, or `steps` for people.
        var language: String
        var text: String
    }

    /// What stands for the shared secret.
    static let secret = "RADIUS-SECRET"
    /// UDP port of devices for Disconnect and CoA (RFC 5176).
    static let changePort = 3799

    let vendor: String
    let blocks: [Block]

    /// - Parameters:
    ///   - name: the device's.
    ///   - organizationSlug: whose login pages the device shows; nil for a device of all organizations, which shows none.
    init(type: String, name: String, organizationSlug: String?, site: Site) {
        vendor = NASMake.label(of: type)
        let name = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }))
        var blocks = NASSetupLines(site: site, name: name).blocks(for: type)
        if site.server.hasLoginPages, let slug = organizationSlug { blocks += Self.loginPages(type, name, slug, site) }
        self.blocks = blocks
    }

    private static func loginPages(_ type: String, _ name: String, _ slug: String, _ site: Site) -> [Block] {
        guard let portal = CaptiveURL("\(site.origin)/login/\(slug)/"), let dialect = CaptiveDialect.dialects(ofNASType: type).first else {
            return []
        }
        var values = CaptiveSetup.Site(
            portal: portal, api: CaptiveURL("\(site.origin)/api/captive-portal/\(slug)/"), radiusAddress: site.host)
        values.authenticationPort = site.server.authenticationPort
        values.accountingPort = site.server.accountingPort
        values.changePort = changePort
        values.radiusSecret = secret
        values.nasIdentifier = name
        let setup = CaptiveSetup(values)
        return setup.blocks(for: dialect).map { Block(title: "Login page: \($0.title)", language: $0.language.rawValue, text: $0.text) }
            + setup.capportBlocks().map {
                Block(title: "Captive portal by DHCP (RFC 8910): \($0.title)", language: $0.language.rawValue, text: $0.text)
            }
    }

    /// The lines as the API has them.
    var json: JSONValue {
        [
            "vendor": .string(vendor),
            "blocks": .array(
                blocks.map { ["title": .string($0.title), "language": .string($0.language), "text": .string($0.text)] }),
        ]
    }
}
