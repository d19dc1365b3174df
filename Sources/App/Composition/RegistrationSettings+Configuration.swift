public import Registration
public import ServerKernel

extension RegistrationSettings {
    /// Reads the keys of the section `api` that are about sign-up and verification; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        self.init()
        let known = RegistrationMethods().names
        settableMethods = reader.list("api", "user_settable_registration_methods", default: settableMethods)
        for method in settableMethods where !known.contains(method) || settableMethods.filter({ $0 == method }).count > 1 {
            reader.report(
                reader.location("api", "user_settable_registration_methods"), "'\(method)' is there twice or no registration method")
        }
        codeLength = reader.integer("api", "sms_token_length", default: codeLength, in: 4...8)
        codeSeconds = Int64(reader.integer("api", "sms_token_default_validity", default: 30, in: 1...1440)) * 60
        codeAttempts = reader.integer("api", "sms_token_max_attempts", default: codeAttempts, in: 1...100)
        codesPerUser = Int64(reader.integer("api", "sms_token_max_user_daily", default: Int(codesPerUser), in: 1...1000))
        codesPerAddress = Int64(reader.integer("api", "sms_token_max_ip_daily", default: Int(codesPerAddress), in: 1...1_000_000))
        loginLinkSeconds = Int64(reader.integer("api", "sesame_max_age", default: 0, in: 0...86_400))
        unverifyInactiveDays = Int64(reader.integer("api", "unverify_inactive_users", default: 0, in: 0...36_500))
        deleteInactiveDays = Int64(reader.integer("api", "delete_inactive_users", default: 0, in: 0...36_500))
        deleteUnverifiedDays = Int64(reader.integer("api", "delete_unverified_users", default: 0, in: 0...36_500))
        keptUnverifiedMethods = reader.list("api", "delete_unverified_users_except", default: [])
        servesPortalMock = reader.flag("api", "captive_portal_mock", default: false)
    }
}
