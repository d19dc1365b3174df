extension DictionaryParser {
    func checkName(_ name: String) throws(DictionaryError) {
        guard name.utf8.count < 128 else { throw failure("name of 128 or more octets") }
        guard name.utf8.allSatisfy(isNameOctet) else { throw failure("invalid name \(name)") }
        if foldName(name).hasPrefix("attr-") { throw failure("\(name): names beginning with Attr- stand for unknown attributes") }
    }

    private func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "+"): true
        default: false
        }
    }

    /// The numbers fit their fields on the wire.
    func checkNumbers(_ key: AttributeKey, isInternal: Bool) throws(DictionaryError) {
        if isInternal {
            guard key.path.count > 1 || key.path[0] <= 65535 else { throw failure("\(key.oid) is larger than 65535") }
            return
        }
        let largest: UInt32
        switch key.space {
        case .internal: return
        case .standard, .extended: largest = 255
        case .extendedVendor(_, let pen):
            guard builder.vendorsByNumber[pen] != nil else { throw failure("unknown vendor \(pen)") }
            largest = 255
        case .vendor(let pen):
            guard let vendor = builder.vendorsByNumber[pen] else { throw failure("unknown vendor \(pen)") }
            largest = vendor.largestNumber
        }
        guard key.path.count <= AttributeKey.deepestPath else { throw failure("\(key.oid) is nested too deep") }
        guard key.path[0] <= largest, key.path.dropFirst().allSatisfy({ $0 <= 255 }) else {
            throw failure("\(key.oid) is larger than its field on the wire")
        }
    }

    /// What stands around the attribute is there and can hold others.
    func checkParent(of key: AttributeKey) throws(DictionaryError) {
        guard let parentKey = key.parent else { return }
        guard let parent = builder.attribute(parentKey) else { throw failure("\(key.oid): there is no attribute \(parentKey.oid)") }
        guard parent.type.isContainer else { throw failure("\(key.oid): \(parent.name) is no container") }
    }

    func checkFlags(_ flags: AttributeFlags, _ type: DataType, _ key: AttributeKey) throws(DictionaryError) {
        if flags.hasTag, type != .text, type != .uint32 { throw failure("has_tag needs the type string or integer") }
        if flags.concat {
            guard case .octets = type, key.space == .standard else { throw failure("concat needs the type octets and no vendor") }
        }
        if flags.virtual, key.space != .internal { throw failure("virtual needs a number above 255") }
        if flags.encryption != .none {
            switch type {
            case .text, .octets, .uint32, .ipv4, .ipv6: break
            default: throw failure("encrypt cannot hide the type \(type.keyword)")
            }
        }
    }
}
