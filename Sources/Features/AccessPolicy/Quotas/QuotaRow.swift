import Database
import Foundation
public import RADIUSPipeline
import ServicePlans

/// A row of `radian_quota`.
public struct QuotaRow: Sendable, Equatable {
    /// Whom a quota is for.
    public enum Scope: String, Sendable, CaseIterable, Codable {
        case user, group, plan
    }

    public var id: Int64
    public var scope: Scope
    /// Name of the user, group or plan.
    public var subject: String
    /// `id` is `quota` and the row's number.
    public var quota: Quota
}

extension Quota.Exhaustion {
    /// How the column `action` spells it.
    public var action: String {
        switch self {
        case .disconnect: "disconnect"
        case .throttle: "throttle"
        case .plan: "plan"
        case .refuse: "refuse"
        }
    }

    /// What the column `argument` holds: terms as JSON, or a plan's name.
    var argument: String {
        switch self {
        case .throttle(let terms): (try? JSONEncoder.stable.encode(terms)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        case .plan(let name): name
        case .disconnect, .refuse: ""
        }
    }

    /// - Returns: nil when the columns hold something else.
    init?(action: String, argument: String) {
        switch action {
        case "disconnect": self = .disconnect
        case "refuse": self = .refuse
        case "plan": self = .plan(argument)
        case "throttle":
            guard let terms = try? JSONDecoder().decode(PlanTerms.self, from: Data(argument.utf8)) else { return nil }
            self = .throttle(terms)
        default: return nil
        }
    }
}

extension Quota {
    /// A quota of eight columns: part, subject, id, measure, period, action and argument, organization, limit.
    /// - Returns: nil when a column holds what this version does not know.
    init?(_ row: any DatabaseRow) {
        let words = row.text(5).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard let measure = UsageMeasure(rawValue: row.text(3)), let period = UsagePeriod(row.text(4)), let action = words.first,
            let exhaustion = Exhaustion(action: String(action), argument: words.count > 1 ? String(words[1]) : "")
        else { return nil }
        self.init(
            id: "quota \(row.integer(2))", measure: measure, period: period, limit: row.integer(7), exhaustion: exhaustion,
            organizationID: row.textOrNil(6))
    }
}

extension JSONEncoder {
    /// The same text for the same value.
    static var stable: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
