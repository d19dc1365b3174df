/// Where a connection stands between BEGIN and COMMIT.
package enum TransactionState {
    case none
    case open
    /// A statement failed: only a rollback may follow.
    case failed(DatabaseError)
}

/// What an engine's connection gives so that both engines have the same transactions.
package protocol TransactionalConnection: DatabaseConnection {
    var transactionState: TransactionState { get set }
    /// Set after an error of kind `connection`.
    var isUsable: Bool { get set }
    func begin() throws(DatabaseError)
    func commit() throws(DatabaseError)
    /// Ends the transaction if it still exists; what goes wrong with that shows at the next call.
    func rollback()
}

extension TransactionalConnection {
    package func transaction<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R {
        guard case .none = transactionState else { throw DatabaseError(.other, "transactions do not nest") }
        try guarded(begin)
        transactionState = .open
        defer { transactionState = .none }
        do {
            let result = try body()
            try guarded(commit)
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// Every call to the engine goes through here: refuses what cannot work any more and remembers what failed.
    package func guarded<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R {
        if case .failed(let error) = transactionState { throw error }
        guard isUsable else { throw DatabaseError(.connection, "the database connection is lost") }
        do {
            return try body()
        } catch {
            if error.kind == .connection { isUsable = false }
            if case .open = transactionState { transactionState = .failed(error) }
            throw error
        }
    }
}
