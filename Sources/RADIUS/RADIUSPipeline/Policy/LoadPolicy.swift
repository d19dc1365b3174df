/// Reads users, groups and rows of the whole batch in one visit to the store.
public struct LoadPolicy: BatchStage {
    public let name = "Load policy"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending all: [Int], stores: WorkerStores) {
        let pending = all.filter { !contexts[$0].isOutsideDatabase }
        guard !pending.isEmpty else { return }
        var queries: [PolicyQuery] = []
        queries.reserveCapacity(pending.count)
        for index in pending {
            let name = contexts[index].userName
            queries.append(Self.query(&contexts[index], name: name))
        }
        // The other spellings of station addresses ride along behind.
        var alternatives: [Int: Int] = [:]
        for index in pending {
            guard let name = contexts[index].alternativeUserName else { continue }
            alternatives[index] = queries.count
            queries.append(Self.query(&contexts[index], name: name))
        }
        do throws(StoreError) {
            let policies = try stores.policy.load(queries)
            guard policies.count == queries.count else {
                throw StoreError.failed("the store answered \(policies.count) of \(queries.count)")
            }
            for (position, index) in pending.enumerated() {
                contexts[index].policy = policies[position]
                if let name = policies[position].userName {
                    contexts[index].note("the user is \(name)")
                    contexts[index].userName = name
                }
                guard policies[position].isEmpty, let other = alternatives[index] else { continue }
                contexts[index].policy = policies[other]
                contexts[index].userName = queries[other].userName
            }
        } catch {
            for index in pending { contexts[index].decide(.fail(error)) }
        }
    }

    /// Changes nothing; `inout` spares a copy.
    private static func query(_ context: inout RequestContext, name: String) -> PolicyQuery {
        PolicyQuery(
            userName: name, organizationID: context.organizationID, organizationSlug: context.realm,
            defaultProfile: context.settings.defaultProfile, epoch: context.receivedSecond,
            wantsOpenSessions: context.settings.plansLimitSessions(),
            aliases: context.stationAddress == nil ? NameAliases.of(name, phonePrefixes: context.settings.phonePrefixes) : [])
    }
}

extension UserPolicy {
    /// Whether nobody has the name.
    public var isEmpty: Bool { checks.isEmpty && replies.isEmpty && groups.isEmpty && account == nil }
}
