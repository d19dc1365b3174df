import RADIUSPipeline
import WebRouting

/// One thing that happened to a user.
struct TimelineEntry: Sendable, Equatable {
    enum Kind: String, Sendable {
        case registered, verified, login, reject, session, quota, coa, change, note
    }

    /// Microseconds since 1970 UTC.
    var time: Int64
    var kind: Kind
    /// One sentence for operators.
    var text: String
    /// Address of a page of the console; nil where there is none.
    var link: String?
    /// What else is known, by name; empty texts are left out.
    var details: [JSONValue.Member] = []

    /// The entry as the API has it.
    var json: JSONValue {
        [
            "time": .string(WebTime.text(microseconds: time)), "kind": .string(kind.rawValue), "text": .string(text),
            "link": .optional(link), "details": .object(details.filter { $0.value != .null && $0.value != "" }),
        ]
    }

    /// Shape of ``json``.
    static let schema = JSONSchema.named(
        "TimelineEntry",
        .object([
            ("time", .dateTime), ("kind", .string), ("text", .string), ("link", .nullable(.string)),
            ("details", .map(.either([.string, .integer, .boolean]))),
        ]))
}

/// A row of the statement that gathers a timeline; what its columns mean depends on the kind.
struct TimelineRow {
    var kind: String
    var time: Int64
    var texts: [String?]
    var numbers: [Int64?]

    private func text(_ index: Int) -> String { texts[index] ?? "" }
    private func detail(_ name: String, _ index: Int) -> JSONValue.Member { .init(name, .optional(texts[index])) }
    private func number(_ name: String, _ index: Int) -> JSONValue.Member { .init(name, .optional(numbers[index])) }

    /// Nil for a kind that is none.
    var entry: TimelineEntry? {
        guard let kind = TimelineEntry.Kind(rawValue: kind) else { return nil }
        var entry = TimelineEntry(time: time, kind: kind, text: "")
        switch kind {
        case .registered:
            entry.text = "The account was made."
            entry.details = [detail("method", 0)]
        case .verified:
            entry.text = "Verified in \(text(1))."
            entry.details = [detail("method", 0)]
        case .login:
            entry.text = text(2).isEmpty ? "Let in." : "Let in at \(text(2))."
            entry.details = [detail("station", 3)]
            entry.link = numbers[0].map { "/debug/\($0)" }
        case .reject:
            entry.text = RejectReason(rawValue: text(1))?.explanation ?? "Refused."
            entry.details = [detail("reason", 1), detail("nas", 2), detail("station", 3)]
            entry.link = numbers[0].map { "/debug/\($0)" }
        case .session: session(&entry)
        case .quota:
            entry.text = "The limit \(text(0)) was reached."
            entry.details = [detail("action", 1)]
        case .coa:
            entry.text =
                text(0) == "disconnect" ? "The device was asked to end the session." : "The device was asked to change the session."
            entry.details = [detail("action", 0), detail("result", 1), detail("by", 2), detail("reason", 3), number("error_cause", 0)]
        case .change:
            entry.text = text(1) == "user" ? "The account was \(changeText)." : "\(text(3)): \(text(1)) \(text(0))."
            entry.details = [.init("by", .string(text(2).isEmpty ? "the server" : text(2)))] + changed
        case .note:
            entry.text = text(0)
            entry.details = [detail("by", 1)]
        }
        return entry
    }

    private var changeText: String {
        switch text(0) {
        case "password set": "given another password"
        case "second factor added": "given a second factor"
        case "second factor removed": "freed of its second factor"
        case let action: action
        }
    }

    private func session(_ entry: inout TimelineEntry) {
        let octets = (numbers[1] ?? 0) + (numbers[2] ?? 0)
        let volume = "\(Self.megabytes(octets)) MB"
        entry.text =
            numbers[3] == 1 ? "Online, \(volume) so far." : "Online for \(Self.duration(numbers[0] ?? 0)), \(volume)."
        entry.link = "/sessions/\(text(2))"
        entry.details = [detail("nas", 0), detail("address", 3), detail("end", 1)]
    }

    /// The names of what an audit entry says to be different.
    private var changed: [JSONValue.Member] {
        guard let values = try? JSONValue(parsing: Array(text(4).utf8)), case .object(let members) = values, text(0) == "changed" else {
            return []
        }
        return [.init("what", .string(members.map(\.name).joined(separator: ", ")))]
    }

    static func duration(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    /// With one decimal.
    static func megabytes(_ octets: Int64) -> String {
        let tenths = max(0, octets) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
