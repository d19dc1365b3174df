public import Accounts
import Foundation
public import ServerKernel

/// The section `accounts`.
public struct AccountsConfiguration: Sendable {
    public var settings = AccountsSettings()

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        settings.passwordScheme = reader.choice("accounts", "password_scheme", default: PasswordScheme.argon2)
        let threads = reader.integer("accounts", "hashing_threads", default: 0, in: 0...256)
        settings.hashingThreads = threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : threads
        settings.hashingQueue = reader.integer("accounts", "hashing_queue", default: 200, in: 1...100_000)
        settings.phonePrefixes = reader.list("accounts", "phone_prefixes", default: [])
        settings.passwordExpirationDays = Int64(reader.integer("accounts", "password_expiration_days", default: 0, in: 0...36_500))
        settings.staffPasswordExpirationDays = Int64(
            reader.integer("accounts", "staff_password_expiration_days", default: 0, in: 0...36_500))
        settings.expirationWarningDays = Int64(reader.integer("accounts", "expiration_warning_days", default: 7, in: 0...365))
        settings.servesAuthentication = reader.flag("accounts", "authentication_api", default: true)
        settings.oneTimeTokenName = reader.value(
            "accounts", "one_time_token_name", default: "sesame", expected: "a word of letters, digits and '-', not 'bearer'"
        ) { word in
            let isWord = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            return isWord && word.lowercased() != "bearer" ? word : nil
        }
        settings.sessionSeconds = Int64(reader.integer("accounts", "session_hours", default: 12, in: 1...8760)) * 3600
        settings.tokenSeconds = Int64(reader.integer("accounts", "token_minutes", default: 60, in: 1...525_600)) * 60
        settings.confirmationSeconds = Int64(reader.integer("accounts", "confirmation_hours", default: 72, in: 1...8760)) * 3600
        settings.passwordResetSeconds = Int64(reader.integer("accounts", "password_reset_hours", default: 24, in: 1...720)) * 3600
        settings.siteName = reader.text("accounts", "site_name", default: "Radian")
        for prefix in settings.phonePrefixes where PhoneNumber.callingCode(of: prefix) != prefix {
            reader.report(reader.location("accounts", "phone_prefixes"), "'\(prefix)' is not a country code such as +39")
        }
    }
}
