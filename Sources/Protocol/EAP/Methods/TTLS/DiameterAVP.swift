/// One attribute-value pair inside TTLS (RFC 5281 §10.1, RFC 6733 §4.1).
struct DiameterAVP: Equatable {
    /// Codes below 256 without vendor are RADIUS's attribute types.
    var code: UInt32
    /// 0: none.
    var vendor: UInt32 = 0
    /// Whoever does not know the code must refuse.
    var isMandatory = true
    var value: [UInt8]

    private enum Flag {
        static let vendor: UInt8 = 0x80
        static let mandatory: UInt8 = 0x40
    }

    /// The pair with zeros up to a multiple of four octets.
    /// Only for values of less than 16 MiB, which all of ours are.
    var bytes: [UInt8] {
        let length = (vendor == 0 ? 8 : 12) + value.count
        var flags: UInt8 = isMandatory ? Flag.mandatory : 0
        if vendor != 0 { flags |= Flag.vendor }
        let head = Self.octets(code) + [flags] + Self.octets(UInt32(truncatingIfNeeded: length)).dropFirst()
        return head + (vendor == 0 ? [] : Self.octets(vendor)) + value + [UInt8](repeating: 0, count: -length & 3)
    }

    /// Reads a sequence of pairs. The last may lack its padding.
    /// - Throws: ``EAPFailure/malformed(_:)``.
    static func parse(_ bytes: [UInt8]) throws(EAPFailure) -> [DiameterAVP] {
        var pairs: [DiameterAVP] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 8 else { throw .malformed("AVP header") }
            let flags = rest[rest.startIndex + 4]
            let length = Int(number(rest.dropFirst(4).prefix(4)) & 0xff_ffff)
            let header = flags & Flag.vendor == 0 ? 8 : 12
            guard length >= header, length <= rest.count else { throw .malformed("AVP length") }
            pairs.append(
                DiameterAVP(
                    code: number(rest.prefix(4)), vendor: header == 12 ? number(rest.dropFirst(8).prefix(4)) : 0,
                    isMandatory: flags & Flag.mandatory != 0, value: Array(rest.prefix(length).dropFirst(header))))
            rest = rest.dropFirst(length + (-length & 3))
        }
        return pairs
    }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func octets(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
}
