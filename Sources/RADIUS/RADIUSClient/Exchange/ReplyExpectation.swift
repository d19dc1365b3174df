public import RADIUSDictionary
public import RADIUSWire

/// What a reply has to be: its code, and conditions on its attributes as FreeRADIUS's operators write them.
public struct ReplyExpectation: Sendable {
    /// One condition.
    public struct Item: Sendable, Equatable {
        public enum Comparison: String, Sendable, CaseIterable {
            case equal = "=="
            case notEqual = "!="
            case less = "<"
            case lessOrEqual = "<="
            case greater = ">"
            case greaterOrEqual = ">="
            case matches = "=~"
            case doesNotMatch = "!~"
            case present = "=*"
            case absent = "!*"
        }

        public var definition: AttributeDefinition
        public var tag: UInt8?
        public var comparison: Comparison
        /// As printed; not looked at for ``Comparison/present`` and ``Comparison/absent``.
        public var value: String

        public init(definition: AttributeDefinition, tag: UInt8? = nil, comparison: Comparison, value: String) {
            self.definition = definition
            self.tag = tag
            self.comparison = comparison
            self.value = value
        }
    }

    /// Nil for any.
    public var code: PacketCode?
    /// All must hold; of an attribute with several instances, one that fits is enough. Attributes that no condition names are free.
    public var items: [Item]

    public init(code: PacketCode?, items: [Item] = []) {
        self.code = code
        self.items = items
    }

    /// What is not as expected, one line each; empty when all is. Hidden values are not shown.
    public func failures(_ reply: ClientReply) -> [String] {
        var failures: [String] = []
        if let code, reply.code != code { failures.append("\(code.name) was expected, \(reply.code.name) came") }
        for item in items {
            let instances = reply.attributes.filter { attribute in
                attribute.definition == item.definition && (item.tag == nil || attribute.tag == item.tag)
            }
            if item.holds(instances) { continue }
            let values = instances.map { $0.isSecret ? "a hidden value" : $0.printedValue }
            let found = values.isEmpty ? "there is none" : "it is \(values.joined(separator: ", "))"
            failures.append("\(item.definition.name) \(item.comparison.rawValue) \(item.value) was expected, \(found)")
        }
        return failures
    }
}

extension ReplyExpectation.Item {
    fileprivate func holds(_ instances: [Attribute]) -> Bool {
        switch comparison {
        case .present: !instances.isEmpty
        case .absent: instances.isEmpty
        // One that differs does not outweigh one that is equal.
        case .notEqual: !instances.isEmpty && !instances.contains { isEqual($0) }
        case .doesNotMatch: !instances.isEmpty && !instances.contains { matches($0) }
        case .equal: instances.contains { isEqual($0) }
        case .matches: instances.contains { matches($0) }
        case .less: instances.contains { order($0) < 0 }
        case .lessOrEqual: instances.contains { order($0) <= 0 }
        case .greater: instances.contains { order($0) > 0 }
        case .greaterOrEqual: instances.contains { order($0) >= 0 }
        }
    }

    private var expected: Attribute? { try? Attribute.parse(value, for: definition, tag: tag) }

    private func isEqual(_ attribute: Attribute) -> Bool {
        attribute.printedValue == value || expected.map { $0.value == attribute.value } ?? false
    }

    /// - Returns: negative, zero or positive as the attribute is less than, equal to or greater than the expected value.
    private func order(_ attribute: Attribute) -> Int {
        switch (attribute.value, expected?.value) {
        case (.unsigned(let a), .unsigned(let b)?): a < b ? -1 : a > b ? 1 : 0
        case (.signed(let a), .signed(let b)?): a < b ? -1 : a > b ? 1 : 0
        case (.ipv4(let a), .ipv4(let b)?): a < b ? -1 : a > b ? 1 : 0
        default: attribute.printedValue < value ? -1 : attribute.printedValue > value ? 1 : 0
        }
    }

    private func matches(_ attribute: Attribute) -> Bool {
        guard let pattern = try? Regex(value) else { return false }
        return attribute.printedValue.contains(pattern)
    }
}
