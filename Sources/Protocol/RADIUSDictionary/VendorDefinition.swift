/// A vendor and the layout of its sub-attributes inside Vendor-Specific (RFC 2865 §5.26).
public struct VendorDefinition: Sendable, Equatable {
    public let name: String
    /// Private enterprise number, 1 ..< 2^24.
    public let pen: UInt32
    /// Octets of the type field: 1, 2 or 4.
    public let typeSize: Int
    /// Octets of the length field: 0 (none), 1 or 2.
    public let lengthSize: Int
    /// An octet with the "more" bit follows the length (WiMAX).
    public let hasContinuation: Bool

    /// The largest sub-attribute number the type field holds.
    var largestNumber: UInt32 { typeSize == 4 ? .max : (1 << UInt32(8 * typeSize)) - 1 }
}

/// The `format=t,l[,c]` of a VENDOR statement.
struct VendorFormat: Equatable {
    var typeSize = 1
    var lengthSize = 1
    var hasContinuation = false

    init() {}

    /// The text after `format=`; nil unless it is one of the layouts that exist.
    init?(_ text: Substring) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3,
            let type = parseNumber(parts[0]), [1, 2, 4].contains(type),
            let length = parseNumber(parts[1]), length <= 2
        else { return nil }
        if parts.count == 3 {
            guard foldName(parts[2]) == "c", type == 1, length == 1 else { return nil }
            hasContinuation = true
        }
        typeSize = Int(type)
        lengthSize = Int(length)
    }

    /// The layout of vendors whose dictionaries often leave it out.
    init(pen: UInt32) {
        switch pen {
        case 429: (typeSize, lengthSize) = (4, 0)
        case 4846: (typeSize, lengthSize) = (2, 1)
        case 8164: (typeSize, lengthSize) = (2, 2)
        default: break
        }
    }
}
