/// Reads JSON (RFC 8259) into ``PropertyValue``s and says at which octet it failed.
///
/// Foundation's decoder names no place inside a document, and tries each type in turn for values of any type, which takes seconds for a
/// large graph. As in Python, whose programs print much of what is read here, `Infinity` and `NaN` are numbers; NaN is read as null.
struct JSONReader {
    /// What the text is not, and where.
    struct SyntaxError: Error, Equatable {
        let offset: Int
        let problem: String
    }

    /// How deep arrays and objects may nest.
    static let depthLimit = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    /// Members and elements of what is open, so that each object and array is made once, at its length.
    private var members: [Properties.Property] = []
    private var elements: [PropertyValue] = []
    /// Names that were met last, by their octets: objects of a list have the same ones, and a long name takes memory of its own.
    private var names = [(range: Range<Int>, name: String)](repeating: (0..<0, ""), count: 64)

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads all documents of a text, one behind the other.
    /// - Parameters:
    ///   - bytes: valid UTF-8.
    ///   - limit: how many there may be.
    /// - Returns: one or more.
    static func documents(in bytes: [UInt8], limit: Int = .max) throws(SyntaxError) -> [PropertyValue] {
        var reader = JSONReader(bytes)
        var values: [PropertyValue] = []
        reader.skipBlanks()
        guard reader.position < bytes.count else { throw SyntaxError(offset: 0, problem: "it is empty") }
        while reader.position < bytes.count {
            guard values.count < limit else { throw reader.error("something follows the document") }
            values.append(try reader.value())
            reader.skipBlanks()
        }
        return values
    }

