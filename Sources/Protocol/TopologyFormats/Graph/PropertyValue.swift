/// A JSON value (RFC 8259) of a property. Equal values are equal whatever the order of members, and 1 equals 1.0.
public enum PropertyValue: Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that 64 bits hold.
    case integer(Int64)
    /// Any other number; not NaN.
    case number(Double)
    case text(String)
    case array([PropertyValue])
    case object(Properties)
}

extension PropertyValue: Equatable {
    public static func == (left: PropertyValue, right: PropertyValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        // Another engine's JSON, or Python's, may write the one for the other.
        case (.integer(let integer), .number(let number)), (.number(let number), .integer(let integer)): Double(integer) == number
        case (.text(let left), .text(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension PropertyValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: PropertyValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, PropertyValue)...) { self = .object(Properties(elements)) }

    /// A text, or null where there is none.
    static func optional(_ text: String?) -> PropertyValue { text.map { .text($0) } ?? .null }
}
