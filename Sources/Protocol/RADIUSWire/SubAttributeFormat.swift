import RADIUSDictionary

/// How a vendor lays out the sub-attributes of Vendor-Specific: the `format` of its dictionary.
struct SubAttributeFormat: Equatable {
    /// Octets of the type: 1, 2 or 4.
    let typeSize: Int
    /// Octets of the length: 0 (one sub-attribute fills the whole), 1 or 2.
    let lengthSize: Int
    /// Whether an octet follows whose top bit says that the value goes on (WiMAX).
    let hasContinuation: Bool

    /// Takes the dictionary's word, or without one what the vendor is known to use.
    init(_ definition: VendorDefinition?, pen: UInt32) {
        if let definition {
            typeSize = definition.typeSize
            lengthSize = definition.lengthSize
            hasContinuation = definition.hasContinuation
            return
        }
        switch pen {
        // U.S. Robotics.
        case 429: (typeSize, lengthSize, hasContinuation) = (4, 0, false)
        // Alcatel ESAM, Lucent, Kineto.
        case 637, 4846, 16445: (typeSize, lengthSize, hasContinuation) = (2, 1, false)
        // Starent.
        case 8164: (typeSize, lengthSize, hasContinuation) = (2, 2, false)
        // Telrad, WiMAX Forum.
        case 5323, 24757: (typeSize, lengthSize, hasContinuation) = (1, 1, true)
        // What RFC 2865 §5.26 recommends.
        default: (typeSize, lengthSize, hasContinuation) = (1, 1, false)
        }
    }

    /// Octets before the value.
    var headerSize: Int { typeSize + lengthSize + (hasContinuation ? 1 : 0) }

    /// Octets of value that one Vendor-Specific attribute holds.
    var valueLimit: Int { 253 - 4 - headerSize }
}
