/// The columns of a table, in the order of its records.
public final class SourceColumns: Sendable {
    /// In lower case: MySQL and PostgreSQL write the same names in different ones.
    public let names: [String]
    private let positions: [String: Int]

    public init(_ names: [String]) {
        self.names = names.map { $0.lowercased() }
        positions = Dictionary(self.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func position(_ name: String) -> Int? { positions[name] }
}

/// A row of another program's table, whatever container it came in: every value is a text or nothing.
public struct SourceRecord: Sendable {
    /// In lower case, without schema.
    public var table: String
    public let columns: SourceColumns
    /// One for each column.
    public let values: [String?]

    public init(table: String, columns: SourceColumns, values: [String?]) {
        self.table = table
        self.columns = columns
        self.values = values
    }

    /// The value of a column; nil for NULL and for a column that the table does not have.
    public subscript(_ column: String) -> String? {
        columns.position(column).flatMap { values.indices.contains($0) ? values[$0] : nil }
    }

    /// As the subscript, with an empty text as nothing.
    func text(_ column: String) -> String? {
        self[column].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Blanks at the ends are gone; empty is nothing.
    func trimmed(_ column: String) -> String? {
        guard let value = self[column] else { return nil }
        let trimmed = value.trimmingBlanks
        return trimmed.isEmpty ? nil : trimmed
    }

    /// What the database calls true: `t`, `true`, `1`, `yes`.
    func flag(_ column: String) -> Bool? {
        switch self[column]?.lowercased() {
        case "t", "true", "1", "yes", "y": true
        case "f", "false", "0", "no", "n": false
        default: nil
        }
    }

    /// A number, cut at its decimal point.
    func integer(_ column: String) -> Int64? {
        guard let text = trimmed(column) else { return nil }
        return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
    }

    /// A UUID as lower-case text with dashes; Django writes 32 digits where the engine has no such type. Other texts are as they are.
    func identifier(_ column: String) -> String? {
        guard let text = trimmed(column)?.lowercased() else { return nil }
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0.isHexadecimalDigit }) else { return text }
        let digits = Array(text)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}

extension UInt8 {
    var isHexadecimalDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension String {
    var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
