extension AttributeDictionary {
    /// The octets attribute of numbers such as "4", "26.9.250", "245.26.1.6"; nil for numbers the wire cannot carry.
    func unknownAttribute(oid: Substring) -> AttributeDefinition? {
        var numbers: [UInt32] = []
        for part in oid.split(separator: ".", omittingEmptySubsequences: false) {
            // Only decimal, as the name is printed: one spelling for one attribute.
            guard let number = UInt32(part), part.utf8.first != UInt8(ascii: "+") else { return nil }
            numbers.append(number)
        }
        guard let key = AttributeKey(absolute: numbers), isOnWire(key) else { return nil }
        return .unknown(key.space, path: key.path)
    }

    private func isOnWire(_ key: AttributeKey) -> Bool {
        guard let first = key.path.first, key.path.count <= AttributeKey.deepestPath,
            key.path.dropFirst().allSatisfy({ $0 <= 255 })
        else { return false }
        switch key.space {
        case .standard: return (1...255).contains(first)
        case .vendor(let pen):
            return (1..<1 << 24).contains(pen) && first <= vendor(pen)?.largestNumber ?? 255
        case .extended: return first <= 255
        case .extendedVendor(_, let pen): return (1..<1 << 24).contains(pen) && first <= 255
        case .internal: return false
        }
    }
}
