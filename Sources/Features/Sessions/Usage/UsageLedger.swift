public import Database
import Foundation
public import RADIUSPipeline

/// Keeps the usage of users that have limits, in step with `radacct`: what is added is always the difference between a session's row and
/// what the row says was counted already. So a packet that is repeated, late or out of order counts once.
///
/// Rows that were old when their user's usage was first counted say nothing: to write that into a long history would cost many times what
/// reading it does. Should such a row change, the user's sessions are counted anew.
///
/// Every function runs inside the caller's transaction.
public struct UsageLedger {
    /// Days that are kept, so that the longest period is there from its begin.
    static let keptDays = Int64(UsagePeriod.longestDays + 34)
    /// Seconds until a session that ended is taken to change no more; longer than ``catchUp(since:)`` looks back.
    private static let settling: Int64 = 3 * 86_400

    private let connection: any DatabaseConnection
    private let calendar: LocalCalendar

    public init(_ connection: any DatabaseConnection, calendar: LocalCalendar) {
        self.connection = connection
        self.calendar = calendar
    }

    /// Those of these sessions whose users' usage is kept.
    func kept(_ uniqueIDs: [String]) throws(DatabaseError) -> [MeteredSession] {
        if uniqueIDs.isEmpty { return [] }
        return try connection.rows(UsageSQL.keptSessions, [.texts(uniqueIDs)]) { (row) throws(DatabaseError) in UsageSQL.session(row) }
    }

    /// Writes rows as ``DatabaseConnection/executeRows(_:columns:)`` does.
    /// - Parameter uniqueIDs: sessions that are looked up in the same visit.
    /// - Returns: how many rows were written, and what ``kept(_:)`` returns after that.
    func write(
        _ statement: Statement, columns: [DatabaseColumn], thenKept uniqueIDs: [String]
    ) throws(DatabaseError) -> (rows: Int, kept: [MeteredSession]) {
        var kept: [MeteredSession] = []
        let rows = try connection.executeRows(
            statement, columns: columns, then: UsageSQL.keptSessions, [.texts(uniqueIDs)]
        ) { (row) throws(DatabaseError) in kept.append(UsageSQL.session(row)) }
        return (rows, kept)
    }

    /// Counts what is new in sessions that ``kept(_:)`` found.
    /// - Returns: the users whose usage changed or whose session was told of.
    @discardableResult
    func count(_ sessions: [MeteredSession]) throws(DatabaseError) -> Set<StoredName> {
        let settled = Dictionary(grouping: sessions.filter { $0.settled != nil }, by: \.userName).sorted { $0.key < $1.key }
        for (name, sessions) in settled {
            // What of them was counted before they changed nobody knows.
            try recount([name.text], settled: sessions.compactMap(\.settled).max() ?? 0, marking: Set(sessions.map(\.uniqueID)))
        }
        let recounted = Set(settled.map(\.key))
        let pending = sessions.filter { $0.isPending && !recounted.contains($0.userName) }
        if !pending.isEmpty {
            try mark(pending)
            var split = UsageSplit(calendar)
            for session in pending { split.add(session) }
            try add(split)
        }
        return Set(sessions.map(\.userName))
    }

    /// The open sessions that an Accounting-On or -Off at `epoch` is about to end, of users whose usage is kept.
    func closing(nasAddress: String, epoch: Int64) throws(DatabaseError) -> [String] {
        try connection.rows(UsageSQL.closing, [.text(nasAddress), .integer(epoch)]) { (row) throws(DatabaseError) in row.text(0) }
    }

    private func mark(_ sessions: [MeteredSession]) throws(DatabaseError) {
        try connection.executeRows(
            UsageSQL.mark,
            columns: [
                .text(sessions.map(\.uniqueID)), .integer(sessions.map(\.start)), .integer(sessions.map(\.amount.seconds)),
                .integer(sessions.map(\.amount.inputOctets)), .integer(sessions.map(\.amount.outputOctets)),
            ])
    }

