import CPostgres
import Database

/// Prepared statements that travel together: one round trip instead of one each. After one that fails the server skips the rest.
struct PostgresFlight {
    private let handle: OpaquePointer
    private var count = 0
    private var isSent: Bool

    init(_ handle: OpaquePointer) {
        self.handle = handle
        isSent = PQenterPipelineMode(handle) == 1
    }

    /// Adds a statement; the arguments are copied.
    mutating func add(_ name: String, _ arguments: inout PostgresArguments) {
        count += 1
        isSent = isSent && arguments.send(name, handle) == 1
    }

    /// Waits for all answers.
    /// - Returns: a result for each statement; fewer when the connection is of no use any more.
    func results(isPatient: Bool) -> [PostgresResult] {
        guard isSent, PQpipelineSync(handle) == 1 else { return [] }
        var results: [PostgresResult] = []
        while results.count < count {
            guard let result = PostgresAnswer(handle, isPatient: isPatient).wait() else { return results }
            results.append(PostgresResult(result))
            if PQstatus(handle) != CONNECTION_OK { return results }
        }
        // The answer to the sync, without which the connection takes no other command.
        PQclear(PostgresAnswer(handle, isPatient: isPatient).wait())
        return PQexitPipelineMode(handle) == 1 ? results : []
    }
}
