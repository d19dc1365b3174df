public import OrganizationSettings
public import ServerKernel

/// The section `api`.
public struct APIConfiguration: Sendable {
    /// What holds in organizations that choose nothing else.
    public var organizationDefaults: OrganizationSettings

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
    }
}
