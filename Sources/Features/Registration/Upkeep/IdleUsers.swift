import Accounts
import Database
import ServerKernel

/// What becomes of users who do not come any more, or never were verified.
struct IdleUsers: Sendable {
    let environment: RegistrationEnvironment
    /// Users of one run, so that it takes no hold of the database.
    private static let limit = 500

    var jobs: [Job] {
        let settings = environment.settings
        var jobs: [Job] = []
        if settings.unverifyInactiveDays > 0 {
            jobs.append(Job("registration.unverify-inactive", every: .seconds(3600)) { try await unverifyInactive() })
        }
        if settings.deleteInactiveDays > 0 {
            jobs.append(Job("registration.delete-inactive", every: .seconds(3600)) { try await deleteInactive() })
        }
        if settings.deleteUnverifiedDays > 0 {
            jobs.append(Job("registration.delete-unverified", every: .seconds(3600)) { try await deleteUnverified() })
        }
        return jobs
    }

    /// Who was long away has to be verified again.
    func unverifyInactive() async throws {
        let cutoff = cutoff(environment.settings.unverifyInactiveDays)
        _ = try await environment.change { try IdleUserStore($0).unverify(before: cutoff, at: environment.now()) }
    }

    /// Removes who was long away.
    func deleteInactive() async throws {
        let cutoff = cutoff(environment.settings.deleteInactiveDays)
        try await remove(try await environment.read { try IdleUserStore($0).inactive(before: cutoff, limit: Self.limit) })
    }

    /// Removes who signed up and left it at that.
    func deleteUnverified() async throws {
        let cutoff = cutoff(environment.settings.deleteUnverifiedDays)
        let kept = environment.settings.keptUnverifiedMethods
        try await remove(
            try await environment.read { try IdleUserStore($0).unverified(before: cutoff, except: kept, limit: Self.limit) })
    }

    private func cutoff(_ days: Int64) -> Int64 { environment.now() - days * 86_400_000_000 }

    /// Each in a transaction of its own, so that one that fails keeps no other.
    private func remove(_ ids: [String]) async throws {
        for id in ids {
            try await environment.change { connection in
                guard let user = try UserStore(connection).user(id: id) else { return }
                try environment.hooks.userRemoved(user, connection)
                try PasswordStore(connection).remove(username: user.username)
                _ = try UserStore(connection).remove(username: user.username)
                try ChangeOutbox(connection).append(AccountChange(.userDisabled, user.username))
            }
        }
    }
}
