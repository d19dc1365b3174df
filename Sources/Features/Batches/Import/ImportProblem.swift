public import Localization

/// Why a line of an import file was not taken. Lines of a prefix are its numbers.
public struct ImportProblem: Error, Sendable, Equatable, Encodable, CustomStringConvertible {
    private enum Key: CodingKey {
        case line, column, message
    }

    /// From 1.
    public let line: Int
    /// Nil when the row as a whole is meant.
    public let column: ImportColumn?
    /// Without passwords.
    public let text: Message

    init(line: Int, column: ImportColumn? = nil, _ text: Message) {
        self.line = line
        self.column = column
        self.text = text
    }

    /// In English.
    public var message: String { text.text(in: .english) }

    /// "line 3, column email: …".
    public var description: String {
        column.map { "line \(line), column \($0.rawValue): \(message)" } ?? "line \(line): \(message)"
    }

    /// As `line`, `column`, `message`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(line, forKey: .line)
        try container.encode(column, forKey: .column)
        try container.encode(message, forKey: .message)
    }
}