    private func add(_ split: UsageSplit) throws(DatabaseError) {
        // In one order, so that two nodes that write the same users wait for each other instead of deadlocking.
        let rows = split.values.filter { $0.key.grain == .total || !$0.value.amount.isZero }.sorted {
            ($0.key.userName, $0.key.grain.rawValue, $0.key.began, $0.key.organizationID)
                < ($1.key.userName, $1.key.grain.rawValue, $1.key.began, $1.key.organizationID)
        }
        try connection.executeRows(
            UsageSQL.add,
            columns: [
                .text(rows.map(\.key.userName.text)), .text(rows.map(\.key.organizationID)), .integer(rows.map(\.key.grain.rawValue)),
                .integer(rows.map(\.key.began)), .integer(rows.map(\.value.amount.seconds)),
                .integer(rows.map(\.value.amount.inputOctets)), .integer(rows.map(\.value.amount.outputOctets)),
                .integer(rows.map(\.value.firstStart)),
            ])
        try restamp(Set(rows.lazy.map(\.key.userName)))
    }

    private func restamp(_ names: Set<StoredName>) throws(DatabaseError) {
        let names = names.sorted().map(\.text)
        // Never one that was there before: a user's rows may have been deleted and counted anew meanwhile.
        let stamp = Int64.random(in: 1...Int64.max)
        try connection.executeRows(UsageSQL.restamp, columns: [.text(names), .integer(names.map { _ in stamp })])
    }

