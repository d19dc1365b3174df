/// What a comparison of a ledger with a database found.
public struct LedgerReport: Encodable, Equatable, Sendable {
    /// Sessions of which something was sent.
    public var sessions = 0
    public var acknowledgedStarts = 0
    public var acknowledgedInterims = 0
    public var acknowledgedStops = 0
    /// Rows of these sessions.
    public var rows = 0
    /// Users whose kept usage was compared with their sessions.
    public var usersCompared = 0
    /// Sessions and users with which something is wrong.
    public var faultCount = 0
    /// The first of them, one line each.
    public var faults: [String] = []

    static let listed = 20

    mutating func add(_ fault: String) {
        faultCount += 1
        if faults.count < Self.listed { faults.append(fault) }
    }

    /// For people.
    public var text: String {
        let acknowledged = acknowledgedStarts + acknowledgedInterims + acknowledgedStops
        var lines = [
            """
            \(acknowledged) acknowledged: \(acknowledgedStarts) Starts, \(acknowledgedInterims) Interim-Updates, \(acknowledgedStops) Stops \
            of \(sessions) sessions
            """,
            "\(rows) rows compared" + (usersCompared > 0 ? ", and the usage of \(usersCompared) users" : ""),
        ]
        if faultCount == 0 { return (lines + ["nothing is lost"]).joined(separator: "\n") }
        lines.append("\(faultCount) \(faultCount == 1 ? "is" : "are") wrong:")
        lines += faults.map { "  \($0)" }
        if faultCount > faults.count { lines.append("  and \(faultCount - faults.count) more") }
        return lines.joined(separator: "\n")
    }
}
