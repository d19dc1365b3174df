public import Database
public import RADIUSClient
import Sessions

/// Compares what a load run was acknowledged with what the database holds.
///
/// What was sent without an acknowledgement may be there or not; but a row must not say more than was sent.
public struct LedgerCheck {
    private var report = LedgerReport()
    private var rows: [String: [RecordedSession]] = [:]

    private init() {}

    public static func run(_ ledger: LoadLedger, over connection: any DatabaseConnection) throws(DatabaseError) -> LedgerReport {
        var check = LedgerCheck()
        // A generator's thread begins the ids of its sessions with digits of its own.
        let length = 9
        let store = RecordedSessionStore(connection)
        try store.sessions(prefixes: Set(ledger.sessions.keys.map { String($0.prefix(length)) }).sorted(), length: length) { id, session in
            check.rows[id, default: []].append(session)
            check.report.rows += 1
        }
        for (id, session) in ledger.sessions.sorted(by: { $0.key < $1.key }) { check.compare(id, session) }
        for id in check.rows.keys.sorted() where ledger.sessions[id] == nil {
            check.report.add("session \(id): never sent, but there is a row")
        }
        let usage = try store.usage(of: Set(ledger.sessions.values.lazy.map(\.userName)))
        check.report.usersCompared = usage.compared
        for name in usage.differing { check.report.add("user \(name): the kept usage is not the sum of the sessions") }
        return check.report
    }

    private mutating func compare(_ id: String, _ session: LoadLedger.Session) {
        report.sessions += 1
        let acknowledged = session.requests.filter(\.isAcknowledged)
        report.acknowledgedStarts += acknowledged.count { $0.kind == .start }
        report.acknowledgedInterims += acknowledged.count { $0.kind == .interim }
        report.acknowledgedStops += acknowledged.count { $0.kind == .stop }
        guard let row = rows[id]?.first else {
            if let last = acknowledged.last { report.add("session \(id): its \(last.kind.rawValue) was acknowledged, but there is no row") }
            return
        }
        if let count = rows[id]?.count, count > 1 { return report.add("session \(id): \(count) rows") }
        let problems = Self.problems(of: row, session, acknowledged)
        if !problems.isEmpty { report.add("session \(id): \(problems.joined(separator: ", "))") }
    }

    private static func problems(
        of row: RecordedSession, _ session: LoadLedger.Session, _ acknowledged: [LoadLedger.Request]
    ) -> [String] {
        var problems: [String] = []
        if row.userName != session.userName { problems.append("of '\(row.userName)' instead of '\(session.userName)'") }
        for (name, value, amount) in [
            ("seconds", row.seconds, \LoadLedger.Request.seconds), ("input octets", row.inputOctets, \.inputOctets),
            ("output octets", row.outputOctets, \.outputOctets),
        ] {
            let least = acknowledged.map { $0[keyPath: amount] }.max() ?? 0
            let most = session.requests.map { $0[keyPath: amount] }.max() ?? 0
            if value < least { problems.append("\(value) \(name), of which \(least) were acknowledged") }
            if value > most { problems.append("\(value) \(name), but only \(most) were sent") }
        }
        if acknowledged.contains(where: { $0.kind == .start }), !row.hasStart { problems.append("its Start is missing") }
        problems += timeProblems(of: row, session, acknowledged)
        return problems
    }

    private static func timeProblems(
        of row: RecordedSession, _ session: LoadLedger.Session, _ acknowledged: [LoadLedger.Request]
    ) -> [String] {
        var problems: [String] = []
        // The earliest that any packet tells of counts.
        let begins = { (requests: [LoadLedger.Request]) in requests.map { $0.epoch - $0.seconds }.min() }
        if let earliest = begins(session.requests) {
            let latest = begins(acknowledged) ?? .max
            if let started = row.startedAt {
                if !(earliest...max(earliest, latest)).contains(started) { problems.append("began \(started - earliest) s late") }
            } else {
                problems.append("without a start time")
            }
        }
        let stops = session.requests.filter { $0.kind == .stop }
        if let stopped = row.stoppedAt, !row.isGivenUp {
            if !stops.contains(where: { $0.epoch == stopped }) { problems.append("stopped at \(stopped), which nobody sent") }
            if row.terminateCause != "User-Request" { problems.append("ended by '\(row.terminateCause)'") }
        } else if stops.contains(where: \.isAcknowledged) {
            problems.append("its Stop is missing")
        }
        return problems
    }
}
