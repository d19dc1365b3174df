import Database
import Digests
import EAP
import RADIUSPipeline
import Sessions

/// Check and reply items that cannot be understood.
struct PolicyRowCheck: Check {
    static let name = "policy.row"
    private static let limit = 20

    func findings(_ scene: CheckScene) throws -> [Finding] {
        guard let connection = scene.connection else { return [] }
        var findings: [Finding] = []
        var more = 0
        for table in [PolicyRow.Table.radcheck, .radreply, .radgroupcheck, .radgroupreply] {
            try PolicyRows.each(table, connection) { row, owner in
                guard let problem = row.problem(scene.dictionary) else { return }
                guard findings.count < Self.limit else { return more += 1 }
                findings.append(
                    found(
                        scene.configuration.strictRows ? .error : .warning,
                        "\(table.rawValue) row \(row.id) of '\(owner)' (\(row.attribute) \(row.op)): \(problem)",
                        advice: scene.configuration.strictRows
                            ? "correct the row: the user is refused until then" : "correct the row: it is ignored until then"))
            }
        }
        if more > 0 { findings.append(found(.warning, "\(more) further rows cannot be understood", advice: "correct the first ones")) }
        return findings
    }
}

/// Users whose stored password serves fewer methods than the server offers.
struct StoredPasswordCheck: Check {
    static let name = "user.password-form"

    func findings(_ scene: CheckScene) throws -> [Finding] {
        guard let connection = scene.connection else { return [] }
        var best: [String: Strength] = [:]
        try PolicyRows.each(.radcheck, connection) { row, user in
            guard let stored = StoredPassword(attribute: row.attribute, value: row.value.withoutQuotes) else { return }
            let strength: Strength = stored.cleartext != nil ? .all : stored.ntHash != nil ? .mschap : .papOnly
            best[user] = max(best[user] ?? .papOnly, strength)
        }
        let denied = Set(scene.configuration.deniedMethods)
        let eap = scene.configuration.eap
        let needsNT = !denied.contains("eap") && eap.standard.methods.contains(.peap) && eap.peapMethods.contains(.mschapv2)
        let papOnly = best.filter { $0.value == .papOnly }.keys.sorted()
        let notClear = best.filter { $0.value == .mschap }.keys.sorted()
        var findings: [Finding] = []
        if needsNT, !papOnly.isEmpty {
            findings.append(
                found(
                    .warning, "the stored passwords of \(papOnly.count) users (\(papOnly.shortened())) cannot serve PEAP-MSCHAPv2 or CHAP",
                    advice: "let them use TTLS-PAP or PEAP-GTC, or store a Cleartext-Password or NT-Password",
                    command: "radian user password NAME"))
        }
        if !denied.contains("chap"), !notClear.isEmpty {
            findings.append(
                found(
                    .notice, "the stored passwords of \(notClear.count) users (\(notClear.shortened())) cannot serve CHAP",
                    advice: "nothing, unless a NAS of yours uses CHAP, which needs a Cleartext-Password"))
        }
        return findings
    }

    private enum Strength: Int, Comparable {
        case papOnly, mschap, all
        static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
    }
}

/// Sessions whose NAS has been silent for too long.
struct StaleSessionCheck: Check {
    static let name = "session.stale"

    func findings(_ scene: CheckScene) throws -> [Finding] {
        guard let connection = scene.connection else { return [] }
        let stale = try SessionStore(connection).online().filter { $0.isStale(at: scene.epoch) }
        return Dictionary(grouping: stale, by: \.nasAddress).sorted { $0.key < $1.key }.map { address, sessions in
            found(
                .warning,
                "\(sessions.count) sessions at \(address) have been silent for too long (\(sessions.map(\.userName).shortened(3)))",
                advice: "switch interim updates on at the NAS; 'radian who' marks the sessions, which count for Simultaneous-Use")
        }
    }
}

/// Walks a policy table in pieces, however long it is.
enum PolicyRows {
    private static let piece: Int64 = 10_000
    private static let statements = Dictionary(
        uniqueKeysWithValues: [
            (PolicyRow.Table.radcheck, "username"), (.radreply, "username"), (.radgroupcheck, "groupname"), (.radgroupreply, "groupname"),
        ].map { table, owner in
            (
                table,
                Statement("SELECT id, \(owner), attribute, op, value FROM \(table.rawValue) WHERE id > $1 ORDER BY id LIMIT \(piece)")
            )
        })

    static func each(
        _ table: PolicyRow.Table, _ connection: any DatabaseConnection, _ body: (PolicyRow, _ owner: String) -> Void
    ) throws(DatabaseError) {
        guard let statement = statements[table] else { return }
        var last: Int64 = -1
        while true {
            var count: Int64 = 0
            try connection.query(statement, [.integer(last)]) { row in
                count += 1
                last = row.integer(0)
                body(
                    PolicyRow(table: table, id: row.integer(0), attribute: row.text(2), op: row.text(3), value: row.text(4)), row.text(1))
            }
            guard count == piece else { return }
        }
    }
}

extension String {
    /// As the pipeline reads a value that stands in quotes.
    fileprivate var withoutQuotes: String {
        utf8.count >= 2 && first == last && (first == "\"" || first == "'") ? String(dropFirst().dropLast()) : self
    }
}
