/// Where a connection stands between BEGIN and COMMIT; both engines keep one, so that both treat an error inside a transaction
/// alike.
package enum TransactionState {
    case none
    case open
    /// A statement failed: only a rollback may follow.
    case failed(DatabaseError)

    package var isNone: Bool {
        if case .none = self { return true }
        return false
    }

    /// - Throws: the error that ended the transaction.
    package func check() throws(DatabaseError) {
        if case .failed(let error) = self { throw error }
    }

    /// Remembers the first error of an open transaction.
    package mutating func note(_ error: DatabaseError) {
        if case .open = self { self = .failed(error) }
    }
}
