import Database
import NIOConcurrencyHelpers
import RADIUSPipeline

/// Policies of users who logged in, kept until the database says that they changed. Shared by all packet threads.
///
/// Of users with kept usage or limited sessions, whom accounting changes all the time, each look at the database tells the sessions and
/// whether the usage is still the same. Not kept are users with a token, those who were found by an address or number, and those who
/// come with a profile: they depend on more.
public final class PolicyCache: Sendable {
    /// Lies in the dictionary itself: with many users each place in memory costs more than what is computed of it.
    private struct Kept {
        /// What the answer depends on beside the name.
        private let organizationID: String?
        private let organizationSlug: String?
        let policy: UserPolicy
        /// What is answered to those who ask with another organization or realm.
        var others: [Kept] = []
        /// Whether accounting changes it.
        let isActive: Bool
        /// Of the cache's capacity, of which a user without usage takes 1.
        let size: Int

        init(_ query: PolicyQuery, _ policy: UserPolicy) {
            organizationID = query.organizationID
            organizationSlug = query.organizationSlug
            self.policy = policy
            isActive = policy.usage != nil || policy.openSessions != nil
            // Hours and days take 32 octets each.
            size = 1 + (policy.usage.map { $0.hours.count + $0.days.count } ?? 0) / 32
        }

        func answers(_ query: PolicyQuery) -> Bool {
            organizationID == query.organizationID && organizationSlug == query.organizationSlug
        }

        /// The policy as it is with this activity; nil when it is to be loaded anew.
        func policy(with activity: PolicyChanges.Activity) -> UserPolicy? {
            if let usage = policy.usage, usage.stamp != activity.stamp { return nil }
            let sessions = activity.openSessions.sorted { $0.id < $1.id }.map(\.session)
            guard let before = policy.openSessions, before != sessions else { return policy }
            var policy = policy
            policy.openSessions = sessions
            return policy
        }
    }

    private struct State {
        var position = PolicyChanges.beginning
        /// When the position was last moved, seconds since 1970 UTC.
        var looked: Int64 = 0
        /// How often something was forgotten; what was loaded before is not kept any more.
        var changes = 0
        private var policies: [StoredName: Kept] = [:]
        private var size = 0
        /// How many are active.
        private var active = 0
        /// Groups are many users'; each is in memory once.
        var groups: [StoredName: GroupPolicy] = [:]

        mutating func forgetAll() {
            changes += 1
            removeAll()
            groups.removeAll(keepingCapacity: true)
        }

        mutating func forget(_ name: StoredName) {
            guard let kept = policies.removeValue(forKey: name) else { return }
            for kept in [kept] + kept.others {
                size -= kept.size
                if kept.isActive { active -= 1 }
            }
        }

        mutating func keep(_ kept: Kept, of name: StoredName, within capacity: Int) {
            if size + kept.size > capacity { removeAll() }
            if policies[name]?.others.append(kept) == nil { policies[name] = kept }
            size += kept.size
            if kept.isActive { active += 1 }
        }

        private mutating func removeAll() {
            policies.removeAll(keepingCapacity: true)
            (size, active) = (0, 0)
        }

        func kept(_ query: PolicyQuery) -> Kept? {
            guard PolicyCache.isKeepable(query), let kept = policies[StoredName(query.userName)] else { return nil }
            return kept.answers(query) ? kept : kept.others.first { $0.answers(query) }
        }

        /// The stamps of those users' usage whom accounting changes.
        func stamps(_ queries: [PolicyQuery]) -> [StoredName: Int64] {
            guard active > 0 else { return [:] }
            var stamps: [StoredName: Int64] = [:]
            for query in queries {
                guard let kept = kept(query), kept.isActive else { continue }
                stamps[StoredName(query.userName)] = kept.policy.usage?.stamp ?? 0
            }
            return stamps
        }
    }

    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter capacity: users; 0 keeps none. A full cache starts anew.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    var keepsAny: Bool { capacity > 0 }

    /// Where to look for changes from, and whose activities to ask for, with the stamps that are known.
    func position(asked queries: [PolicyQuery]) -> (String, active: [StoredName: Int64]) {
        state.withLockedValue { state in (state.position, state.stamps(queries)) }
    }

    /// Forgets what changed, then answers what is known.
    /// - Returns: a policy for each query, nil for those to be loaded, and the mark for ``keep(_:of:at:)``.
    func known(
        _ queries: [PolicyQuery], after changes: PolicyChanges, now: Int64
    ) -> (policies: [UserPolicy?], mark: Int) {
        state.withLockedValue { state in
            // Changes may have been dropped since.
            if changes.isEverybody || now - state.looked > PolicyChanges.kept / 2 {
                state.forgetAll()
            } else if !changes.names.isEmpty {
                state.changes += 1
                for name in changes.names { state.forget(name) }
            }
            state.position = changes.position
            state.looked = now
            let policies = queries.map { query -> UserPolicy? in
                guard let kept = state.kept(query) else { return nil }
                guard kept.isActive else { return kept.policy }
                let name = StoredName(query.userName)
                guard let activity = changes.activities[name] else { return nil }
                if let policy = kept.policy(with: activity) { return policy }
                state.forget(name)
                return nil
            }
            return (policies, state.changes)
        }
    }

    /// Keeps what was loaded after the mark, unless anything was forgotten since.
    func keep(_ policies: [UserPolicy], of queries: [PolicyQuery], at mark: Int) {
        state.withLockedValue { state in
            guard state.changes == mark else { return }
            for (query, policy) in zip(queries, policies) where Self.isKeepable(query) && Self.isKeepable(policy) {
                let name = StoredName(query.userName)
                if state.kept(query) != nil { continue }
                var policy = policy
                Self.share(&policy.checks)
                Self.share(&policy.replies)
                for index in policy.groups.indices {
                    let group = StoredName(policy.groups[index].name)
                    if let known = state.groups[group], known == policy.groups[index] {
                        policy.groups[index] = known
                    } else {
                        Self.share(&policy.groups[index].checks)
                        Self.share(&policy.groups[index].replies)
                        state.groups[group] = policy.groups[index]
                    }
                }
                state.keep(Kept(query, policy), of: name, within: capacity)
            }
        }
    }

    /// What the rows are understood as is kept with them.
    private static func share(_ rows: inout [PolicyRow]) {
        for index in rows.indices { rows[index].understood = UnderstoodRow() }
    }

    private static func isKeepable(_ query: PolicyQuery) -> Bool {
        query.defaultProfile == nil && !query.wantsOpenSessions
    }

    private static func isKeepable(_ policy: UserPolicy) -> Bool {
        !policy.isEmpty && policy.userName == nil && policy.token == nil && policy.profiles.isEmpty
    }
}
