import Localization
import TopologyFormats
import WebRouting

extension PropertyValue {
    /// The same value.
    init(_ json: JSONValue) {
        self =
            switch json {
            case .null: .null
            case .bool(let flag): .bool(flag)
            case .integer(let integer): .integer(integer)
            case .number(let number): .number(number)
            case .string(let text): .text(text)
            case .array(let elements): .array(elements.map { PropertyValue($0) })
            case .object(let members): .object(Properties(members.map { Properties.Property($0.name, PropertyValue($0.value)) }))
            }
    }

    /// The same value; infinite numbers are null there.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let integer): .integer(integer)
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let properties): properties.json
        }
    }
}

extension Properties {
    var json: JSONValue { .object(members.map { .init($0.name, $0.value.json) }) }

    /// How deep values may nest, as in inputs.
    private static let depthLimit = 60

    /// Properties of a request: an object, or null for none.
    /// - Parameter field: its name, for the error.
    init(_ json: JSONValue, field: String) throws(Problem) {
        if case .null = json {
            self.init()
            return
        }
        guard case .object = json, json.isNested(atMost: Self.depthLimit), case .object(let properties) = PropertyValue(json) else {
            throw .field(field, "Value must be valid JSON or key, valued pair.")
        }
        self = properties
    }
}

extension JSONValue {
    fileprivate func isNested(atMost depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth > 0 && elements.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .object(let members): depth > 0 && members.allSatisfy { $0.value.isNested(atMost: depth - 1) }
        default: true
        }
    }
}
