public import Database
import Foundation
public import RADIUSPipeline

/// Gathers the rows of ``UsageSQL/rows(registration:bucket:stamp:)`` into histories.
public struct UsageRows {
    private struct Registration {
        var organizationID: String
        var history: UsageHistory
    }
    private var registrations: [StoredName: [Registration]] = [:]
    private var buckets: [StoredName: [(organizationID: String, grain: Int64, bucket: UsageHistory.Bucket)]] = [:]
    private var stamps: [StoredName: Int64] = [:]

    public init() {}

    /// Takes a row of registrations.
    public mutating func addRegistration(_ row: any DatabaseRow) {
        let history = UsageHistory(
            zone: row.text(3), depth: UsageDepth(hours: Int(row.integer(2)), days: Int(row.integer(7))), grant: Self.grant(row.text(4)))
        registrations[StoredName(row.text(1)), default: []].append(Registration(organizationID: row.text(6), history: history))
    }

    /// Takes a row of usage.
    public mutating func addBucket(_ row: any DatabaseRow) {
        let amount = UsageAmount(seconds: row.integer(3), inputOctets: row.integer(4), outputOctets: row.integer(5))
        buckets[StoredName(row.text(1)), default: []].append(
            (row.text(6), row.integer(7), UsageHistory.Bucket(began: row.integer(2), amount: amount)))
    }

    /// Takes a row with a stamp.
    public mutating func addStamp(_ row: any DatabaseRow) {
        stamps[StoredName(row.text(1))] = row.integer(2)
    }

    /// The usage of a user, as an organization sees it; nil when it is not kept, or when several organizations know the name and none
    /// is given.
    public func history(of userName: String, organizationID: String?) -> UsageHistory? {
        let key = StoredName(userName)
        let candidates = (registrations[key] ?? []).filter {
            organizationID == nil || $0.organizationID.isEmpty || $0.organizationID == organizationID
        }
        let exact = candidates.first { $0.organizationID == organizationID ?? "" }
        guard var history = (exact ?? (candidates.count == 1 ? candidates[0] : nil))?.history else { return nil }
        for (owner, grain, bucket) in buckets[key] ?? [] where organizationID == nil || owner.isEmpty || owner == organizationID {
            history.add(bucket, UsageSplit.Grain(rawValue: grain))
        }
        history.stamp = stamps[key] ?? 0
        return history
    }

    static func history(of query: UsageQuery, in split: UsageSplit, calendar: LocalCalendar) -> UsageHistory {
        var history = UsageHistory(zone: calendar.name, depth: query.depth, grant: query.grant)
        for (key, value) in split.values where key.userName == StoredName(query.userName) {
            guard query.organizationID == nil || key.organizationID.isEmpty || key.organizationID == query.organizationID else { continue }
            let began = key.grain == .total ? value.firstStart ?? 0 : key.began
            history.add(UsageHistory.Bucket(began: began, amount: value.amount), key.grain)
        }
        return history
    }

    /// The stored form of a grant.
    static func text(of grant: UsageGrant) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(grant)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func grant(_ text: String) -> UsageGrant {
        (try? JSONDecoder().decode(UsageGrant.self, from: Data(text.utf8))) ?? UsageGrant()
    }
}

extension UsageHistory {
    fileprivate mutating func add(_ bucket: Bucket, _ grain: UsageSplit.Grain?) {
        switch grain {
        case .total:
            total += bucket.amount
            firstStart = min(firstStart ?? bucket.began, bucket.began)
        case .hour: hours.append(bucket)
        case .day: days.append(bucket)
        case nil: break
        }
    }
}
