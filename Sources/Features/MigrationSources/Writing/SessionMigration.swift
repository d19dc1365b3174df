import Accounts
import Database
import RADIUSTransport

/// Writes sessions and the log of logins as they come.
final class SessionMigration {
    private let run: MigrationRun
    private let store: MigratedSessionStore
    private var sessions = Chunks<MigratedSessionStore.Session>()
    private var logins = Chunks<MigratedSessionStore.Login>()
    private var rows = 0

    init(_ run: MigrationRun) {
        self.run = run
        store = MigratedSessionStore(connection: run.target)
    }

    func begin() throws(DatabaseError) { try store.beginLogins() }
    func end() throws(DatabaseError) { try store.endLogins() }

    /// Takes a row of `radacct` or `radpostauth`.
    /// - Parameter fraction: how far the source is read, where that is known.
    func take(_ record: SourceRecord, fraction: Double?) throws {
        rows += 1
        if rows.isMultiple(of: MigrationRun.chunkSize) { run.progress(.sessions, rows: rows, fraction: fraction) }
        if record.table == "radacct" { try takeSession(record) } else { try takeLogin(record) }
    }

    func finish() throws {
        try sessions.finish(writeSessions)
        try logins.finish(writeLogins)
    }

    private func organizationID(_ record: SourceRecord) -> String? {
        record.identifier("organization_id").flatMap { run.organizations[$0]?.id } ?? run.organization?.id
    }

    private func username(_ record: SourceRecord) -> String? {
        record.text("username").map { run.renamed[$0] ?? $0 }
    }

    private func takeSession(_ record: SourceRecord) throws {
        guard let id = record.text("acctuniqueid") else {
            return refuse(.sessions, record, "it has no acctuniqueid")
        }
        var session = MigratedSessionStore.Session(uniqueID: id, texts: [:], times: [:], numbers: [:])
        for column in MigratedSessionStore.sessionTexts { session.texts[column] = record.text(column) }
        session.texts["acctsessionid"] = record["acctsessionid"] ?? ""
        session.texts["username"] = username(record)
        session.texts["organization_id"] = organizationID(record)
        for column in MigratedSessionStore.sessionTimes { session.times[column] = run.times.seconds(record[column]) }
        for column in MigratedSessionStore.sessionNumbers { session.numbers[column] = record.integer(column) }
        if let since = run.options.since, (session.times.values.max() ?? 0) * 1_000_000 < since { return run.count(.sessions, \.skipped) }
        for column in MigratedSessionStore.sessionAddresses {
            guard let text = record.trimmed(column) else { continue }
            if let address = Self.address(text, isPrefix: column.hasSuffix("prefix")) {
                session.texts[column] = address
            } else if column != "nasipaddress" {
                run.note(record.table, id, "comes without its \(column), which is no address: '\(text.prefix(64))'")
            }
        }
        guard session.texts["nasipaddress"] != nil else { return refuse(.sessions, record, "its nasipaddress is no address") }
        try sessions.append(session, writeSessions)
    }

    /// The text as PostgreSQL's inet takes it, an address without the length of its prefix.
    private static func address(_ text: String, isPrefix: Bool) -> String? {
        guard IPPrefix(text) != nil else { return nil }
        guard !isPrefix, let slash = text.firstIndex(of: "/") else { return text }
        return String(text[..<slash])
    }

    private func takeLogin(_ record: SourceRecord) throws {
        guard let username = username(record) else { return refuse(.logins, record, "it has no user name") }
        guard let time = run.times.microseconds(record["authdate"] ?? record["date"]) else {
            return refuse(.logins, record, "its authdate is no time")
        }
        if let since = run.options.since, time < since { return run.count(.logins, \.skipped) }
        let login = MigratedSessionStore.Login(
            username: username, reply: record.text("reply"), called: record.text("calledstationid"),
            calling: record.text("callingstationid"), classText: record.text("class"), organizationID: organizationID(record), time: time)
        try logins.append(login, writeLogins)
    }

    private func refuse(_ kind: MigrationReport.Kind, _ record: SourceRecord, _ reason: String) {
        let key = record.text("radacctid") ?? record.text("acctuniqueid") ?? record.text("id") ?? ""
        run.refuse(kind, MigrationProblem(table: record.table, key: key, reason: reason))
    }

    private func writeSessions(_ rows: [MigratedSessionStore.Session]) throws {
        // The last of several rows of one session counts: one statement writes each once.
        var latest: [String: Int] = [:]
        for (index, row) in rows.enumerated() { latest[row.uniqueID] = index }
        let unique = rows.indices.filter { latest[rows[$0].uniqueID] == $0 }.map { rows[$0] }
        var changed = 0
        if run.options.isDryRun {
            changed = unique.count - (try store.present(among: unique.map(\.uniqueID))).count
        }
        var refused = 0
        _ = try run.write(unique) { part in
            changed += try store.write(part)
        } refuse: { row, reason in
            refused += 1
            run.refuse(.sessions, MigrationProblem(table: "radacct", key: row.uniqueID, reason: reason))
        }
        run.count(.sessions, \.taken, changed)
        run.count(.sessions, \.present, rows.count - changed - refused)
    }

    private func writeLogins(_ rows: [MigratedSessionStore.Login]) throws {
        let unique = Array(Set(rows)).sorted { $0.time < $1.time }
        var changed = run.options.isDryRun ? unique.count : 0
        var refused = 0
        _ = try run.write(unique) { part in
            changed += try store.write(part)
        } refuse: { row, reason in
            refused += 1
            run.refuse(.logins, MigrationProblem(table: "radpostauth", key: row.username, reason: reason))
        }
        run.count(.logins, \.taken, changed)
        run.count(.logins, \.present, rows.count - changed - refused)
    }
}
