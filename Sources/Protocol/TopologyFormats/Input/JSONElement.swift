/// A value of a JSON document that knows its place there.
struct JSONElement {
    let value: PropertyValue
    let path: JSONPath

    func object() throws(TopologyFormatError) -> JSONObject {
        guard case .object(let members) = value else { throw wrong("an object") }
        return JSONObject(members: members, path: path)
    }

    func array() throws(TopologyFormatError) -> JSONArray {
        guard case .array(let elements) = value else { throw wrong("an array") }
        return JSONArray(elements: elements, path: path)
    }

    /// A text that names something: not empty.
    func identifier() throws(TopologyFormatError) -> String {
        guard let text = value.identifier else { throw wrong("a name") }
        return text
    }

    private func wrong(_ wanted: String) -> TopologyFormatError {
        TopologyFormatError(.structure, "Parse error, not \(wanted)", path.place)
    }
}

/// An array of a JSON document that knows its place there.
struct JSONArray: RandomAccessCollection {
    let elements: [PropertyValue]
    let path: JSONPath

    var startIndex: Int { 0 }
    var endIndex: Int { elements.count }
    subscript(position: Int) -> JSONElement { JSONElement(value: elements[position], path: path.index(position)) }
}

/// An object of a JSON document that knows its place there.
struct JSONObject {
    let members: Properties
    let path: JSONPath

    func has(_ name: String) -> Bool { members[name] != nil }

    /// Nil also for null.
    func optional(_ name: String) -> JSONElement? {
        switch members[name] {
        case nil, .null?: nil
        case let value?: JSONElement(value: value, path: path.member(name))
        }
    }

    func required(_ name: String) throws(TopologyFormatError) -> JSONElement {
        guard let value = members[name] else { throw missing(name) }
        return JSONElement(value: value, path: path.member(name))
    }

    func object(_ name: String) throws(TopologyFormatError) -> JSONObject { try required(name).object() }
    func array(_ name: String) throws(TopologyFormatError) -> JSONArray { try required(name).array() }

    /// A text that names something; a number counts as its digits.
    func identifier(_ name: String) throws(TopologyFormatError) -> String {
        guard let value = members[name] else { throw missing(name) }
        guard let text = value.identifier else { throw wrong(name, "a name") }
        return text
    }

    /// Any text, or a number as its digits.
    func text(_ name: String) throws(TopologyFormatError) -> String {
        guard let value = members[name] else { throw missing(name) }
        guard let text = value.scalarText else { throw wrong(name, "a text") }
        return text
    }

    /// Nil where it is missing or null.
    func optionalText(_ name: String) throws(TopologyFormatError) -> String? {
        switch members[name] {
        case nil, .null?: nil
        default: try text(name)
        }
    }

    /// The members of an object; nil where it is missing or null.
    func optionalMembers(_ name: String) throws(TopologyFormatError) -> Properties? {
        switch members[name] {
        case nil, .null?: nil
        case .object(let members)?: members
        default: throw wrong(name, "an object")
        }
    }

    /// A number, or a text that is one; may be infinite.
    func number(_ name: String) throws(TopologyFormatError) -> Double {
        guard let value = members[name] else { throw missing(name) }
        guard let number = value.anyNumber else { throw wrong(name, "a number") }
        return number
    }

    /// A number as it is written, whole ones without a fraction.
    func numberValue(_ name: String) throws(TopologyFormatError) -> PropertyValue {
        if case .integer(let integer)? = members[name] { return .integer(integer) }
        return .number(try number(name))
    }

    /// Texts; none where it is missing or null.
    func texts(_ name: String) throws(TopologyFormatError) -> [String] {
        guard let element = optional(name) else { return [] }
        var texts: [String] = []
        for item in try element.array() { texts.append(try item.identifier()) }
        return texts
    }

    func missing(_ name: String) -> TopologyFormatError {
        TopologyFormatError(.structure, "Parse error, \"\(name)\" key not found", path.place)
    }

    func wrong(_ name: String, _ wanted: String) -> TopologyFormatError {
        TopologyFormatError(.structure, "Parse error, \"\(name)\" is not \(wanted)", path.member(name).place)
    }
}

/// The way from the root of a document to a value. Going on to an element of an array takes no memory: graphs have many.
struct JSONPath: CustomStringConvertible {
    private indirect enum Steps {
        case root
        case member(JSONPath, String)
        case element(JSONPath)
    }

    private let steps: Steps
    /// Of an element of the array where the steps lead.
    private let index: Int?

    private init(_ steps: Steps, _ index: Int? = nil) {
        self.steps = steps
        self.index = index
    }

    static var root: JSONPath { JSONPath(.root) }

    func member(_ name: String) -> JSONPath { JSONPath(.member(self, name)) }
    func index(_ index: Int) -> JSONPath { JSONPath(self.index == nil ? steps : .element(self), index) }

    /// Such as `$.mid[0].aliases`. A name of another shape is not repeated: it may be a key.
    var description: String {
        let way =
            switch steps {
            case .root: "$"
            case .element(let path): path.description
            case .member(let path, let name) where name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil: "\(path).\(name)"
            case .member(let path, _): "\(path)[…]"
            }
        return index.map { "\(way)[\($0)]" } ?? way
    }

    var place: TopologyFormatError.Place {
        if case .root = steps, index == nil { .document } else { .path(description) }
    }
}

extension PropertyValue {
    /// A text or the digits of a whole number; nil where it is empty.
    fileprivate var identifier: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .integer(let integer): String(integer)
        default: nil
        }
    }

    /// A text, or a number as it is written.
    fileprivate var scalarText: String? {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number): "\(number)"
        default: nil
        }
    }

    /// A number, or a text that is one.
    var anyNumber: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .text(let text): Double(text).flatMap { $0.isNaN ? nil : $0 }
        default: nil
        }
    }
}
