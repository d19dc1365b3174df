import AccessPolicy
import Accounts
import Database
import Foundation
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// The history of users as operators read and write it.
struct UserTimelineService: Sendable {
    let kernel: Kernel
    let usage: UsageService

    /// What happened to a user whom the caller sees.
    /// - Parameter time: only what was before, microseconds since 1970 UTC; nil for all.
    func entries(of userID: String, before time: Int64?, for caller: Principal) async throws -> [TimelineEntry] {
        try await kernel.withConnection { connection in
            let user = try Self.user(userID, caller, connection)
            let realms = try MembershipStore(connection).memberships(userID).map { "\(user.username)@\($0.slug)" }
            return try UserTimelineStore(connection).entries(
                of: userID, names: [user.username] + realms, before: time ?? .max, in: caller.scope)
        }
    }

    /// Notes something about a user whom the caller sees and may change.
    ///
    /// A manager's note is read by the managers of one organization, a superuser's by everybody who sees the user.
    func note(_ text: String, organizationID: String?, about userID: String, for caller: Principal) async throws -> TimelineEntry {
        guard caller.may(.change, "user") else { throw Problem.forbidden }
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        try await kernel.withConnection { connection in
            _ = try Self.user(userID, caller, connection)
            let own = try MembershipStore(connection).memberships(userID).filter { caller.scope.contains($0.organizationID) }
            if let organizationID, !own.contains(where: { $0.organizationID == organizationID }) {
                throw Problem.field("organization", Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": organizationID]))
            }
            let organization = organizationID ?? (caller.isSuperuser ? nil : own.first?.organizationID)
            try UserTimelineStore(connection).add(
                text, about: userID, organizationID: organization, author: caller.username, at: now)
        }
        return TimelineEntry(time: now, kind: .note, text: text, details: [.init("by", .string(caller.username))])
    }

    /// What a user whom the caller sees has used of the limits of the groups, by organization.
    func usage(of userID: String, for caller: Principal) async throws -> [(organizationID: String, check: UsageCheck)] {
        let (username, organizations) = try await kernel.withConnection { connection in
            let user = try Self.user(userID, caller, connection)
            let seen = try MembershipStore(connection).memberships(userID).map(\.organizationID).filter { caller.scope.contains($0) }
            return (user.username, seen)
        }
        let now = Int64(Date().timeIntervalSince1970)
        var all: [(organizationID: String, check: UsageCheck)] = []
        for organization in organizations {
            for check in try await usage.checks(username: username, organizationID: organization, at: now) ?? [] {
                all.append((organization, check))
            }
        }
        return all
    }

    /// - Throws: 404 for a user whom the caller does not see.
    private static func user(_ id: String, _ caller: Principal, _ connection: any DatabaseConnection) throws -> User {
        guard let user = try UserStore(connection).user(id: id, in: caller.scope) else { throw Problem.notFound }
        return user
    }
}
