/// What to type into a NAS, as blocks to copy.
public struct CaptiveSetup: Sendable, Equatable {
    /// One thing to copy.
    public struct Block: Sendable, Equatable {
        public enum Language: String, Sendable { case shell, html, routerOS = "routeros", config, json, powershell, steps }

        /// Where it belongs, in English.
        public let title: String
        public let language: Language
        public let text: String

        init(_ title: String, _ language: Language, _ text: String) {
            self.title = title
            self.language = language
            self.text = text
        }
    }

    /// The values that go into the blocks.
    public struct Site: Sendable, Equatable {
        /// The login page of the organization.
        public var portal: CaptiveURL
        /// Of the RFC 8908 interface. Nil: that is not served.
        public var api: CaptiveURL?
        /// Address of the RADIUS server as the NAS reaches it.
        public var radiusAddress: String
        public var authenticationPort = 1812
        public var accountingPort = 1813
        public var changePort = 3799
        /// Shared with the RADIUS server. Nil: a place to fill in stands instead.
        public var radiusSecret: String?
        /// uamsecret, faskey or what the dialect has. Nil: a place to fill in stands instead.
        public var portalSecret: String?
        public var nasIdentifier = "hotspot"
        public var ssid = "Guest"

        public init(portal: CaptiveURL, api: CaptiveURL? = nil, radiusAddress: String) {
            self.portal = portal
            self.api = api
            self.radiusAddress = radiusAddress
        }
    }

    let site: Site

    public init(_ site: Site) { self.site = site }

    /// The blocks for a dialect: first what the NAS gets, then who may be reached before the login.
    public func blocks(for dialect: CaptiveDialect) -> [Block] { vendorBlocks(dialect) + [garden(dialect)] }

    /// Hosts that a browser must reach before it is online; with `*.` in front, everything under them.
    public func walledGarden(for dialect: CaptiveDialect) -> [String] {
        let vendor: [String] =
            switch dialect {
            case .meraki, .merakiClickThrough: ["*.network-auth.com"]
            case .mist: ["*.mist.com"]
            default: []
            }
        return [site.portal.host] + vendor
    }

    private func garden(_ dialect: CaptiveDialect) -> Block {
        Block(
            "Hosts to allow before the login", .steps,
            walledGarden(for: dialect).joined(separator: "\n")
                + "\n\nLeave the operating systems' test pages (captive.apple.com, connectivitycheck.gstatic.com, www.msftconnecttest.com, "
                + "detectportal.firefox.com) blocked: by them devices notice that there is a login page.")
    }

    // Values in quotation marks of the receiving language; control characters and line ends have no place in any of them.

    var portal: String { site.portal.description }
    var radiusSecret: String { plain(site.radiusSecret ?? "RADIUS-SECRET") }
    var portalSecret: String { plain(site.portalSecret ?? "PORTAL-SECRET") }
    var ssid: String { plain(site.ssid) }
    var nasIdentifier: String { plain(site.nasIdentifier) }
    var radiusAddress: String { plain(site.radiusAddress) }

    func plain(_ text: String) -> String { PlainText.cleaned(text, limit: 256) }

    /// For POSIX shells.
    func shell(_ text: String) -> String { "'" + plain(text).replacing("'", with: "'\\''") + "'" }

    /// For RouterOS.
    func routerOS(_ text: String) -> String {
        "\"" + plain(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$") + "\""
    }

    /// For the many languages that take a backslash before a quotation mark.
    func quoted(_ text: String) -> String {
        "\"" + plain(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    func html(_ text: String) -> String {
        plain(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
