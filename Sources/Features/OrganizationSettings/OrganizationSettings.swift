public import Accounts

/// Whether an optional field of the sign-up form is shown and needed.
public enum OptionalField: String, Sendable, Codable, CaseIterable {
    /// Not asked for; a value is ignored.
    case disabled
    /// May be empty.
    case allowed
    /// Must be filled in.
    case mandatory
}

/// What holds in one organization: its own choice where it made one, else the configuration's.
///
/// Names are those of the settings in `radian_organization_setting`.
public struct OrganizationSettings: Sendable, Equatable {
    /// Whether people may sign up.
    public var registrationEnabled = true
    /// Whether a user must be verified before RADIUS lets it in.
    public var needsIdentityVerification = false
    /// Whether accounts are verified by a code in an SMS.
    public var smsVerification = false
    /// Sender of SMS; a number, or up to 11 letters.
    public var smsSender: String?
    /// Text of the SMS with `{code}`, at most 160 characters; nil for the translated default.
    public var smsMessage: String?
    /// Seconds between two codes to one number.
    public var smsCooldown = 30
    /// For the gateway, such as `{"gateway": "twilio"}`; JSON.
    public var smsMetaData: String?
    /// Calling codes that get SMS, such as `+39`; empty for all.
    public var allowedMobilePrefixes: [String] = []
    /// Addresses and prefixes from which FreeRADIUS may call; see ``allowsFreeRADIUS(from:)``.
    public var freeRADIUSAllowedHosts: [String] = []
    public var coaEnabled = false
    public var firstName = OptionalField.disabled
    public var lastName = OptionalField.disabled
    public var birthDate = OptionalField.disabled
    public var location = OptionalField.disabled
    public var socialRegistrationEnabled = false
    public var samlRegistrationEnabled = false
    /// Whether a device that moves between access points is let in by its address.
    public var macAddressRoamingEnabled = false
    /// Login page, for links in messages.
    public var loginURL: String?
    /// Page with the user's sessions.
    public var statusURL: String?
    /// Template with `{uid}` and `{token}`, also `{organization}` and `{site}`.
    public var passwordResetURL = OrganizationSettings.defaultPasswordResetURL
    /// Its login pages.
    public var portal = PortalSettings()
    /// Secret of the organization's FreeRADIUS, 32 letters and digits; empty in the configuration's defaults.
    public var token = ""

    public static let defaultPasswordResetURL = "https://{site}/{organization}/password/reset/confirm/{uid}/{token}"

    public init() {}
}

/// An organization and what holds in it.
public struct OrganizationContext: Sendable, Equatable {
    public var organization: Organization
    public var settings: OrganizationSettings

    public init(organization: Organization, settings: OrganizationSettings) {
        self.organization = organization
        self.settings = settings
    }
}
