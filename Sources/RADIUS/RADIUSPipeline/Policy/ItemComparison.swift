import RADIUSWire

/// Compares request values with the operand of a check row.
enum ItemComparison {
    /// Whether the value stands in the operator's relation to the operand.
    static func holds(_ op: PolicyOperator, _ value: AttributeValue, _ operand: AttributeValue) -> Bool {
        if let contained = contains(operand, value), op == .lessOrEqual || op == .less {
            return contained && (op == .lessOrEqual || value != operand)
        }
        if let contains = contains(value, operand), op == .greaterOrEqual || op == .greater {
            return contains && (op == .greaterOrEqual || value != operand)
        }
        return holds(op, order: order(value, operand))
    }

    /// Whether an order satisfies an operator; nil stands for values that cannot be compared.
    static func holds(_ op: PolicyOperator, order: Int?) -> Bool {
        guard let order else { return op == .notEqual }
        switch op {
        case .notEqual: return order != 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        default: return order == 0
        }
    }

    /// Negative, zero or positive as `left` stands before, at or after `right`; nil for different kinds of values.
    static func order(_ left: AttributeValue, _ right: AttributeValue) -> Int? {
        switch (left, right) {
        case (.unsigned(let a), .unsigned(let b)): compare(a, b)
        case (.signed(let a), .signed(let b)): compare(a, b)
        case (.floating(let a), .floating(let b)): compare(a, b)
        case (.ipv4(let a), .ipv4(let b)): compare(a, b)
        case (.bytes(let a), .bytes(let b)): a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.ipv6(let a), .ipv6(let b)): a == b ? 0 : a.bytes.lexicographicallyPrecedes(b.bytes) ? -1 : 1
        case (.ipv4Prefix, .ipv4Prefix), (.ipv6Prefix, .ipv6Prefix), (.tlv, .tlv): left == right ? 0 : 1
        default: nil
        }
    }

    /// Whether the prefix `outer` covers `inner`; nil unless both are prefixes or addresses of a family and `outer` is a prefix.
    private static func contains(_ outer: AttributeValue, _ inner: AttributeValue) -> Bool? {
        switch (outer, inner) {
        case (.ipv4Prefix(let network, let length), .ipv4Prefix(let address, let innerLength)):
            innerLength >= length && covers(network, length, address)
        case (.ipv4Prefix(let network, let length), .ipv4(let address)):
            covers(network, length, address)
        case (.ipv6Prefix(let network, let length), .ipv6Prefix(let address, let innerLength)):
            innerLength >= length && covers(network.bytes, length, address.bytes)
        case (.ipv6Prefix(let network, let length), .ipv6(let address)):
            covers(network.bytes, length, address.bytes)
        default: nil
        }
    }

    private static func covers(_ network: UInt32, _ length: UInt8, _ address: UInt32) -> Bool {
        length == 0 || (network ^ address) >> (32 - min(32, UInt32(length))) == 0
    }

    private static func covers(_ network: [UInt8], _ length: UInt8, _ address: [UInt8]) -> Bool {
        let whole = min(Int(length) / 8, 16)
        guard network.prefix(whole) == address.prefix(whole) else { return false }
        let rest = Int(length) % 8
        guard rest > 0, whole < 16 else { return true }
        return (network[whole] ^ address[whole]) >> UInt8(8 - rest) == 0
    }

    private static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }
}
