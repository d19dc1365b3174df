import AccessPolicy
import Accounts

/// What becomes of one row.
struct RowVerdict: Sendable {
    enum Outcome: Sendable {
        case create(User, ImportPassword)
        /// Membership for an existing account, or for one of an earlier row.
        case link(userID: String)
        case refuse(ImportProblem)
    }

    let row: ImportRow
    var outcome: Outcome
    /// The password that was made up; nil when the row had one.
    var generatedPassword: String?

    /// The name of the account that the row makes.
    var newUsername: String? {
        guard case .create(let user, _) = outcome else { return nil }
        return user.username
    }

    var problem: ImportProblem? {
        guard case .refuse(let problem) = outcome else { return nil }
        return problem
    }
}
