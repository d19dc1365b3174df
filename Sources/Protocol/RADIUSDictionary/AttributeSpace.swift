/// The number space an attribute belongs to.
public enum AttributeSpace: Hashable, Sendable {
    /// Types 1...255 of RFC 2865.
    case standard
    /// Sub-attributes of Vendor-Specific, by private enterprise number.
    case vendor(UInt32)
    /// Extended types below 241...246 (RFC 6929).
    case extended(UInt8)
    /// Extended-Vendor-Specific below 241...246, by private enterprise number.
    case extendedVendor(UInt8, UInt32)
    /// Of the server, never on the wire.
    case `internal`
}

/// The place of an attribute: its space and the numbers inside it, more than one for children of TLVs.
struct AttributeKey: Hashable, Sendable {
    var space: AttributeSpace
    var path: [UInt32]

    /// The key of absolute numbers such as 4, 241.5.1 or 26.9.1; nil if the path inside the space would be empty.
    init?(absolute numbers: [UInt32]) {
        guard let first = numbers.first else { return nil }
        if numbers.count == 1 {
            self.init(space: first > 255 ? .internal : .standard, path: numbers)
        } else if let child = AttributeKey(space: .standard, path: [first]).appending(numbers.dropFirst()) {
            self = child
        } else {
            return nil
        }
    }

    init(space: AttributeSpace, path: [UInt32]) {
        self.space = space
        self.path = path
    }

    /// The key of a descendant; enters the vendor and extended spaces where the numbers lead into them.
    func appending(_ numbers: ArraySlice<UInt32>) -> AttributeKey? {
        guard let first = numbers.first else { return nil }
        if path.count == 1, let root = UInt8(exactly: path[0]) {
            switch space {
            case .standard where root == 26:
                guard numbers.count > 1 else { return nil }
                return AttributeKey(space: .vendor(first), path: Array(numbers.dropFirst()))
            case .standard where (241...246).contains(root):
                let inside = AttributeKey(space: .extended(root), path: [first])
                return numbers.count == 1 ? inside : inside.appending(numbers.dropFirst())
            case .extended(let outer) where root == 26:
                guard numbers.count > 1 else { return nil }
                return AttributeKey(space: .extendedVendor(outer, first), path: Array(numbers.dropFirst()))
            default: break
            }
        }
        return AttributeKey(space: space, path: path + numbers)
    }

    /// The key of the attribute that must contain this one; nil at the top of the standard, vendor and internal spaces.
    var parent: AttributeKey? {
        if path.count > 1 { return AttributeKey(space: space, path: path.dropLast()) }
        return switch space {
        case .extended(let root): AttributeKey(space: .standard, path: [UInt32(root)])
        case .extendedVendor(let root, _): AttributeKey(space: .extended(root), path: [26])
        case .standard, .vendor, .internal: nil
        }
    }

    /// "4", "26.9.1", "241.5.1", "245.26.9.1".
    var oid: String {
        let inside = path.map { String($0) }.joined(separator: ".")
        return switch space {
        case .standard, .internal: inside
        case .vendor(let number): "26.\(number).\(inside)"
        case .extended(let root): "\(root).\(inside)"
        case .extendedVendor(let root, let number): "\(root).26.\(number).\(inside)"
        }
    }
}
