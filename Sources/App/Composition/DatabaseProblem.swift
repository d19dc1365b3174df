import Database
import HTTPTypes
import Localization
import WebRouting

/// What clients hear of errors of the database.
enum DatabaseProblem {
    /// 503 where trying again helps; nil for all other errors.
    static func explain(_ error: any Error) -> Problem? {
        guard let error = error as? DatabaseError, [.connection, .busy, .timeout].contains(error.kind) else { return nil }
        return Problem(
            .serviceUnavailable, "The database is not available. Try again later.", headers: [.retryAfter: "5"], cause: error)
    }
}