    /// Has the usage of these users kept from now on. Users whose usage is not kept yet, or was cut by another zone's days, are
    /// counted anew from all their sessions.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    public func begin(_ queries: [UsageQuery], at epoch: Int64) throws(DatabaseError) {
        var latest: [[StoredName]: UsageQuery] = [:]
        for query in queries { latest[[StoredName(query.userName), StoredName(query.organizationID ?? "")]] = query }
        let ordered = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        let names = Set(ordered.map { StoredName($0.userName) })
        var kept: Set<StoredName> = []
        var other: Set<StoredName> = []
        try connection.query(UsageSQL.registrations, [.texts(names.map(\.text))]) { row in
            if row.text(1) == calendar.name { kept.insert(StoredName(row.text(0))) } else { other.insert(StoredName(row.text(0))) }
        }
        try connection.executeRows(
            UsageSQL.register,
            columns: [
                .text(ordered.map(\.userName)), .text(ordered.map { $0.organizationID ?? "" }), .text(ordered.map { _ in calendar.name }),
                .integer(ordered.map { Int64($0.depth.hours) }), .integer(ordered.map { Int64($0.depth.days) }),
                .text(ordered.map { UsageRows.text(of: $0.grant) }),
            ])
        if !other.isEmpty { try connection.execute(UsageSQL.alignZones, [.texts(other.map(\.text)), .text(calendar.name)]) }
        let fresh = names.subtracting(kept).union(other)
        if !fresh.isEmpty { try recount(fresh.sorted().map(\.text), at: epoch) }
    }

    /// Has a user's usage read further back from now on; it is kept as far back anyway.
    public func deepen(_ userName: StoredName, to depth: UsageDepth) throws(DatabaseError) {
        try connection.execute(
            UsageSQL.deepen, [.text(userName.text), .integer(Int64(depth.hours)), .integer(Int64(depth.days))])
    }

    /// Counts all sessions of users anew.
    func recount(_ names: [String], at epoch: Int64) throws(DatabaseError) {
        try recount(names, settled: epoch - Self.settling)
    }

    /// - Parameters:
    ///   - settled: sessions that ended and began before it get no mark: a long history is read, and not written anew.
    ///   - marked: sessions that get one nevertheless.
    private func recount(_ names: [String], settled: Int64, marking marked: Set<String> = []) throws(DatabaseError) {
        func sessions(_ statement: Statement) throws(DatabaseError) -> [MeteredSession] {
            try connection.rows(statement, [.texts(names), .integer(settled)]) { (row) throws(DatabaseError) in UsageSQL.session(row) }
        }
        // In this order: one that ends meanwhile is found by the second statement.
        let recent = try sessions(UsageSQL.recentSessions)
        let old = try sessions(UsageSQL.settledSessions)
        let unmarked = (recent + old.filter { $0.counted != nil || marked.contains($0.uniqueID) }).filter(\.isPending)
        if !unmarked.isEmpty { try mark(unmarked) }
        try connection.execute(UsageSQL.clear, [.texts(names)])
        var split = UsageSplit(calendar, at: settled + Self.settling)
        for var session in recent + old {
            session.counted = nil
            split.add(session)
        }
        if !split.values.isEmpty { try add(split) }
        // Also where nothing is left to count; after the usage, in the order of everybody's locks.
        try restamp(Set(names.lazy.map(StoredName.init)))
        try connection.execute(UsageSQL.settle, [.texts(names), .integer(settled)])
    }

    /// The usage of users, one history per query, in the same order; nil where it is not kept.
    public func histories(_ queries: [UsageQuery], at epoch: Int64) throws(DatabaseError) -> [UsageHistory?] {
        var rows = UsageRows()
        try connection.query(UsageSQL.load, [.texts(queries.map(\.userName)), .integer(epoch)]) { row in
            switch row.integer(0) {
            case 0: rows.addRegistration(row)
            case 1: rows.addBucket(row)
            default: rows.addStamp(row)
            }
        }
        return queries.map { rows.history(of: $0.userName, organizationID: $0.organizationID) }
    }

    /// What ``begin(_:at:)`` and ``histories(_:at:)`` would come to, without keeping anything.
    public func rehearse(_ queries: [UsageQuery]) throws(DatabaseError) -> [UsageHistory] {
        var split = UsageSplit(calendar)
        for name in Set(queries.map({ StoredName($0.userName) })) {
            try connection.query(UsageSQL.readUserSessions, [.text(name.text)]) { row in
                var session = UsageSQL.session(row)
                session.counted = nil
                split.add(session)
            }
        }
        return queries.map { query in
            UsageRows.history(of: query, in: split, calendar: calendar)
        }
    }

    /// Counts what another program wrote, or a packet that met a user's first login.
    /// - Parameter since: sessions that ended are looked at when they began later; seconds since 1970 UTC.
    /// - Returns: the users whose usage changed.
    func catchUp(since: Int64) throws(DatabaseError) -> Set<StoredName> {
        var seen: Set<String> = []
        var sessions: [MeteredSession] = []
        try connection.query(UsageSQL.uncountedSessions, [.integer(since)]) { row in
            let session = UsageSQL.session(row)
            if seen.insert(session.uniqueID).inserted { sessions.append(session) }
        }
        try count(sessions)
        return Set(sessions.lazy.filter(\.isPending).map(\.userName))
    }

    /// Compares the sums of some users with their sessions, the longest unchecked first, and counts those anew that differ.
    /// - Returns: names that differed.
    func check(limit: Int, at epoch: Int64) throws(DatabaseError) -> [String] {
        let names = try connection.rows(UsageSQL.nextChecks, [.integer(Int64(limit))]) { (row) throws(DatabaseError) in row.text(0) }
        if names.isEmpty { return [] }
        try connection.execute(UsageSQL.checked, [.texts(names), .integer(epoch)])
        var differing: [String] = []
        for name in names where try Self.differs(name, over: connection) { differing.append(name) }
        if !differing.isEmpty { try recount(differing, at: epoch) }
        return differing
    }

    /// Whether the kept sums of a user are not those of the user's sessions.
    static func differs(_ name: String, over connection: any DatabaseConnection) throws(DatabaseError) -> Bool {
        let sums = try connection.first(UsageSQL.sums, [.text(name), .integer(MeteredSession.largest)]) { (row) throws(DatabaseError) in
            (0..<6).map { row.integer($0) }
        }
        guard let sums else { return false }
        return sums[0..<3] != sums[3..<6]
    }

    /// Forgets hours and days that no period looks at.
    func prune(at epoch: Int64) throws(DatabaseError) {
        try connection.execute(UsageSQL.pruneHours, [.integer(epoch - Int64(UsagePeriod.longestHours + 24) * 3600)])
        try connection.execute(UsageSQL.pruneDays, [.integer(epoch - Self.keptDays * 86_400)])
    }
}
