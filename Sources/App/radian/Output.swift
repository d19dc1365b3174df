import Foundation

/// What commands print.
enum Output {
    /// Writes a line to standard output, at once.
    static func line(_ text: some StringProtocol) {
        write("\(text)\n", to: .standardOutput)
    }

    /// Writes a line to standard error.
    static func complain(_ text: some StringProtocol) {
        write("\(text)\n", to: .standardError)
    }

    /// Writes text as it is.
    static func write(_ text: String, to file: FileHandle) {
        // A reader that has left is no reason to fail.
        try? file.write(contentsOf: Data(text.utf8))
    }

    /// Writes a value as JSON, keys in snake case.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes rows under a heading; without rows, `empty` goes to standard error.
    static func table(_ heading: [String], _ rows: [[String]], empty: String) {
        if rows.isEmpty { return complain(empty) }
        line(TextTable([heading.map { $0.uppercased() }] + rows).text)
    }

    /// Writes names and values below each other; values that are empty are left out.
    static func details(_ rows: [(name: String, value: String)]) {
        line(TextTable(rows.filter { !$0.value.isEmpty }.map { [$0.name + ":", $0.value] }).text)
    }

    /// Seconds since 1970 as `2026-01-31T12:00:00Z`; empty for nil.
    static func time(_ epoch: Int64?) -> String {
        epoch.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) } ?? ""
    }

    /// What a terminal must not interpret becomes `?`: names come from the network.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
    }
}

/// Columns as wide as their longest text.
struct TextTable {
    private let rows: [[String]]

    /// - Parameter rows: of one length.
    init(_ rows: [[String]]) {
        self.rows = rows.map { $0.map(Output.printable) }
    }

    /// The lines, without blanks at their ends.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, text) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], text.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                line += text
                if row[(column + 1)...].contains(where: { !$0.isEmpty }) {
                    line += String(repeating: " ", count: widths[column] - text.count + 2)
                } else {
                    break
                }
            }
            return line
        }.joined(separator: "\n")
    }
}
