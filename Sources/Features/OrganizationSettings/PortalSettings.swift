/// What an organization's login pages look like and offer. Names are those of the settings, behind `portal_`.
public struct PortalSettings: Sendable, Equatable {
    /// A way to get online.
    public enum Method: String, Sendable, CaseIterable {
        /// User name, e-mail address or telephone number, and password.
        case password
        /// An account of one's own, where the organization allows registration.
        case signUp = "sign-up"
        /// One code that was printed or handed out.
        case voucher
        /// No account: the terms, and a button.
        case clickThrough = "click-through"
    }

    /// In the order of the page.
    public var methods: [String] = [Method.password.rawValue, Method.signUp.rawValue]
    /// Codes of the languages that are offered, the first for visitors who read none of them; empty for all.
    public var languages: [String] = []
    /// `data:image/png;base64,…`, at most ``longestLogo`` octets.
    public var logo: String?
    /// Of buttons and links, `#rrggbb`; nil for the pages' own.
    public var color: String?
    /// Behind the page in daylight, `#rrggbb`; nil for the pages' own.
    public var background: String?
    /// JSON: by language, by English text, the organization's own text. Language `*` is for all.
    public var texts: String?
    /// Plain text; blank lines separate paragraphs.
    public var terms: String?
    /// Who accepted another version is asked again.
    public var termsVersion: String?
    /// In place of the text.
    public var termsURL: String?
    /// The privacy statement.
    public var privacyURL: String?
    /// Where people may go once they are online.
    public var successURL: String?
    /// About the place, for devices that show it (RFC 8908).
    public var venueURL: String?
    /// Hosts beside local ones and the vendor's that credentials may be sent to.
    public var trustedHosts: [String] = []
    /// Of the NAS for login pages: uamsecret, faskey, secret of a Mist WLAN.
    public var nasSecret: String?
    /// How the password goes to the NAS where that can be chosen: `pap` or `chap`.
    public var nasEncoding = "pap"
    /// Who tells the NAS where that can be chosen: `browser`, or this `server`, by CoA or when the NAS polls.
    public var nasChannel = "browser"
    /// Role that an Aruba controller gives by CoA.
    public var nasRole: String?
    /// JSON: the controller that this server tells who may go online.
    public var controller: String?

    /// Octets; the page that shows it stays below 50 KB.
    public static let longestLogo = 24_576
    /// Octets of the terms.
    public static let longestTerms = 24_576

    public init() {}

    /// Whether people may get online this way.
    public func offers(_ method: Method) -> Bool { methods.contains(method.rawValue) }

    /// What consents are kept under, `1` where no version is given; nil where there are no terms.
    public var consentVersion: String? {
        guard terms != nil || termsURL != nil else { return nil }
        return termsVersion ?? "1"
    }
}
