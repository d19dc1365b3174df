import Database
import NIOConcurrencyHelpers
import RADIUSPipeline

/// Policies of users who logged in, kept until the database says that they changed. Shared by all packet threads.
///
/// Kept are users whose rows say all: those with usage, quotas, limited sessions or a token, and those who were found by an address or
/// number or come with a profile, depend on more.
public final class PolicyCache: Sendable {
    /// What the answer depends on beside the name.
    private struct Asked: Equatable {
        var organizationID: String?
        var organizationSlug: String?
    }

    private struct State {
        var position = PolicyChanges.beginning
        /// When the position was last moved, seconds since 1970 UTC.
        var looked: Int64 = 0
        /// How often something was forgotten; what was loaded before is not kept any more.
        var changes = 0
        var policies: [StoredName: [(asked: Asked, policy: UserPolicy)]] = [:]
        /// Groups are many users'; each is in memory once.
        var groups: [StoredName: GroupPolicy] = [:]

        mutating func forgetAll() {
            changes += 1
            policies.removeAll(keepingCapacity: true)
            groups.removeAll(keepingCapacity: true)
        }
    }

    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter capacity: users; 0 keeps none. A full cache starts anew.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    var keepsAny: Bool { capacity > 0 }

    /// Where to look for changes from.
    var position: String { state.withLockedValue { $0.position } }

    /// Forgets what changed, then answers what is known.
    /// - Returns: a policy for each query, nil for those to be loaded, and the mark for ``keep(_:of:at:)``.
    func known(_ queries: [PolicyQuery], after changes: PolicyChanges, now: Int64) -> (policies: [UserPolicy?], mark: Int) {
        state.withLockedValue { state in
            // Changes may have been dropped since.
            if changes.isEverybody || now - state.looked > PolicyChanges.kept / 2 {
                state.forgetAll()
            } else if !changes.names.isEmpty {
                state.changes += 1
                for name in changes.names { state.policies[name] = nil }
            }
            state.position = changes.position
            state.looked = now
            let policies = queries.map { query -> UserPolicy? in
                guard Self.isKeepable(query), let kept = state.policies[StoredName(query.userName)] else { return nil }
                let asked = Asked(organizationID: query.organizationID, organizationSlug: query.organizationSlug)
                return kept.first { $0.asked == asked }?.policy
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
                let asked = Asked(organizationID: query.organizationID, organizationSlug: query.organizationSlug)
                if state.policies[name]?.contains(where: { $0.asked == asked }) == true { continue }
                if state.policies.count >= capacity { state.policies.removeAll(keepingCapacity: true) }
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
                state.policies[name, default: []].append((asked, policy))
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
        !policy.isEmpty && policy.userName == nil && policy.usage == nil && policy.quotas.isEmpty && policy.token == nil
            && policy.openSessions == nil && policy.profiles.isEmpty
    }
}
