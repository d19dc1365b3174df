import AccessPolicy
import Database
import Foundation
import HTTPTypes
import Localization
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import Sessions
import WebRouting

/// Writes accounting records that arrive together in one transaction, as one commit costs the same for all of them as for one.
///
/// Nobody waits for company: a record that finds nobody writing is written at once, those that come meanwhile go together next.
final class AccountingQueue: Sendable {
    private typealias Answer = Result<ReportedSessions.Result, any Error>

    private struct Waiting {
        let record: AccountingRecord
        let answer: CheckedContinuation<ReportedSessions.Result, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    /// Records in one transaction.
    private static let batchLimit = 64

    private let kernel: Kernel
    private let calendar: LocalCalendar
    private let settings: FreeRADIUSAPISettings
    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter capacity: records that may wait; more are refused.
    init(kernel: Kernel, calendar: LocalCalendar, settings: FreeRADIUSAPISettings, capacity: Int = 4096) {
        self.kernel = kernel
        self.calendar = calendar
        self.settings = settings
        self.capacity = capacity
    }

    /// Whether records are being written.
    var isBusy: Bool { state.withLockedValue { $0.isWriting } }

    /// Records that wait until those before them are written.
    var count: Int { state.withLockedValue { $0.waiting.count } }

    /// Keeps a record of a session, durable on return.
    /// - Throws: 503 when too many records wait, or the database's error.
    func record(_ record: AccountingRecord) async throws -> ReportedSessions.Result {
        try await withCheckedThrowingContinuation { answer in
            let (isRefused, isFirst) = state.withLockedValue { state -> (Bool, Bool) in
                guard state.waiting.count < capacity else { return (true, false) }
                state.waiting.append(Waiting(record: record, answer: answer))
                defer { state.isWriting = true }
                return (false, !state.isWriting)
            }
            if isRefused {
                answer.resume(
                    throwing: Problem(.serviceUnavailable, "The server is busy. Try again later.", headers: [.retryAfter: "1"]))
            }
            if isFirst { Task { await work() } }
        }
    }

    /// Until nothing waits.
    private func work() async {
        while true {
            let batch = next()
            if batch.isEmpty { return }
            let records = batch.map(\.record)
            do {
                let results = try await kernel.withConnection { [self] in write(records, over: $0) }
                for (item, result) in zip(batch, results) { item.answer.resume(with: result) }
            } catch {
                for item in batch { item.answer.resume(throwing: error) }
            }
        }
    }

    /// The longest waiting records that have nothing to do with each other; what one of them must come before stays behind it.
    private func next() -> [Waiting] {
        state.withLockedValue { state in
            var (batch, rest): ([Waiting], [Waiting]) = ([], [])
            var seen: Set<ReportedSessions.Key> = []
            for item in state.waiting {
                let keys = ReportedSessions.keys(of: item.record)
                if batch.count < Self.batchLimit, seen.isDisjoint(with: keys) { batch.append(item) } else { rest.append(item) }
                seen.formUnion(keys)
            }
            state.waiting = rest
            state.isWriting = !batch.isEmpty
            return batch
        }
    }

    /// Writes records in one transaction, or each in its own when that fails, so that one cannot take the others with it.
    private func write(_ records: [AccountingRecord], over connection: any DatabaseConnection) -> [Answer] {
        do {
            let outcome = try connection.transaction { () throws(DatabaseError) in try change(records, over: connection) }
            ReportedSessions.announce(outcome, of: records, on: kernel.events)
            return outcome.results.map { .success($0) }
        } catch {
            guard records.count > 1, error.kind != .connection else { return records.map { _ in .failure(error) } }
            return records.flatMap { write([$0], over: connection) }
        }
    }

    private func change(_ records: [AccountingRecord], over connection: any DatabaseConnection) throws(DatabaseError)
        -> ReportedSessions.Outcome
    {
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
