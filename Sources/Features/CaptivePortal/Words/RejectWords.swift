import Foundation
import Localization
import RADIUSPipeline

/// Why RADIUS refuses somebody, in the words of who wants to go online: what it means, and what to do.
enum RejectWords {
    static let wrongCredentials: Message = "The name or the password is not right. Check both and try again."
    static let fault: Message = "The network has a problem that is not your fault. Try again in a few minutes."
    private static let again: Message = "The login took too long, or was used before. Log in again."
    private static let device: Message = "Your device logs in in a way that does not work here. Ask the staff."
    private static let denied: Message = "This account may not go online here. Ask the staff."

    /// One sentence or two for a reason.
    /// - Parameters:
    ///   - limit: what of the user's limits is used up, where that is known.
    ///   - now: seconds since 1970 UTC.
    static func sentences(
        _ reason: RejectReason, limit: UsedUpLimit? = nil, at now: Int64, _ calendar: LocalCalendar, in language: Language
    ) -> [Message] {
        guard let quota = Quota(reason) else { return [sentence(reason)] }
        var sentences = [quota.sentence(limit?.amount(in: language))]
        if let renewal = limit?.renewal ?? quota.renewal(at: now, calendar) {
            sentences.append(Self.renewal(renewal, at: now, calendar, in: language))
        } else {
            sentences.append("Ask the staff for more.")
        }
        return sentences
    }

    /// When something is given anew: the time where it is today or at the coming midnight, else with the date.
    static func renewal(_ epoch: Int64, at now: Int64, _ calendar: LocalCalendar, in language: Language) -> Message {
        let time = Amounts.time(epoch, in: calendar.zone)
        if epoch <= calendar.nextDayStart(now) { return Message("You can go online again at {time}.", ["time": time]) }
        return Message(
            "You can go online again on {date} at {time}.", ["date": Amounts.date(epoch, in: calendar.zone, language), "time": time])
    }

    private static func sentence(_ reason: RejectReason) -> Message {
        switch reason {
        case .userUnknown, .passwordMismatch, .passwordUnknown, .userNameMissing, .userNameInvalid, .credentialsMissing,
            .credentialsMalformed:
            wrongCredentials
        case .organizationAmbiguous: "Several places here know your name. Log in with your e-mail address."
        case .organizationNotMember: "Your account does not belong here. Sign up, or ask the staff."
        case .organizationInactive: "This network is closed at the moment. Ask the staff."
        case .identityUnverified: "Confirm who you are first: log in again, and follow the steps."
        case .accountInactive: "Your account is switched off. Ask the staff."
        case .accountExpired: "The time of your account is over. Ask the staff for a new one."
        case .passwordExpired: "Your password is too old. Log in again and choose a new one."
        case .passwordChanged, .tokenUsed, .eapConversationUnknown, .eapAbandoned, .resumptionDenied, .authorizationUnasked: again
        case .oneTimePasswordMissing: "Type the code of your authenticator behind the password."
        case .oneTimePasswordWrong: "The code of the authenticator is not right. Try the next one."
        case .oneTimePasswordUsed: "This code was used before. Wait for the next one."
        case .passwordUnfit, .passwordChangeFailed: "The new password was not taken. Choose another one."
        case .passwordUnsuitable, .methodDenied, .eapUnsupported, .eapMalformed, .eapNoCommonMethod, .eapProof, .eapTLS, .eapLimit,
            .authTypeUnsupported, .certificateStatusUnknown:
            device
        case .certificateRevoked: "The certificate of your device is not good any more. Ask the staff."
        case .policyRejected, .policyMismatch, .ruleRejected, .realmRefused: denied
        case .loginTimeOutside: "You cannot go online at this hour. Try again later."
        case .loginTimeEnding: "The hours in which you can go online are about to end. Try again later."
        case .sessionLimit: "You are online with as many devices as you may. Log out on another one first."
        case .homeServerRejected: "Your home organization refuses the login. Check name and password, or ask there."
        case .policyMisconfigured, .planUnknown, .poolExhausted, .homeServerSilent, .proxyLoop, .backEndUnavailable,
            .databaseUnavailable, .databaseFailed:
            fault
        case .quotaAge: "The time since your first login is over. Ask the staff for more."
        case .quotaTime, .quotaDailyTime, .quotaWeeklyTime, .quotaMonthlyTime, .quotaTotalTime, .quotaVolume, .quotaDailyVolume,
            .quotaWeeklyVolume, .quotaMonthlyVolume, .quotaTotalVolume:
            "Your time or your data volume is used up."
        }
    }

