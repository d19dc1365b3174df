/// One protocol data unit of SMPP 3.4: a header of 16 octets and a body.
struct SMPPPDU: Sendable, Equatable {
    /// Command ids (§5.1.2.1); a response has the highest bit set.
    enum Command {
        static let submit: UInt32 = 0x04
        static let deliver: UInt32 = 0x05
        static let unbind: UInt32 = 0x06
        static let bindTransceiver: UInt32 = 0x09
        static let enquireLink: UInt32 = 0x15
        static let genericNack: UInt32 = 0x8000_0000
        static let response: UInt32 = 0x8000_0000
    }

    /// Command statuses (§5.1.3) that this side gives.
    enum Status {
        static let ok: UInt32 = 0
        static let invalidCommand: UInt32 = 0x03
        /// The receiver could not process it now.
        static let temporaryApplicationError: UInt32 = 0x64
    }

    var command: UInt32
    var status: UInt32 = Status.ok
    var sequence: UInt32
    var body: [UInt8] = []

    /// Octets of a unit that are taken; the longest message in `message_payload` fits.
    static let lengthLimit = 70_000

    var isResponse: Bool { command & Command.response != 0 }

    /// The answer to a request.
    func response(status: UInt32 = Status.ok, body: [UInt8] = []) -> SMPPPDU {
        SMPPPDU(command: command | Command.response, status: status, sequence: sequence, body: body)
    }

    /// The unit with its length in front.
    var octets: [UInt8] {
        var writer = SMPPWriter()
        for value in [UInt32(16 + body.count), command, status, sequence] { writer.integer(value) }
        return writer.octets + body
    }
}

/// Writes the parts of bodies.
struct SMPPWriter {
    private(set) var octets: [UInt8] = []

    mutating func integer(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) { octets.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// A C-octet string of at most `limit` octets with its zero; what does not fit or is not ASCII is left out.
    mutating func text(_ text: String, limit: Int) {
        octets += text.utf8.filter { $0 != 0 && $0 < 0x80 }.prefix(limit - 1)
        octets.append(0)
    }

    mutating func append(_ more: [UInt8]) { octets += more }
}

/// Reads the parts of bodies; nil beyond the end.
struct SMPPReader {
    private var rest: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { rest = octets[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) -> T? {
        let size = T.bitWidth / 8
        guard rest.count >= size else { return nil }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { value, octet in (size == 1 ? 0 : value << 8) | T(octet) }
    }

    /// A C-octet string; `limit` counts its zero.
    mutating func text(limit: Int) -> String? {
        guard let end = rest.prefix(limit).firstIndex(of: 0) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
