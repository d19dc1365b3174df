import CPostgres
import Database
import Dispatch

/// One session of a server; every statement is prepared under a name of its own at its first execution.
final class PostgresConnection: TransactionalConnection {
    var transactionState = TransactionState.none
    var isUsable = true
    private let parameters: PostgresParameters
    private let purpose: ConnectionPurpose
    private var handle: OpaquePointer
    private var prepared: [ObjectIdentifier: Prepared] = [:]
    private var preparedCount = 0
    private var arguments = PostgresArguments()
    private let notices = PostgresNotices()
    private var isPatient = false
    /// Whether a transaction was begun that the server does not know of yet: BEGIN travels with its first statement.
    private var isBeginPending = false

    private struct Prepared {
        /// Kept, as the cache knows it by identity.
        let source: Statement
        let name: String
    }

    /// A generic plan made while a table was empty picks any index, and stays until somebody analyses the table. Planning anew this
    /// often costs nothing and follows a table as it grows.
    private static let planLifetime: UInt64 = 15_000_000_000
    private var plansMade = DispatchTime.now().uptimeNanoseconds
    private var hasGenericPlans: Bool { purpose == .packets || purpose == .bulk }

    /// Milliseconds that the server gives a statement.
    private static let limit = 10_000

    /// A caller who makes statements on the fly must not make the server's session grow.
    private static let preparedLimit = 500

    init(parameters: PostgresParameters, purpose: ConnectionPurpose) throws(DatabaseError) {
        self.parameters = parameters
        self.purpose = purpose
        handle = try Self.open(parameters, purpose)
        notices.attach(to: handle)
    }

    deinit {
        PQfinish(handle)
    }

