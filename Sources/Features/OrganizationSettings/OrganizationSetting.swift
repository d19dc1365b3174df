import Foundation

/// One setting that an organization may choose for itself: its column, and how its text goes into ``OrganizationSettings``.
///
/// Columns hold texts; NULL inherits the configuration's value.
public struct OrganizationSetting: Sendable {
    /// Column and name, `sms_cooldown`.
    public let name: String
    /// One line for people.
    public let help: String
    /// What a value looks like: `yes or no`.
    public let expected: String
    /// Puts the text into settings; false where it is no such value.
    public let apply: @Sendable (String, inout OrganizationSettings) -> Bool
    /// The effective value as text; empty for none.
    public let text: @Sendable (OrganizationSettings) -> String
    /// Whether the value must not be shown.
    public var isSecret = false
    /// Of its values.
    public var kind = Kind.line

    /// What values are, for forms and documents.
    public enum Kind: Sendable, Equatable {
        /// yes or no.
        case flag
        case integer
        /// A short text.
        case line
        /// A text that may be long.
        case text
        /// Texts with commas between them.
        case list
        /// One of these.
        case choice([String])
    }

    /// The same setting with values of another kind.
    func of(_ kind: Kind) -> OrganizationSetting {
        var setting = self
        setting.kind = kind
        return setting
    }

    static func flag(
        _ name: String, _ path: any WritableKeyPath<OrganizationSettings, Bool> & Sendable, _ help: String
    ) -> OrganizationSetting {
        OrganizationSetting(name: name, help: help, expected: "yes or no") { text, settings in
            guard let value = flags[text.lowercased()] else { return false }
            settings[keyPath: path] = value
            return true
        } text: {
            $0[keyPath: path] ? "yes" : "no"
        }.of(.flag)
    }

    private static let flags = ["yes": true, "true": true, "on": true, "1": true, "no": false, "false": false, "off": false, "0": false]

    static func field(
        _ name: String, _ path: any WritableKeyPath<OrganizationSettings, OptionalField> & Sendable
    ) -> OrganizationSetting {
        OrganizationSetting(
            name: name, help: "The field \(name) of the sign-up form.", expected: "disabled, allowed or mandatory"
        ) { text, settings in
            guard let value = OptionalField(rawValue: text) else { return false }
            settings[keyPath: path] = value
            return true
        } text: {
            $0[keyPath: path].rawValue
        }.of(.choice(OptionalField.allCases.map(\.rawValue)))
    }

    static func optional(
        _ name: String, _ path: any WritableKeyPath<OrganizationSettings, String?> & Sendable, _ help: String, _ expected: String,
        _ isValid: @escaping @Sendable (String) -> Bool
    ) -> OrganizationSetting {
        OrganizationSetting(name: name, help: help, expected: expected) { text, settings in
            guard isValid(text) else { return false }
            settings[keyPath: path] = text
            return true
        } text: {
            $0[keyPath: path] ?? ""
        }
    }

    static func list(
        _ name: String, _ path: any WritableKeyPath<OrganizationSettings, [String]> & Sendable, _ help: String, _ expected: String,
        _ isValid: @escaping @Sendable (String) -> Bool
    ) -> OrganizationSetting {
        OrganizationSetting(name: name, help: help, expected: expected) { text, settings in
            let items = text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
            guard items.allSatisfy(isValid) else { return false }
            settings[keyPath: path] = items
            return true
        } text: {
            $0[keyPath: path].joined(separator: ",")
        }.of(.list)
    }

    static func isURL(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased() else { return false }
        return ["http", "https"].contains(scheme) && url.host?.isEmpty == false
    }

    /// All settings in the order in which people read them.
    public static let all: [OrganizationSetting] = general + portal

    private static let general: [OrganizationSetting] = [
        flag("registration_enabled", \.registrationEnabled, "Whether people may sign up."),
        flag("needs_identity_verification", \.needsIdentityVerification, "Whether RADIUS refuses users that are not verified."),
        flag("sms_verification", \.smsVerification, "Whether accounts are verified by a code in an SMS; needs sms_sender."),
        optional("sms_sender", \.smsSender, "Sender of SMS.", "a number, or 1 to 11 letters and digits") {
            (1...128).contains($0.count)
        },
        optional("sms_message", \.smsMessage, "Text of the SMS.", "at most 160 characters with {code}") {
            $0.contains("{code}") && $0.count <= 160
        },
        OrganizationSetting(name: "sms_cooldown", help: "Seconds between two codes to one number.", expected: "seconds, 0 to 86400") {
            text, settings in
            guard let value = Int(text), (0...86400).contains(value) else { return false }
            settings.smsCooldown = value
            return true
        } text: {
            String($0.smsCooldown)
        }.of(.integer),
        optional("sms_meta_data", \.smsMetaData, "For the SMS gateway.", "a JSON object") {
            ((try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]) != nil
        }.of(.text),
        list(
            "allowed_mobile_prefixes", \.allowedMobilePrefixes, "Calling codes that get SMS; empty for all.", "codes such as +39,+44"
        ) {
            $0.hasPrefix("+") && (2...8).contains($0.count) && $0.dropFirst().allSatisfy { ("0"..."9").contains($0) }
        },
        list(
            "freeradius_allowed_hosts", \.freeRADIUSAllowedHosts, "Addresses from which FreeRADIUS may call.",
            "addresses and prefixes such as 192.0.2.1,10.0.0.0/8"
        ) { AddressRange($0) != nil },
        flag("coa_enabled", \.coaEnabled, "Whether running sessions are changed when a user's group is."),
        field("first_name", \.firstName), field("last_name", \.lastName), field("birth_date", \.birthDate),
        field("location", \.location),
        flag("social_registration_enabled", \.socialRegistrationEnabled, "Whether people may sign up with social accounts."),
        flag("saml_registration_enabled", \.samlRegistrationEnabled, "Whether people may sign up by SAML."),
        flag("mac_addr_roaming_enabled", \.macAddressRoamingEnabled, "Whether devices that move are let in by their address."),
        optional("login_url", \.loginURL, "Login page, for links in messages.", "a web address", isURL),
        optional("status_url", \.statusURL, "Page with the user's sessions.", "a web address", isURL),
        OrganizationSetting(
            name: "password_reset_url", help: "Link of the message that resets a password.",
            expected: "a web address with {uid} and {token}"
        ) { text, settings in
            guard text.contains("{uid}"), text.contains("{token}"), text.count <= 200 else { return false }
            settings.passwordResetURL = text
            return true
        } text: {
            $0.passwordResetURL
        },
    ]

    /// The setting of a name.
    public static func named(_ name: String) -> OrganizationSetting? { all.first { $0.name == name } }
}
