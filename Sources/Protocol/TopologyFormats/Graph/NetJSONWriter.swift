/// Writes JSON (RFC 8259) piece by piece, members in the order in which they come.
///
/// An infinite number becomes `1e999`, which every reader takes for infinite again; NaN becomes null.
public struct NetJSONWriter {
    /// What was written, UTF-8.
    public private(set) var bytes: [UInt8] = []
    /// Whether parts stand on lines of their own, indented by two blanks.
    private let isIndented: Bool
    private var depth = 0
    /// Whether the open object or array has nothing in it yet.
    private var isEmpty = true
    private var followsName = false

    /// - Parameter isIndented: for people to read; otherwise no blanks are written.
    public init(isIndented: Bool = false) {
        self.isIndented = isIndented
    }

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// The name of the member whose value comes next.
    public mutating func name(_ name: StaticString) {
        beginPart()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        endName()
    }

    /// The name of the member whose value comes next.
    public mutating func name(_ name: String) {
        beginPart()
        quote(name)
        endName()
    }

    public mutating func text(_ text: String) {
        beginPart()
        quote(text)
    }

    /// A text, or null where there is none.
    public mutating func text(_ text: String?) {
        if let text { self.text(text) } else { literal("null") }
    }

    public mutating func number(_ number: Double) {
        if number.isFinite {
            literal("\(number)")
        } else {
            literal(number.isNaN ? "null" : number < 0 ? "-1e999" : "1e999")
        }
    }

    public mutating func value(_ value: PropertyValue) {
        switch value {
        case .null: literal("null")
        case .bool(let flag): literal(flag ? "true" : "false")
        case .integer(let integer): literal(String(integer))
        case .number(let number): self.number(number)
        case .text(let text): self.text(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let properties): self.properties(properties)
        }
    }

    public mutating func properties(_ properties: Properties) {
        beginObject()
        for member in properties.members {
            name(member.name)
            value(member.value)
        }
        endObject()
    }

    private mutating func literal(_ text: String) {
        beginPart()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func begin(_ bracket: UInt8) {
        beginPart()
        bytes.append(bracket)
        depth += 1
        isEmpty = true
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if isIndented, !isEmpty { breakLine() }
        bytes.append(bracket)
        isEmpty = false
    }

    private mutating func endName() {
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
        followsName = true
    }

    private mutating func beginPart() {
        if followsName {
            followsName = false
        } else {
            if !isEmpty { bytes.append(UInt8(ascii: ",")) }
            if isIndented, depth > 0 { breakLine() }
        }
        isEmpty = false
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: ((byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
