import Database
public import RADIUSPipeline
public import ServerKernel

/// The usage store of one packet thread.
///
/// Confined to the packet thread that made it.
public final class UsageKeeper: UsageStore {
    private let connection: KeptConnection
    private let calendar: LocalCalendar

    /// - Parameter connection: the packet thread's own.
    public init(_ connection: KeptConnection, calendar: LocalCalendar) {
        self.connection = connection
        self.calendar = calendar
    }

    public func begin(_ queries: [UsageQuery], at epoch: Int64, isRehearsal: Bool) throws(StoreError) -> [UsageHistory] {
        do {
            return try connection.use { connection throws(DatabaseError) in
                let ledger = UsageLedger(connection, calendar: calendar)
                if isRehearsal { return try ledger.rehearse(queries) }
                return try connection.transaction { () throws(DatabaseError) in
                    try ledger.begin(queries, at: epoch)
                    return try ledger.histories(queries, at: epoch).enumerated().map { index, history in
                        history ?? UsageHistory(zone: calendar.name, depth: queries[index].depth, grant: queries[index].grant)
                    }
                }
            }
        } catch {
            switch error.kind {
            case .connection, .timeout, .busy: throw .unavailable(error.description)
            default: throw .failed(error.description)
            }
        }
    }
}
