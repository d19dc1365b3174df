public import Foundation

/// What the section `accounts` of the configuration says.
public struct AccountsSettings: Sendable {
    /// How new passwords are kept.
    public var passwordScheme = PasswordScheme.argon2
    /// Threads for password hashes.
    public var hashingThreads = 2
    /// Hashes that may wait for them; beyond, requests are answered 503.
    public var hashingQueue = 200
    /// Country codes put before telephone numbers that are typed without one, such as `+39`.
    public var phonePrefixes: [String] = []
    /// Where a day begins and ends.
    public var timeZone = TimeZone.current
    /// Days after which a password is too old; 0 for never.
    public var passwordExpirationDays: Int64 = 0
    /// The same for staff; 0 for what holds for everybody.
    public var staffPasswordExpirationDays: Int64 = 0
    /// Days before an account or a password ends at which its user is told; 0 for not at all.
    public var expirationWarningDays: Int64 = 7
    /// Serve the token and password routes of the users API.
    public var servesAuthentication = true
    /// Word before a one-time token in `Authorization`.
    public var oneTimeTokenName = "sesame"
    /// Seconds for which a browser's session is good.
    public var sessionSeconds: Int64 = 43_200
    /// Seconds for which a JSON Web Token is good.
    public var tokenSeconds: Int64 = 3600
    /// Seconds for which the link in a confirmation mail is good.
    public var confirmationSeconds: Int64 = 3 * 86_400
    /// Seconds for which the link in a password mail is good.
    public var passwordResetSeconds: Int64 = 86_400
    /// Name in mails, pages and authenticators.
    public var siteName = "Radian"
    /// How long the answer to a request for a new password takes at least, so that it does not tell whether there is such a user.
    public var passwordResetPause = Duration.milliseconds(300)

    public init() {}

    /// Days after which a password is too old; 0 for never.
    func passwordDays(isStaff: Bool) -> Int64 {
        isStaff && staffPasswordExpirationDays > 0 ? staffPasswordExpirationDays : passwordExpirationDays
    }

    /// Whether a user's password is too old.
    /// - Parameter time: microseconds since 1970 UTC.
    public func isPasswordExpired(_ user: User, at time: Int64) -> Bool {
        let days = passwordDays(isStaff: user.isStaff)
        guard days > 0, let updated = user.passwordUpdated else { return false }
        return updated + days < time / 86_400_000_000
    }

    /// The last second of a day in the site's time zone, since 1970 UTC.
    /// - Parameter date: `2026-01-31`.
    /// - Returns: nil for a day that does not exist.
    public func endOfDay(_ date: String) -> Int64? {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        guard parts.count == 3,
            let start = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])),
            calendar.dateComponents([.year, .month, .day], from: start) == DateComponents(year: parts[0], month: parts[1], day: parts[2]),
            let next = calendar.date(byAdding: .day, value: 1, to: start)
        else { return nil }
        return Int64(calendar.startOfDay(for: next).timeIntervalSince1970) - 1
    }

    /// The day in the site's time zone that a moment falls into, `2026-01-31`.
    /// - Parameter seconds: since 1970 UTC.
    public func day(_ seconds: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let day = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
        func digits(_ number: Int?, _ width: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(day.year, 4) + "-" + digits(day.month, 2) + "-" + digits(day.day, 2)
    }
}
