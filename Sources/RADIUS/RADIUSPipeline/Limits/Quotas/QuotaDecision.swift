import RADIUSDictionary
import RADIUSWire
import ServicePlans

/// What limits and usage come to for one login.
struct QuotaDecision {
    /// One quota that still has something left for this login.
    private struct Grant {
        var measure: UsageMeasure
        /// Seconds or octets of this session.
        var amount: Int64
    }

    private var refusal: (reason: RejectReason, message: String, note: String)?
    private var grants: [Grant] = []
    private var replies: [(definition: AttributeDefinition, amount: Int64)] = []
    private var overrides: [Quota.Exhaustion] = []
    private var notes: [String] = []
    private let now: Int64
    private let calendar: LocalCalendar
    private let usage: UsageHistory
    private let sessions: Int64

    init(_ limits: SessionLimits, _ usage: UsageHistory, _ context: RequestContext) {
        now = context.receivedSecond
        calendar = LocalCalendar(context.settings.timeZone)
        self.usage = usage
        sessions = limits.quotas.isEmpty ? 1 : Int64(context.sessionsSharingQuota())
        for limit in limits.counters where refusal == nil { weigh(limit, context) }
        for quota in limits.quotas where refusal == nil { weigh(quota) }
    }

    /// Changes the request's reply and terms.
    /// - Returns: why the login is refused; nil when it is not.
    func apply(to context: inout RequestContext) -> RejectReason? {
        for note in notes { context.note(note) }
        if let refusal {
            context.note(refusal.note)
            context.refuse(refusal.message)
            return refusal.reason
        }
        for override in overrides {
            switch override {
            case .throttle(let terms): context.changeTerms { $0 = $0.overlaid(by: terms) }
            case .plan(let name):
                guard let plan = context.settings.plan(name, context.organizationID) else {
                    context.note("there is no plan \(name)")
                    return .planUnknown
                }
                context.changeTerms { $0 = $0.overlaid(by: plan.terms) }
            case .disconnect, .refuse: break
            }
        }
        for grant in grants {
            switch grant.measure {
            case .time, .age: context.limitSession(to: UInt32(clamping: grant.amount))
            case .octets: context.changeTerms { $0.limit(\.totalVolume, to: UInt64(clamping: grant.amount)) }
            case .down: context.changeTerms { $0.limit(\.downVolume, to: UInt64(clamping: grant.amount)) }
            case .up: context.changeTerms { $0.limit(\.upVolume, to: UInt64(clamping: grant.amount)) }
            }
        }
        for (definition, amount) in replies { context.limitReply(definition, to: UInt64(clamping: amount)) }
        return nil
    }

    /// As rlm_sqlcounter does.
    private mutating func weigh(_ limit: SessionLimits.Counter, _ context: RequestContext) {
        let counter = limit.counter
        let used = used(counter.measure, counter.period)
        let text = "\(counter.attribute): \(used) of \(limit.limit) used"
        guard used < limit.limit else {
            let message = "Your maximum \(counter.period.word) usage time has been reached"
            refusal = (RejectReason(exhausted: counter.measure, counter.period), message, text)
            return
        }
        notes.append(text)
        let left = counter.measure.isVolume ? limit.limit - used : seconds(left: limit.limit - used, of: limit.limit, counter.period)
        guard let name = counter.replyAttribute else { return grants.append(Grant(measure: counter.measure, amount: left)) }
        if let definition = context.dictionary.attribute(named: name) { replies.append((definition, left)) }
    }

    private mutating func weigh(_ quota: Quota) {
        let used = used(quota.measure, quota.period)
        let text = "\(quota.id): \(used) of \(quota.limit) used"
        guard used < quota.limit else {
            switch quota.exhaustion {
            case .throttle, .plan:
                notes.append(text)
                overrides.append(quota.exhaustion)
            case .disconnect, .refuse:
                let what = quota.measure.isVolume ? "traffic" : "usage time"
                refusal = (quota.rejectReason, "Your maximum \(quota.period.word) \(what) has been reached", text)
            }
            return
        }
        notes.append(text)
        // A NAS ends a session at its limit, which is what only one of the actions asks for.
        guard quota.exhaustion == .disconnect else { return }
        let share = quota.period == .session ? quota.limit : max(1, (quota.limit - used) / sessions)
        let isTime = quota.measure == .time && quota.period != .session
        grants.append(
            Grant(measure: quota.measure, amount: isTime ? seconds(left: share, of: quota.limit / sessions, quota.period) : share))
    }

    private func used(_ measure: UsageMeasure, _ period: UsagePeriod) -> Int64 {
        if measure == .age { return usage.firstStart.map { max(0, now - $0) } ?? 0 }
        return measure.value(of: usage.amount(in: period, at: now, calendar: calendar))
    }

    /// A session that outlives the period may use the next one's limit too.
    private func seconds(left: Int64, of limit: Int64, _ period: UsagePeriod) -> Int64 {
        guard let end = period.span(at: now, in: calendar)?.end, left >= end - now else { return left }
        return end - now + limit
    }
}

extension UsagePeriod {
    /// The word of messages: without the reset day.
    var word: String {
        let text = description
        return String(text.prefix { $0 != "@" })
    }
}

extension RequestContext {
    /// Receipt, whole seconds since 1970 UTC.
    var receivedSecond: Int64 { Int64(max(0, min(1e15, receivedEpoch))) }

    /// How many sessions share the user's quotas, this login's counted; takes a place for it.
    func sessionsSharingQuota() -> Int {
        let station = station
        let others = (policy?.openSessions ?? []).map(SimultaneousUse.station).filter { $0 != station }
        return 1 + others.count
            + environment.quotaReservations.join(
                user: reservationKey, station: station, openStations: others, now: receivedEpoch, isRehearsal: isRehearsal)
    }

    /// Lowers a number of the reply, or adds it; an attribute of 32 bits holds no more than that.
    mutating func limitReply(_ definition: AttributeDefinition, to amount: UInt64) {
        let amount = definition.type == .uint64 ? amount : min(amount, UInt64(UInt32.max))
        if let index = reply.firstIndex(where: { $0.attribute.definition == definition }) {
            if case .unsigned(let present) = reply[index].attribute.value, present <= amount { return }
            reply[index] = PolicyAttribute(attribute: Attribute(definition, value: .unsigned(amount)), source: nil)
        } else {
            append(.unsigned(amount), definition)
        }
    }
}
