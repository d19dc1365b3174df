/// One row of a CSV text.
public struct CSVRecord: Sendable, Equatable {
    /// The line on which the row begins, from 1.
    public let line: Int
    /// One or more; quotes removed, blanks kept.
    public let fields: [String]

    public init(line: Int, fields: [String]) {
        self.line = line
        self.fields = fields
    }
}
