import Database
import Localization
import ServerKernel
import WebRouting

/// What the feature's services stand on.
struct AccountsEnvironment: Sendable {
    let kernel: Kernel
    let settings: AccountsSettings
    let hooks: AccountHooks
    let keys: ServerKeys
    let passwords: AccountPasswords
    let directory: OrganizationDirectory
    let attempts: AttemptLimiter
    let sendMail: AccountMailSender

    /// Runs a change in one transaction; what accounts refuse becomes errors of fields.
    func change<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection { connection in
            do {
                return try connection.unitOfWork { try body(connection) }
            } catch let error as AccountsError {
                throw error.problem
            }
        }
    }

    /// Reads something.
    func read<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection(body)
    }
}