    private mutating func value() throws(SyntaxError) -> PropertyValue {
        guard position < bytes.count else { throw error("the text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "-"):
            if take("-Infinity") { return .number(-.infinity) }
            return try number()
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case UInt8(ascii: "I") where take("Infinity"): return .number(.infinity)
        case UInt8(ascii: "N") where take("NaN"): return .null
        default: throw error("no value begins with this")
        }
    }

    private mutating func object() throws(SyntaxError) -> Properties {
        try enter()
        let first = members.count
        skipBlanks()
        if take(UInt8(ascii: "}")) { return leave(Properties()) }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw error("the name of a member is missing") }
            let name = try name()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw error("':' is missing") }
            skipBlanks()
            let value = try value()
            members.append(Properties.Property(name, value))
            skipBlanks()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("',' or '}' is missing") }
            defer { members.removeSubrange(first...) }
            return leave(Properties(Array(members[first...])))
        }
    }

    private mutating func array() throws(SyntaxError) -> [PropertyValue] {
        try enter()
        let first = elements.count
        skipBlanks()
        if take(UInt8(ascii: "]")) { return leave([]) }
        while true {
            skipBlanks()
            let value = try value()
            elements.append(value)
            skipBlanks()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("',' or ']' is missing") }
            defer { elements.removeSubrange(first...) }
            return leave(Array(elements[first...]))
        }
    }

    /// Reads the name of a member, from its opening quote on.
    private mutating func name() throws(SyntaxError) -> String {
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        // Strings of up to 15 octets take no memory of their own.
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\""), end - start > 15 else { return try text() }
        position = end + 1
        let octets = bytes[start..<end]
        let slot = (octets.count &* 31 &+ Int(bytes[start]) &* 7 &+ Int(bytes[end - 1])) & (names.count - 1)
        if bytes[names[slot].range].elementsEqual(octets) { return names[slot].name }
        names[slot] = (start..<end, String(decoding: octets, as: UTF8.self))
        return names[slot].name
    }

    /// Takes an opening bracket.
    private mutating func enter() throws(SyntaxError) {
        guard depth < Self.depthLimit else { throw error("more than \(Self.depthLimit) values are nested") }
        depth += 1
        position += 1
    }

    private mutating func leave<Value>(_ value: Value) -> Value {
        depth -= 1
        return value
    }

    private mutating func number() throws(SyntaxError) -> PropertyValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = position
        guard skipDigits() > 0 else { throw error("a digit is missing") }
        guard bytes[firstDigit] != UInt8(ascii: "0") || position == firstDigit + 1 else {
            position = firstDigit
            throw error("a number begins with a needless 0")
        }
        var isInteger = true
        let wholeEnd = position
        var fraction = 0..<0
        if take(UInt8(ascii: ".")) {
            isInteger = false
            let start = position
            guard skipDigits() > 0 else { throw error("a digit is missing") }
            fraction = start..<position
        }
        let digitsEnd = position
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw error("a digit is missing") }
        }
        if isInteger, let integer = integer(in: firstDigit..<position, isNegative: isNegative) { return .integer(integer) }
        if !isInteger, position == digitsEnd, let number = decimal(firstDigit..<wholeEnd, fraction, isNegative: isNegative) {
            return .number(number)
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw error("this is no number")
        }
        return .number(number)
    }

    /// Nil where 64 bits do not hold it.
    private func integer(in digits: Range<Int>, isNegative: Bool) -> Int64? {
        var result: Int64 = 0
        for index in digits {
            let digit = Int64(bytes[index] - UInt8(ascii: "0"))
            let (product, overflows) = result.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflows || overflowsToo { return nil }
            result = sum
        }
        return result
    }

    /// A quotient of two numbers that are exact as `Double` is rounded as rightly as a text is read; nil where one is not.
    private func decimal(_ whole: Range<Int>, _ fraction: Range<Int>, isNegative: Bool) -> Double? {
        guard whole.count + fraction.count <= Self.exactDigits else { return nil }
        var mantissa: Int64 = 0
        for index in whole { mantissa = mantissa &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0")) }
        for index in fraction { mantissa = mantissa &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0")) }
        let number = Double(mantissa) / Self.powersOfTen[fraction.count]
        return isNegative ? -number : number
    }

    /// Digits of a whole number that a `Double` surely holds, and powers of ten up to there.
    private static let exactDigits = 15
    private static let powersOfTen: [Double] = (0...exactDigits).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }

    /// - Returns: how many there were.
    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length <= bytes.count - position else { return false }
        let isHere = word.withUTF8Buffer { bytes[position..<position + length].elementsEqual($0) }
        if isHere { position += length }
        return isHere
    }

    private func error(_ problem: String) -> SyntaxError { SyntaxError(offset: min(position, bytes.count), problem: problem) }

    /// Reads a text, from its opening quote on.
    private mutating func text() throws(SyntaxError) -> String {
        let start = position
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: bytes[start + 1..<position - 1], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedText(from: start)
            case 0..<0x20: throw error("a control character stands in a text")
            default: position += 1
            }
        }
        position = start
        throw error("a text is never closed")
    }

    /// Goes on with a text at its first backslash.
    private mutating func escapedText(from start: Int) throws(SyntaxError) -> String {
        var octets = Array(bytes[start + 1..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: octets, as: UTF8.self)
            case UInt8(ascii: "\\"):
                octets.append(contentsOf: String(try escapedCharacter()).utf8)
            case 0..<0x20: throw error("a control character stands in a text")
            default:
                octets.append(byte)
                position += 1
            }
        }
        position = start
        throw error("a text is never closed")
    }

    /// Reads from a backslash on. Half of a surrogate pair becomes U+FFFD, as does NUL.
    private mutating func escapedCharacter() throws(SyntaxError) -> Unicode.Scalar {
        position += 1
        guard position < bytes.count else { throw error("a text is never closed") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            // Databases hold no NUL.
            guard unit & 0xFC00 == 0xD800 else { return unit == 0 ? "\u{FFFD}" : Unicode.Scalar(unit) ?? "\u{FFFD}" }
            let behind = position
            if take("\\u") {
                let low = try codeUnit()
                if low & 0xFC00 == 0xDC00 { return Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)) ?? "\u{FFFD}" }
                // It is a character of its own.
                position = behind
            }
            return "\u{FFFD}"
        default:
            position -= 1
            throw error("'\\' is followed by what it cannot escape")
        }
    }

    private mutating func codeUnit() throws(SyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80
            else {
                throw error("a hexadecimal digit is missing")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
