/// Turns the octets of a text file into UTF-8: drops a byte order mark and NUL characters, and transcodes UTF-16.
///
/// UTF-16 without a byte order mark is known by the NULs in the first half or the second half of most of its first characters.
/// Octets may come in pieces of any size. What is no character stays or becomes invalid UTF-8, so that whoever validates
/// the result can tell where it stood.
struct TextDecoder {
    private enum Encoding {
        case utf8, utf16BigEndian, utf16LittleEndian
    }

    /// Never part of valid UTF-8.
    private static let invalid: UInt8 = 0xFF

    /// Nil until enough octets came to see a byte order mark.
    private var encoding: Encoding?
    /// Octets that wait for their encoding, or for the other half of their UTF-16 unit.
    private var pending: [UInt8] = []
    private var highSurrogate: UInt16?

    /// - Returns: what the octets so far allow to decode.
    mutating func decode(_ octets: [UInt8]) -> [UInt8] {
        guard let encoding else {
            pending += octets
            guard let (encoding, markLength) = Self.detect(pending, isComplete: false) else { return [] }
            return begin(encoding, markLength)
        }
        return decode(octets, encoding)
    }

    /// - Returns: what was still waiting.
    mutating func finish() -> [UInt8] {
        var rest: [UInt8] = []
        if encoding == nil, let (encoding, markLength) = Self.detect(pending, isComplete: true) { rest = begin(encoding, markLength) }
        if !pending.isEmpty || highSurrogate != nil { rest.append(Self.invalid) }
        return rest
    }

    private mutating func begin(_ encoding: Encoding, _ markLength: Int) -> [UInt8] {
        self.encoding = encoding
        let octets = Array(pending.dropFirst(markLength))
        pending = []
        return decode(octets, encoding)
    }

    private static func detect(_ octets: [UInt8], isComplete: Bool) -> (Encoding, markLength: Int)? {
        let marks: [(Encoding, [UInt8])] = [
            (.utf8, [0xEF, 0xBB, 0xBF]), (.utf16BigEndian, [0xFE, 0xFF]), (.utf16LittleEndian, [0xFF, 0xFE]),
        ]
        for (encoding, mark) in marks {
            if octets.starts(with: mark) { return (encoding, mark.count) }
            if !isComplete, mark.starts(with: octets) { return nil }
        }
        if !isComplete, octets.count < sampleLength { return nil }
        return (unmarked(octets.prefix(sampleLength)), 0)
    }

    /// As much as tells UTF-16 from UTF-8; one short row is enough.
    private static let sampleLength = 64

    private static func unmarked(_ sample: ArraySlice<UInt8>) -> Encoding {
        var nulsInHalf = [0, 0]
        for (index, octet) in sample.enumerated() where octet == 0 { nulsInHalf[index % 2] += 1 }
        // Names in other scripts have no NULs, but delimiters, digits and line ends do.
        let enough = sample.count / 5
        if nulsInHalf[0] > enough, nulsInHalf[1] == 0 { return .utf16BigEndian }
        if nulsInHalf[1] > enough, nulsInHalf[0] == 0 { return .utf16LittleEndian }
        return .utf8
    }

    private mutating func decode(_ octets: [UInt8], _ encoding: Encoding) -> [UInt8] {
        if encoding == .utf8 { return octets.contains(0) ? octets.filter { $0 != 0 } : octets }
        pending += octets
        var text: [UInt8] = []
        text.reserveCapacity(pending.count)
        for index in stride(from: 0, to: pending.count - 1, by: 2) {
            let (first, second) = (UInt16(pending[index]), UInt16(pending[index + 1]))
            append(encoding == .utf16BigEndian ? first << 8 | second : second << 8 | first, to: &text)
        }
        pending = pending.count.isMultiple(of: 2) ? [] : pending.suffix(1)
        return text
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                return append(Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + UInt32(unit) - 0xDC00), to: &text)
            }
            text.append(Self.invalid)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else {
            append(Unicode.Scalar(unit), to: &text)
        }
    }

    private func append(_ scalar: Unicode.Scalar?, to text: inout [UInt8]) {
        guard let scalar else { return text.append(Self.invalid) }
        if scalar.value != 0 { text.append(contentsOf: String(scalar).utf8) }
    }
}
