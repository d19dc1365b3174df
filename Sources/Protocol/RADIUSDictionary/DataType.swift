/// The data type of an attribute's value on the wire (RFC 8044, and the types vendors use beside it).
public enum DataType: Equatable, Sendable {
    /// UTF-8 text (RFC 8044 §3.4).
    case text
    /// Opaque octets (RFC 8044 §3.5); `length` is set where the dictionary fixes it (1...253).
    case octets(length: Int?)
    /// 4 octets.
    case ipv4
    /// 16 octets.
    case ipv6
    /// Reserved octet, prefix length (0...32), 4 octets.
    case ipv4Prefix
    /// Reserved octet, prefix length (0...128), 0 to 16 octets.
    case ipv6Prefix
    /// An IPv4 or an IPv6 address, told apart by the length.
    case comboIP
    /// 8 octets (RFC 8044 §3.7).
    case interfaceID
    /// 6 octets.
    case ethernet
    case uint8, uint16, uint32, uint64
    case int8, int16, int32, int64
    /// One octet, 0 or 1.
    case bool
    /// 4 octets, unsigned seconds since 1970 UTC.
    case date
    /// Signed seconds.
    case timeDelta
    case float32, float64
    /// Ascend's binary filter.
    case ascendBinary
    /// Contains attributes with one octet of type and one of length each.
    case tlv
    /// Fixed fields one after the other.
    case structure
    /// Attributes of the root in a container.
    case group
    /// Layout selected by another field.
    case union
    /// Vendor-Specific (RFC 2865 §5.26).
    case vsa
    /// Extended type (RFC 6929 §2.1).
    case extended
    /// Long extended type (RFC 6929 §2.2).
    case longExtended
    /// Extended-Vendor-Specific (RFC 6929 §2.4).
    case evs

    /// The type a dictionary keyword names, in any case: `integer`, `octets[16]`, `uint32`, ... nil if there is no such type.
    public init?(keyword: String) {
        let folded = foldName(keyword)
        if let known = Self.keywords[folded] {
            self = known
            return
        }
        guard folded.utf8.last == UInt8(ascii: "]"), let open = folded.utf8.firstIndex(of: UInt8(ascii: "[")) else { return nil }
        let size = folded[folded.index(after: open)...].dropLast()
        guard let length = parseNumber(size), length > 0 else { return nil }
        switch folded[..<open] {
        case "octets":
            guard length <= 253 else { return nil }
            self = .octets(length: Int(length))
        case "string": self = .text
        case "struct": self = .structure
        // Bit fields stand inside structures only, which are carried as octets.
        case "bit": self = .octets(length: nil)
        default: return nil
        }
    }

    /// The keyword FreeRADIUS v3 uses for the type, or v4's where v3 has none.
    public var keyword: String {
        switch self {
        case .text: "string"
        case .octets(let length): length.map { "octets[\($0)]" } ?? "octets"
        case .ipv4: "ipaddr"
        case .ipv6: "ipv6addr"
        case .ipv4Prefix: "ipv4prefix"
        case .ipv6Prefix: "ipv6prefix"
        case .comboIP: "combo-ip"
        case .interfaceID: "ifid"
        case .ethernet: "ether"
        case .uint8: "byte"
        case .uint16: "short"
        case .uint32: "integer"
        case .uint64: "integer64"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "signed"
        case .int64: "int64"
        case .bool: "bool"
        case .date: "date"
        case .timeDelta: "time_delta"
        case .float32: "float32"
        case .float64: "float64"
        case .ascendBinary: "abinary"
        case .tlv: "tlv"
        case .structure: "struct"
        case .group: "group"
        case .union: "union"
        case .vsa: "vsa"
        case .extended: "extended"
        case .longExtended: "long-extended"
        case .evs: "evs"
        }
    }

    /// Whether attributes of this type may contain others.
    var isContainer: Bool {
        switch self {
        case .tlv, .structure, .group, .union, .vsa, .extended, .longExtended, .evs: true
        default: false
        }
    }

    /// The largest number a VALUE may give; nil where the type takes no VALUE.
    var valueLimit: UInt64? {
        switch self {
        case .uint8, .bool: 0xff
        case .uint16: 0xffff
        case .uint32, .date: 0xffff_ffff
        case .text, .ipv4, .ipv6, .ipv4Prefix, .ipv6Prefix, .comboIP: nil
        default: .max
        }
    }

    private static let keywords: [String: DataType] = [
        "string": .text, "octets": .octets(length: nil), "ipaddr": .ipv4, "ipv4addr": .ipv4, "ipv6addr": .ipv6,
        "ipv4prefix": .ipv4Prefix, "cidr": .ipv4Prefix, "ipv6prefix": .ipv6Prefix, "combo-ip": .comboIP,
        "ifid": .interfaceID, "ether": .ethernet, "ethernet": .ethernet,
        "byte": .uint8, "uint8": .uint8, "short": .uint16, "uint16": .uint16, "integer": .uint32, "uint32": .uint32,
        "integer64": .uint64, "uint64": .uint64, "size": .uint64,
        "int8": .int8, "int16": .int16, "signed": .int32, "int32": .int32, "int64": .int64,
        "bool": .bool, "date": .date, "time_delta": .timeDelta,
        "float": .float32, "float32": .float32, "decimal": .float64, "float64": .float64,
        "abinary": .ascendBinary, "tlv": .tlv, "struct": .structure, "group": .group, "union": .union,
        "vsa": .vsa, "vendor": .vsa, "extended": .extended, "long-extended": .longExtended, "evs": .evs,
        // Without a form of their own in RADIUS; carried as octets.
        "combo-prefix": .octets(length: nil), "null": .octets(length: nil), "void": .octets(length: nil),
        "attribute": .octets(length: nil),
    ]
}
