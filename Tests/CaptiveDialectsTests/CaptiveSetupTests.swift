@testable import CaptiveDialects
import Testing

@Suite struct CaptiveSetupTests {
    static func site() throws -> CaptiveSetup.Site {
        var site = CaptiveSetup.Site(
            portal: try #require(CaptiveURL("https://portal.example.org/login/acme/")),
            api: CaptiveURL("https://portal.example.org/api/captive-portal/acme/"), radiusAddress: "192.0.2.10")
        site.radiusSecret = "s'e\"c$r\\et\nx"
        site.portalSecret = "uam"
        return site
    }

    @Test("each dialect has blocks that name the login page", arguments: CaptiveDialect.allCases)
    func everyDialect(dialect: CaptiveDialect) throws {
        let blocks = CaptiveSetup(try Self.site()).blocks(for: dialect)
        #expect(blocks.count >= 2)
        #expect(blocks.contains { $0.text.contains("portal.example.org") })
        #expect(blocks.allSatisfy { !$0.title.isEmpty && !$0.text.isEmpty })
        #expect(CaptiveSetup(try Self.site()).walledGarden(for: dialect).first == "portal.example.org")
    }

    @Test func secretsAreQuotedAsEachLanguageWants() throws {
        let setup = CaptiveSetup(try Self.site())
        #expect(setup.blocks(for: .coovaChilli)[0].text.contains(#"HS_RADSECRET='s'\''e"c$r\etx'"#))
        #expect(setup.blocks(for: .mikroTik)[0].text.contains(#"secret="s'e\"c\$r\\etx""#))
    }

    @Test func withoutSecretsThereIsAPlaceToFillIn() throws {
        var site = try Self.site()
        site.radiusSecret = nil
        #expect(CaptiveSetup(site).blocks(for: .coovaChilli)[0].text.contains("HS_RADSECRET='RADIUS-SECRET'"))
    }

    /// The pages that operators put on their gateways send what the dialect reads.
    @Test func pagesOfGatewaysSendWhatIsRead() throws {
        let setup = CaptiveSetup(try Self.site())
        func names(_ page: String) -> [String] {
            page.split(separator: "name=\"").dropFirst().compactMap { $0.split(separator: "\"").first.map(String.init) }
        }
        let mikroTik = try #require(setup.blocks(for: .mikroTik).first { $0.language == .html })
        #expect(mikroTik.text.contains("action=\"https://portal.example.org/login/acme/\""))
        let sent = names(mikroTik.text)
        #expect(
            Set(["link-login-only", "link-logout", "link-orig", "mac", "ip", "error", "chap-id", "chap-challenge"]).isSubset(of: Set(sent)))
        #expect(CaptiveDialect.detect(CaptiveQuery(sent.map { CaptiveField($0, "x") })) == .mikroTik)
        let pfSense = try #require(setup.blocks(for: .pfSense).first { $0.language == .html })
        #expect(CaptiveDialect.detect(CaptiveQuery(names(pfSense.text).map { CaptiveField($0, "x") })) == .pfSense)
        let opnSense = try #require(setup.blocks(for: .opnSense).first { $0.language == .html })
        for name in ["zoneid", "gateway", "template", "redirurl", "user", "password", "next"] { #expect(opnSense.text.contains(name)) }
    }

    @Test func optionsOfDHCPAndAdvertisements() throws {
        let blocks = CaptiveSetup(try Self.site()).capportBlocks()
        #expect(blocks.map(\.title) == ["dnsmasq", "Kea", "ISC dhcpd", "MikroTik", "Windows Server", "radvd (2.20 or later)", "OpenWrt"])
        #expect(blocks.allSatisfy { $0.text.contains("https://portal.example.org/api/captive-portal/acme/") })
        #expect(blocks[0].text.hasPrefix("dhcp-option=114,https://portal.example.org/api/captive-portal/acme/\n"))
        #expect(blocks[3].text.contains(#"code=114 value="'https://portal.example.org/api/captive-portal/acme/'""#))
        #expect(blocks[4].text.contains("Set-DhcpServerv6OptionValue -OptionId 103"))
        #expect(blocks[5].text.contains("AdvCaptivePortalAPI \"https://"))
    }

    @Test(
        "what devices refuse is not offered",
        arguments: ["http://portal.example.org/api/", "https://192.0.2.1/api/", "https://[2001:db8::1]/api/"])
    func refused(api: String) throws {
        var site = try Self.site()
        site.api = CaptiveURL(api)
        #expect(CaptiveSetup(site).capportBlocks().isEmpty)
    }
}
