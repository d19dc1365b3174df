public import FreeRADIUSAPI
public import OrganizationSettings
public import Registration
public import ServerKernel
import ServicePlans

/// The section `api`.
public struct APIConfiguration: Sendable {
    /// What holds in organizations that choose nothing else.
    public var organizationDefaults: OrganizationSettings
    /// What FreeRADIUS's questions are answered by.
    public var freeRADIUS = FreeRADIUSAPISettings()
    /// Sign-up and verification.
    public var registration: RegistrationSettings
    /// Threads that decide them, with a database connection each.
    public var deciderThreads: Int

    /// The type of NAS that replies to FreeRADIUS's questions are for.
    public var nasType: String

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        var defaults = OrganizationSettings()
        for setting in OrganizationSetting.all {
            let text = reader.text("api", setting.name, default: setting.text(defaults))
            if !text.isEmpty, !setting.apply(text, &defaults) {
                reader.report(reader.location("api", setting.name), "'\(text)' is not \(setting.expected)")
            }
        }
        organizationDefaults = defaults
        freeRADIUS.tellsRejects = reader.flag("api", "authorize_reject", default: false)
        freeRADIUS.fillsGroups = reader.flag("api", "accounting_auto_group", default: true)
        freeRADIUS.disposesUserTokens = reader.flag("api", "disposable_radius_user_token", default: true)
        freeRADIUS.phonePrefixes = reader.list("api", "auto_prefixes", default: [])
        for prefix in freeRADIUS.phonePrefixes
        where !prefix.hasPrefix("+") || prefix.dropFirst().contains(where: { !("0"..."9").contains($0) }) {
            reader.report(reader.location("api", "auto_prefixes"), "'\(prefix)' is not a calling code such as +39")
        }
        // The attributes of CoovaChilli are what the API's clients have always got.
        nasType = reader.value("api", "nas_type", default: "coovachilli", expected: "a type of NAS that 'radian nas add --type' knows") {
            NASType.canonicalName($0)
        }
        registration = RegistrationSettings(&reader)
        registration.disposesUserTokens = freeRADIUS.disposesUserTokens
        deciderThreads = reader.integer("api", "authorize_threads", default: 2, in: 1...64)
    }
}
