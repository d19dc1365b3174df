public import Database

extension DatabaseConnection {
    /// A transaction whose body may throw errors of any layer; nothing is written when it throws.
    public func unitOfWork<R>(_ body: () throws -> R) throws -> R {
        var failure: (any Error)?
        do {
            return try transaction { () throws(DatabaseError) -> R in
                do {
                    return try body()
                } catch {
                    failure = error
                    throw error as? DatabaseError ?? DatabaseError(.other, "the transaction was given up")
                }
            }
        } catch {
            throw failure ?? error
        }
    }
}
