import AccessPolicy
import Accounts
import Localization
import OrganizationSettings
import RADIUSPipeline
import Registration
import WebRouting

/// A limit of a user's group with what is left of it.
struct UsageLimit: Sendable {
    var measure: UsageMeasure
    var period: UsagePeriod
    /// Seconds, or octets.
    var value: Int64
    var used: Int64
    /// Seconds since 1970 UTC; nil for never.
    var renewal: Int64?

    var left: Int64 { max(0, value - used) }

    private var quota: RejectWords.Quota { RejectWords.Quota(period, isVolume: measure.isVolume) }

    /// Whether a refusal may be about this limit.
    func matches(_ reason: RejectReason) -> Bool {
        if reason == .quotaAge { return measure == .age }
        guard measure != .age, let other = RejectWords.Quota(reason) else { return false }
        return quota.matches(other)
    }

    func amount(_ octetsOrSeconds: Int64, in language: Language) -> String {
        measure.isVolume ? Amounts.volume(octetsOrSeconds, in: language) : Amounts.duration(octetsOrSeconds)
    }

    var usedUp: UsedUpLimit { UsedUpLimit(value: value, isVolume: measure.isVolume, renewal: renewal) }

    /// That nothing is left, and until when.
    func usedUpSentences(at now: Int64, _ calendar: LocalCalendar, in language: Language) -> [Message] {
        if measure == .age { return ["The time since your first login is over. Ask the staff for more."] }
        let first = quota.sentence(amount(value, in: language))
        guard let renewal else { return [first, "Ask the staff for more."] }
        return [first, RejectWords.renewal(renewal, at: now, calendar, in: language)]
    }

    /// What the limit is about.
    var label: Message {
        switch (period, measure) {
        case (_, .age): "Time since the first login"
        case (.hours(1), .time): "Time this hour"
        case (.days(1), .time): "Time today"
        case (.weeks(1), .time): "Time this week"
        case (.months(1, resetDay: _), .time): "Time this month"
        case (_, .time): "Time"
        case (.hours(1), _): "Data this hour"
        case (.days(1), _): "Data today"
        case (.weeks(1), _): "Data this week"
        case (.months(1, resetDay: _), _): "Data this month"
        default: "Data"
        }
    }
}

extension PortalPages {
    /// What limits a user, in the order of the group's rows; empty without a group.
    func limits(of username: String, _ visit: Visit) async throws -> [UsageLimit] {
        try await registration.limits(of: username, in: visit.context.organization.id)
    }

    /// The limit that a refusal is about, where one of the user's is used up.
    func usedUpLimit(of username: String, _ reason: RejectReason, _ visit: Visit) async throws -> UsedUpLimit? {
        try await limits(of: username, visit).first { $0.left == 0 && $0.matches(reason) }?.usedUp
    }
}

extension RegistrationEnvironment {
    /// What limits a user in an organization.
    func limits(of username: String, in organizationID: String) async throws -> [UsageLimit] {
        let epoch = now() / 1_000_000
        let checks = try await UsageService(kernel, counters: counters, calendar: calendar).checks(
            username: username, organizationID: organizationID, at: epoch)
        return (checks ?? []).compactMap { check in
            guard let value = Int64(check.value), value > 0, let used = check.result,
                let counter = counters.first(where: { $0.attribute.lowercased() == check.attribute.lowercased() })
            else { return nil }
            return UsageLimit(
                measure: counter.measure, period: counter.period, value: value, used: used,
                renewal: counter.measure == .age ? nil : counter.period.span(at: epoch, in: calendar)?.end)
        }
    }
}
