import AccessPolicy
import Database
import Foundation
import RADIUSPipeline
import ServerKernel
import Sessions

/// Writes accounting records, those that arrive together in one transaction.
struct AccountingQueue: Sendable {
    let transactions: SharedTransactions<AccountingRecord, ReportedSessions.Key, ReportedSessions.Result>

    /// - Parameter capacity: records that may wait; more are refused.
    init(kernel: Kernel, calendar: LocalCalendar, settings: FreeRADIUSAPISettings, capacity: Int = 4096) {
        let writer = AccountingWriter(calendar: calendar, settings: settings)
        transactions = SharedTransactions(kernel, capacity: capacity, keys: ReportedSessions.keys) { records, connection in
            let outcome = try connection.transaction { () throws(DatabaseError) in try writer.write(records, over: connection) }
            ReportedSessions.announce(outcome, of: records, on: kernel.events)
            return outcome.results
        }
    }

    /// Keeps a record of a session, durable on return.
    /// - Throws: 503 when too many records wait, or the database's error.
    func record(_ record: AccountingRecord) async throws -> ReportedSessions.Result {
        try await transactions.run(record)
    }
}

/// What is written with records of sessions, in the caller's transaction.
private struct AccountingWriter: Sendable {
    let calendar: LocalCalendar
    let settings: FreeRADIUSAPISettings

    func write(_ records: [AccountingRecord], over connection: any DatabaseConnection) throws(DatabaseError) -> ReportedSessions.Outcome {
        let outcome = try ReportedSessions(connection, calendar: calendar).write(
            records,
            groupNames: { (new) throws(DatabaseError) in settings.fillsGroups ? try groupNames(new, over: connection) : new.map { _ in nil }
            },
            at: Int64(Date().timeIntervalSince1970))
        let stopped = zip(records, outcome.results).compactMap { record, result in
            record.statusType == .stop && result != .ignored ? record.userName : nil
        }
        if settings.disposesUserTokens, !stopped.isEmpty { try RADIUSTokenStore(connection).disable(usernames: stopped.sorted()) }
        return outcome
    }

    private static let groups = Statement(
        """
        SELECT username, organization_id, groupname FROM radusergroup WHERE username {{any $1 text}}
            ORDER BY CASE WHEN organization_id IS NULL THEN 1 ELSE 0 END, priority, id
        """)

    /// The first group of each record's user in the organization, or everywhere; nil for none, and for a device that is its own user.
    private func groupNames(_ records: [AccountingRecord], over connection: any DatabaseConnection) throws(DatabaseError) -> [String?] {
        let users = Set(records.compactMap { $0.userName == $0.callingStationID ? nil : $0.userName })
        guard !users.isEmpty else { return records.map { _ in nil } }
        var groups: [StoredName: [(organizationID: String?, name: String)]] = [:]
        try connection.query(Self.groups, [.texts(users.sorted())]) { row in
            groups[StoredName(row.text(0)), default: []].append((row.textOrNil(1), row.text(2)))
        }
        return records.map { record in
            guard let user = record.userName, user != record.callingStationID else { return nil }
            return groups[StoredName(user)]?.first { $0.organizationID == nil || $0.organizationID == record.organizationID }?.name
        }
    }
}
