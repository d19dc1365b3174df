import Foundation

extension OrganizationSetting {
    /// Settings of the login pages.
    static let portal: [OrganizationSetting] = [
        list(
            "portal_methods", \.portal.methods, "Ways to get online on the login page, in its order.",
            "of password, sign-up, voucher, click-through"
        ) { PortalSettings.Method(rawValue: $0) != nil },
        list(
            "portal_languages", \.portal.languages, "Languages of the login page, the first for strangers; empty for all.",
            "of en, it, de, fr, es"
        ) { ["en", "it", "de", "fr", "es"].contains($0) },
        optional(
            "portal_logo", \.portal.logo, "Logo of the login page.",
            "data:image/png;base64,... (or svg+xml, jpeg, webp, gif), at most \(PortalSettings.longestLogo) octets", isLogo
        ).of(.text),
        optional("portal_color", \.portal.color, "Colour of buttons and links.", "a colour such as #0a5c8f", isColor),
        optional("portal_background", \.portal.background, "Colour behind the page.", "a colour such as #f4f4f0", isColor),
        optional(
            "portal_texts", \.portal.texts, "Own texts of the login page.",
            "JSON such as {\"en\": {\"Log in\": \"Enter\"}}, at most 8192 octets"
        ) {
            $0.utf8.count <= 8192
                && ((try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any])?.values.allSatisfy {
                    $0 is [String: String]
                }
                    ?? false
        }.of(.text),
        optional(
            "portal_terms", \.portal.terms, "Terms that people accept, as plain text.",
            "a text of at most \(PortalSettings.longestTerms) octets"
        ) { $0.utf8.count <= PortalSettings.longestTerms }.of(.text),
        optional(
            "portal_terms_version", \.portal.termsVersion, "Version of the terms; a new one is asked for again.", "at most 64 characters"
        ) { $0.count <= 64 },
        optional("portal_terms_url", \.portal.termsURL, "Page with the terms, in place of the text.", "a web address", isURL),
        optional("portal_privacy_url", \.portal.privacyURL, "Page with the privacy statement.", "a web address", isURL),
        optional("portal_success_url", \.portal.successURL, "Where people may go once they are online.", "a web address", isURL),
        optional("portal_venue_url", \.portal.venueURL, "Page about the place, which devices show.", "a web address", isURL),
        list(
            "portal_trusted_hosts", \.portal.trustedHosts, "Hosts of NAS devices that login pages may send people to, beside local ones.",
            "host names and addresses"
        ) { (1...253).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._:[]".contains($0)) } },
        secret(
            optional(
                "portal_nas_secret", \.portal.nasSecret, "uamsecret of CoovaChilli, faskey of openNDS, secret of a Mist WLAN.",
                "at most 128 characters"
            ) { $0.utf8.count <= 128 }),
        OrganizationSetting(
            name: "portal_nas_encoding", help: "How passwords go to a NAS that takes both.", expected: "pap or chap"
        ) { text, settings in
            guard ["pap", "chap"].contains(text) else { return false }
            settings.portal.nasEncoding = text
            return true
        } text: {
            $0.portal.nasEncoding
        }.of(.choice(["pap", "chap"])),
        OrganizationSetting(
            name: "portal_nas_channel", help: "Who tells a NAS that can be told either way: Aruba by CoA, openNDS when it polls.",
            expected: "browser or server"
        ) { text, settings in
            guard ["browser", "server"].contains(text) else { return false }
            settings.portal.nasChannel = text
            return true
        } text: {
            $0.portal.nasChannel
        }.of(.choice(["browser", "server"])),
        optional(
            "portal_nas_role", \.portal.nasRole, "Role that an Aruba controller gives to who logged in, where the server tells it.",
            "1 to 64 letters, digits, hyphens, underscores and full stops"
        ) { (1...64).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) } },
        secret(
            optional(
                "portal_controller", \.portal.controller, "Controller that is told who may go online (UniFi, Omada, SmartZone).",
                "JSON with url, username and password or key, id, site, interface"
            ) { text in
                guard let object = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: String] else { return false }
                return object["url"].map(isURL) ?? false
            }.of(.text)),
    ]

    private static func secret(_ setting: OrganizationSetting) -> OrganizationSetting {
        var setting = setting
        setting.isSecret = true
        return setting
    }

    private static func isLogo(_ text: String) -> Bool {
        guard text.utf8.count <= PortalSettings.longestLogo, text.hasPrefix("data:image/"), let comma = text.firstIndex(of: ",") else {
            return false
        }
        let types = ["png", "svg+xml", "jpeg", "webp", "gif"].map { "data:image/\($0);base64" }
        return types.contains(String(text[..<comma])) && Data(base64Encoded: String(text[text.index(after: comma)...])) != nil
    }

    private static func isColor(_ text: String) -> Bool {
        text.utf8.count == 7 && text.hasPrefix("#") && text.dropFirst().allSatisfy { $0.isASCII && $0.isHexDigit }
    }
}
