import Database
import Localization
import WebRouting

/// What has to be done once a day: accounts whose time is over become inactive, users hear of what ends soon.
struct DailyWork: Sendable {
    let environment: AccountsEnvironment

    private static let claim = Statement(
        "INSERT INTO radian_daily_run (name, day) VALUES ($1, $2) ON CONFLICT (name, day) DO NOTHING")
    private static let forget = Statement("DELETE FROM radian_daily_run WHERE day < $1")

    /// Does today's work unless some node did it before.
    /// - Parameter time: microseconds since 1970 UTC.
    func run(at time: Int64) async throws {
        try await deactivate(at: time)
        let today = environment.settings.day(time / 1_000_000)
        try await environment.change { connection in
            guard try connection.execute(Self.claim, [.text("reminders"), .text(today)]) > 0 else { return }
            try connection.execute(Self.forget, [.text(today)])
            try remindOfAccounts(at: time, connection)
            try remindOfPasswords(at: time, connection)
        }
    }

    /// Makes accounts inactive whose last day is over, each in a transaction of its own, so that one that fails keeps no other.
    private func deactivate(at time: Int64) async throws {
        let expired = try await environment.read { try UserStore($0).expired(at: time / 1_000_000, limit: 1000) }
        for user in expired {
            try await environment.change { [environment] connection in
                // Another node may have been first, or an operator gave it a new date.
                guard var user = try UserStore(connection).user(id: user.id), user.isActive,
                    let end = user.expiresAt, end < time / 1_000_000
                else { return }
                user.isActive = false
                _ = try UserStore(connection).setActive(false, username: user.username)
                try UserService.deactivated(user, environment.hooks, over: connection)
                try environment.hooks.userChanged(user, connection)
                try send(
                    .accountDeactivated, to: user, subject: "Your account has been deactivated",
                    text: Message(
                        "the time of your account {username} at {site} is over: it has been deactivated.", names(user)), connection)
            }
        }
    }

    private func remindOfAccounts(at time: Int64, _ connection: any DatabaseConnection) throws {
        let settings = environment.settings
        guard settings.expirationWarningDays > 0 else { return }
        let day = settings.day(time / 1_000_000 + settings.expirationWarningDays * 86_400)
        guard let end = settings.endOfDay(day) else { return }
        // Days are 23 to 25 hours long where clocks change; the day itself decides.
        for user in try UserStore(connection).expiring(in: end - 90_000..<end + 1) where settings.day(user.expiresAt ?? 0) == day {
            try send(
                .accountExpiry, to: user, subject: "Action Required: Account Expiration Notice",
                text: Message(
                    "your account {username} at {site} ends on {date}. If you still need it, ask whoever runs it for more time.",
                    names(user).merging(["date": day]) { $1 }), connection)
        }
    }

    private func remindOfPasswords(at time: Int64, _ connection: any DatabaseConnection) throws {
        let settings = environment.settings
        guard settings.expirationWarningDays > 0 else { return }
        let today = time / 86_400_000_000
        for isStaff in [false, true] {
            let days = settings.passwordDays(isStaff: isStaff)
            guard days > 0 else { continue }
            let expiry = today + settings.expirationWarningDays
            for user in try UserStore(connection).passwordsSet(on: expiry - days, isStaff: isStaff) {
                try send(
                    .passwordExpiry, to: user, subject: "Action Required: Password Expiry Notice",
                    text: Message(
                        "the password of your account {username} at {site} expires on {date}. Choose a new one before.",
                        names(user).merging(["date": WebTime.date(days: expiry)]) { $1 }), connection)
            }
        }
    }

    private func names(_ user: User) -> [String: String] { ["username": user.username, "site": environment.settings.siteName] }

    /// Only addresses that are proved get mail that nobody asked for.
    private func send(
        _ kind: AccountMail.Kind, to user: User, subject: Message, text: Message, _ connection: any DatabaseConnection
    ) throws {
        guard let address = try EmailAddressStore(connection).primary(user.id), address.isVerified else { return }
        try environment.sendMail(
            AccountMail(
                kind, to: user, recipient: address.email, subject: subject,
                paragraphs: [Message("Hello {name},", ["name": user.displayName]), text]), connection)
    }
}
