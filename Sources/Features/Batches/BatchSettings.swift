public import Accounts
public import Foundation

/// What the configuration says about batches.
public struct BatchSettings: Sendable {
    /// Where uploaded files are kept; made when it is missing, for the server alone.
    public var directory: URL
    /// Characters of passwords that are made up.
    public var passwordLength: Int
    /// Batches of so many rows and more are worked off in the background.
    public var asyncThreshold: Int
    /// Largest file in octets.
    public var maximumFileSize: Int
    /// Most users that one prefix makes.
    public var maximumUsers: Int
    /// Days after their end at which the users of expired batches are deleted; 0 for never.
    public var deleteExpiredDays: Int
    /// Days for which generated passwords are kept unless somebody fetches them.
    public var credentialDays: Int
    /// How passwords are kept where nobody says otherwise.
    public var passwordScheme: PasswordScheme
    /// Whose midnight ends an expiration date.
    public var timeZone: TimeZone

    public init(
        directory: URL, passwordLength: Int = 8, asyncThreshold: Int = 15, maximumFileSize: Int = 5 << 20, maximumUsers: Int = 100_000,
        deleteExpiredDays: Int = 540, credentialDays: Int = 30, passwordScheme: PasswordScheme = .argon2, timeZone: TimeZone = .current
    ) {
        self.directory = directory
        self.passwordLength = passwordLength
        self.asyncThreshold = asyncThreshold
        self.maximumFileSize = maximumFileSize
        self.maximumUsers = maximumUsers
        self.deleteExpiredDays = deleteExpiredDays
        self.credentialDays = credentialDays
        self.passwordScheme = passwordScheme
        self.timeZone = timeZone
    }

    /// The last second of a day `2026-12-31` in the configured time zone, since 1970 UTC; nil for no day.
    public func end(of date: String) -> Int64? { calendar.endOfDay(date) }

    /// The day of a time as `2026-12-31`.
    func day(of time: Date) -> String { calendar.day(Int64(time.timeIntervalSince1970)) }

    private var calendar: AccountsSettings {
        var settings = AccountsSettings()
        settings.timeZone = timeZone
        return settings
    }
}
