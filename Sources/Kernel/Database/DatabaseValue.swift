/// One argument of a statement, in a form that both engines take.
///
/// A text holds no NUL character: PostgreSQL cannot store one, so both engines refuse it with ``DatabaseError/Kind/data``.
public enum DatabaseValue: Sendable, Equatable {
    case null
    /// Also for boolean columns (0 and 1) and for timestamps behind the token `{{timestamp $n}}` (epoch seconds).
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// The list of `{{any $n text}}`.
    case texts([String])
    /// The list of `{{any $n bigint}}`.
    case integers([Int64])
}

extension DatabaseValue {
    /// A text, or NULL where there is none.
    public static func optional(_ text: String?) -> DatabaseValue {
        text.map { .text($0) } ?? .null
    }

    /// An integer, or NULL where there is none.
    public static func optional(_ integer: Int64?) -> DatabaseValue {
        integer.map { .integer($0) } ?? .null
    }
}

/// One column of the rows that ``DatabaseConnection/executeRows(_:columns:)`` writes; `nil` is NULL.
public enum DatabaseColumn: Sendable, Equatable {
    /// For a column declared `text` in `{{rows ...}}`.
    case text([String?])
    /// For a column declared `bigint`.
    case integer([Int64?])
    /// For a column declared `real`.
    case real([Double?])

    /// How many rows the column has.
    public var count: Int {
        switch self {
        case .text(let values): values.count
        case .integer(let values): values.count
        case .real(let values): values.count
        }
    }
}