    /// What a quota is about.
    struct Quota {
        enum Span { case day, week, month, other, total }

        var span: Span
        var isVolume: Bool

        init?(_ reason: RejectReason) {
            switch reason {
            case .quotaTime: self.init(.other, false)
            case .quotaDailyTime: self.init(.day, false)
            case .quotaWeeklyTime: self.init(.week, false)
            case .quotaMonthlyTime: self.init(.month, false)
            case .quotaTotalTime: self.init(.total, false)
            case .quotaVolume: self.init(.other, true)
            case .quotaDailyVolume: self.init(.day, true)
            case .quotaWeeklyVolume: self.init(.week, true)
            case .quotaMonthlyVolume: self.init(.month, true)
            case .quotaTotalVolume: self.init(.total, true)
            default: return nil
            }
        }

        /// What a limit's period is to people.
        init(_ period: UsagePeriod, isVolume: Bool) {
            switch period {
            case .days(1): self.init(.day, isVolume)
            case .weeks(1): self.init(.week, isVolume)
            case .months(1, resetDay: _): self.init(.month, isVolume)
            case .total: self.init(.total, isVolume)
            default: self.init(.other, isVolume)
            }
        }

        private init(_ span: Span, _ isVolume: Bool) {
            self.span = span
            self.isVolume = isVolume
        }

        /// - Parameter amount: the limit; nil when it is not known.
        func sentence(_ amount: String?) -> Message {
            let arguments = amount.map { ["amount": $0] } ?? [:]
            let (known, unknown) = texts
            return Message(amount == nil ? unknown : known, arguments)
        }

        private var texts: (known: String, unknown: String) {
            switch (span, isVolume) {
            case (.day, false): ("Your time for today ({amount}) is used up.", "Your time for today is used up.")
            case (.week, false): ("Your time for this week ({amount}) is used up.", "Your time for this week is used up.")
            case (.month, false): ("Your time for this month ({amount}) is used up.", "Your time for this month is used up.")
            case (_, false): ("Your time ({amount}) is used up.", "Your time is used up.")
            case (.day, true): ("Your data volume for today ({amount}) is used up.", "Your data volume for today is used up.")
            case (.week, true): ("Your data volume for this week ({amount}) is used up.", "Your data volume for this week is used up.")
            case (.month, true): ("Your data volume for this month ({amount}) is used up.", "Your data volume for this month is used up.")
            case (_, true): ("Your data volume ({amount}) is used up.", "Your data volume is used up.")
            }
        }

        /// The usual reset, where no limit of the user's tells it.
        func renewal(at now: Int64, _ calendar: LocalCalendar) -> Int64? {
            switch span {
            case .day: calendar.nextDayStart(now)
            case .week: UsagePeriod.weeks(1).span(at: now, in: calendar)?.end
            case .month: UsagePeriod.months(1, resetDay: 1).span(at: now, in: calendar)?.end
            case .other, .total: nil
            }
        }

        /// Whether a limit may be the one that a reason is about.
        func matches(_ other: Quota) -> Bool { isVolume == other.isVolume && (span == other.span || span == .other) }
    }
}

/// A limit of which nothing is left.
struct UsedUpLimit: Sendable, Equatable {
    /// Seconds, or octets.
    var value: Int64
    var isVolume: Bool
    /// Seconds since 1970 UTC; nil for never.
    var renewal: Int64?

    func amount(in language: Language) -> String {
        isVolume ? Amounts.volume(value, in: language) : Amounts.duration(value)
    }
}
