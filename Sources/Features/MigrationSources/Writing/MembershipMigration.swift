import AccessPolicy
import Database
import Foundation

/// Makes users members of organizations.
struct MembershipMigration {
    private let run: MigrationRun
    private let store: MigratedUserStore
    private var chunks = Chunks<MigratedUserStore.Membership>()

    init(_ run: MigrationRun) {
        self.run = run
        store = MigratedUserStore(connection: run.target)
    }

    mutating func take(_ membership: MigratedUserStore.Membership) throws {
        try chunks.append(membership, handOver)
    }

    mutating func finish() throws { try chunks.finish(handOver) }

    private func handOver(_ members: [MigratedUserStore.Membership]) throws {
        var present = try store.memberships(of: members.map(\.userID))
        var missing: [MigratedUserStore.Membership] = []
        for member in members {
            if present.insert(member.userID + " " + member.organizationID).inserted {
                missing.append(member)
            } else {
                run.count(.memberships, \.present)
            }
        }
        let written = try run.write(missing) {
            try store.join($0)
        } refuse: { member, reason in
            run.refuse(.memberships, MigrationProblem(table: "memberships", key: member.userID, reason: reason))
        }
        run.count(.memberships, \.taken, written.count)
        try run.accounts.addMembers(members.map { ($0.userID, $0.organizationID) })
    }
}

/// Gives members without a group the default group of their organization, where it has one.
struct DefaultGroupMigration {
    let run: MigrationRun

    func take() throws {
        var last = (userID: "", organizationID: "")
        while true {
            let members = try run.accounts.members(after: last, limit: MigrationRun.chunkSize)
            guard let end = members.last else { return }
            last = end
            for (organization, members) in Dictionary(grouping: members, by: \.organizationID) {
                try run.write {
                    try DefaultGroups.assign(userIDs: members.map(\.userID), organizationID: organization, over: run.target)
                }
            }
        }
    }
}
