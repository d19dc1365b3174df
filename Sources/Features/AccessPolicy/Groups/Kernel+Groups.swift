import Accounts
import Database
import ServerKernel

extension Kernel {
    /// Runs a change of groups in one transaction; what their rules refuse becomes errors of fields.
    func changeGroups<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await withConnection { connection in
            do {
                return try connection.unitOfWork { try body(connection) }
            } catch let error as ProvisioningError {
                throw error.problem ?? error
            }
        }
    }
}