    var dialect: Dialect { .postgres }

    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        try guarded { () throws(DatabaseError) in try perform(statement, arguments).affectedRows }
    }

    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try guarded { () throws(DatabaseError) in
            let result = try perform(statement, arguments)
            while result.next() { try row(result) }
        }
    }

    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int {
        let count = columns.first?.count ?? 0
        guard columns.allSatisfy({ $0.count == count }) else { throw DatabaseError(.other, "columns differ in length") }
        if count == 0 { return 0 }
        return try guarded { () throws(DatabaseError) in
            arguments.removeAll()
            for column in columns { arguments.append(column) }
            return try send(statement).affectedRows
        }
    }

    func executeRows(
        _ statement: Statement, columns: [DatabaseColumn], then query: Statement, _ values: [DatabaseValue],
        _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) -> Int {
        let count = columns.first?.count ?? 0
        guard columns.allSatisfy({ $0.count == count }) else { throw DatabaseError(.other, "columns differ in length") }
        guard count > 0 else {
            try self.query(query, values, row)
            return 0
        }
        return try guarded { () throws(DatabaseError) in
            arguments.removeAll()
            for column in columns { arguments.append(column) }
            var following = PostgresArguments()
            for value in values { try following.append(value) }
            let results = try fly([statement, query], [arguments, following])
            while results[1].next() { try row(results[1]) }
            return results[0].affectedRows
        }
    }

    func script(_ sql: String) throws(DatabaseError) {
        try guarded { () throws(DatabaseError) in
            if isBeginPending {
                isBeginPending = false
                try run("BEGIN")
            }
            PQclear(try Self.check(PQexec(handle, dialect.render(sql)), handle, sql))
        }
    }

    func limitStatements(_ isLimited: Bool) throws(DatabaseError) {
        try guarded { () throws(DatabaseError) in try run("SET statement_timeout = \(isLimited ? Self.limit : 0)") }
        isPatient = !isLimited
    }

    func reconnect() throws(DatabaseError) {
        let fresh = try Self.open(parameters, purpose)
        PQfinish(handle)
        handle = fresh
        notices.attach(to: handle)
        notices.isUnconfirmed = false
        prepared.removeAll()
        isPatient = false
        isBeginPending = false
        isUsable = true
    }

    func begin() throws(DatabaseError) {
        isBeginPending = true
    }

    func commit() throws(DatabaseError) {
        guard !isBeginPending else {
            isBeginPending = false
            return
        }
        arguments.removeAll()
        _ = try send(Self.commitStatement)
    }

    func rollback() {
        isBeginPending = false
        // A connection that is lost may have an answer under way that never comes.
        if isUsable, PQtransactionStatus(handle) != PQTRANS_IDLE { PQclear(PQexec(handle, "ROLLBACK")) }
    }

    private static let beginStatement = Statement("BEGIN")
    private static let commitStatement = Statement("COMMIT")

    private func perform(_ statement: Statement, _ values: [DatabaseValue]) throws(DatabaseError) -> PostgresResult {
        arguments.removeAll()
        for value in values { try arguments.append(value) }
        return try send(statement)
    }

    /// Executes with what `arguments` holds.
    private func send(_ statement: Statement) throws(DatabaseError) -> PostgresResult {
        if isBeginPending { return try fly([statement], [arguments])[0] }
        if hasGenericPlans { try renewPlans() }
        let name = try prepare(statement)
        do {
            return PostgresResult(try answer(arguments.send(name, handle), statement.sql))
        } catch {
            forget([statement], after: error)
            throw error
        }
    }

    /// Executes several statements in one round trip, BEGIN before them if it waits.
    /// - Returns: a result for each.
    private func fly(_ statements: [Statement], _ arguments: [PostgresArguments]) throws(DatabaseError) -> [PostgresResult] {
        if hasGenericPlans { try renewPlans() }
        let begins = isBeginPending ? [Self.beginStatement] : []
        if prepared.count + begins.count + statements.count > Self.preparedLimit { try forgetAll() }
        var names: [String] = []
        for statement in begins + statements { names.append(try prepare(statement)) }
        var flight = PostgresFlight(handle)
        for (name, arguments) in zip(names, begins.map { _ in PostgresArguments() } + arguments) {
            var arguments = arguments
            flight.add(name, &arguments)
        }
        isBeginPending = false
        let results = flight.results(isPatient: isPatient)
        for (result, statement) in zip(results, begins + statements) where !Self.isSuccess(result.handle) {
            let error = DatabaseError(result.handle, connection: handle, sql: statement.sql)
            forget(begins + statements, after: error)
            throw error
        }
        guard results.count == names.count else { throw DatabaseError(.connection, "the database does not answer") }
        // Without BEGIN they were a transaction of their own.
        try confirm(statements[0].sql)
        return Array(results.dropFirst(begins.count))
    }

    /// The plan's result type changed, or the name is gone: the next execution prepares anew.
    private func forget(_ statements: [Statement], after error: DatabaseError) {
        guard error.sqlState == "0A000" || error.sqlState == "26000" else { return }
        for statement in statements { prepared[ObjectIdentifier(statement)] = nil }
    }

    private func forgetAll() throws(DatabaseError) {
        prepared.removeAll()
        try run("DEALLOCATE ALL")
    }

    private func renewPlans() throws(DatabaseError) {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now &- plansMade > Self.planLifetime else { return }
        plansMade = now
        try run("DISCARD PLANS")
    }

    private func prepare(_ statement: Statement) throws(DatabaseError) -> String {
        if let known = prepared[ObjectIdentifier(statement)] { return known.name }
        if prepared.count >= Self.preparedLimit { try forgetAll() }
        let sql = try dialect.render(statement.sql)
        preparedCount += 1
        let name = "s\(preparedCount)"
        PQclear(try answer(PQsendPrepare(handle, name, sql, 0, nil), sql))
        prepared[ObjectIdentifier(statement)] = Prepared(source: statement, name: name)
        return name
    }

    private static func open(_ parameters: PostgresParameters, _ purpose: ConnectionPurpose) throws(DatabaseError) -> OpaquePointer {
        guard let handle = parameters.connect() else { throw DatabaseError(.connection, "out of memory") }
        do throws(DatabaseError) {
            guard PQstatus(handle) == CONNECTION_OK else { throw DatabaseError(nil, connection: handle, sql: nil) }
            let sql = settings(purpose)
            let result = PQsendQuery(handle, sql) == 1 ? PostgresAnswer(handle, isPatient: false).wait() : nil
            PQclear(try check(result, handle, sql))
            return handle
        } catch {
            PQfinish(handle)
            throw DatabaseError(.connection, sqlState: error.sqlState, error.summary, detail: error.detail)
        }
    }

    private static func settings(_ purpose: ConnectionPurpose) -> String {
        let common = "SET statement_timeout = \(limit); SET bytea_output = hex"
        return switch purpose {
        // With few array elements the planner would plan anew at each execution; and as statistics of a table that was empty a
        // moment ago suggest a scan, only index look-ups are allowed, also where tables are joined. Compiling never pays here.
        case .packets, .bulk:
            common + "; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off"
                + "; SET enable_mergejoin = off; SET jit = off"
        case .log: common + "; SET synchronous_commit = off"
        case .general: common
        }
    }

    /// Runs a statement without parameters; rows are dropped.
    private func run(_ sql: String) throws(DatabaseError) {
        PQclear(try answer(PQsendQuery(handle, sql), sql))
    }

    /// The result of what was sent, which the caller frees.
    private func answer(_ sent: Int32, _ sql: String) throws(DatabaseError) -> OpaquePointer {
        let result = sent == 1 ? PostgresAnswer(handle, isPatient: isPatient).wait() : nil
        if sent == 1, result == nil, PQstatus(handle) == CONNECTION_OK {
            throw DatabaseError(.connection, "the database does not answer", sql: sql)
        }
        let checked = try Self.check(result, handle, sql)
        do throws(DatabaseError) {
            try confirm(sql)
        } catch {
            PQclear(checked)
            throw error
        }
        return checked
    }

    private func confirm(_ sql: String) throws(DatabaseError) {
        guard notices.isUnconfirmed else { return }
        notices.isUnconfirmed = false
        throw DatabaseError(.timeout, "committed, but the wait for the standby was cancelled", sql: sql)
    }

    /// - Returns: the result, which the caller frees.
    private static func check(
        _ result: OpaquePointer?, _ handle: OpaquePointer, _ sql: String
    ) throws(DatabaseError) -> OpaquePointer {
        if let result, isSuccess(result) { return result }
        defer { PQclear(result) }
        throw DatabaseError(result, connection: handle, sql: sql)
    }

    private static func isSuccess(_ result: OpaquePointer) -> Bool {
        let status = PQresultStatus(result)
        // No SQL at all is a migration with nothing to do on this engine.
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
    }
}
