extension AttributeKey {
    /// Numbers a path may hold: an attribute and four levels of TLVs inside it.
    static let deepestPath = 5
}

extension DictionaryParser {
    /// `ATTRIBUTE name oid type [flags]`
    mutating func attribute(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 4...5)
        let isRelative = words[2].hasPrefix(".")
        var key = try key(words[2], scope)
        var type = try dataType(words[3])
        var properties = AttributeProperties()
        if words.count == 5 {
            // Before BEGIN-VENDOR existed, the fifth word named the vendor.
            if scope.vendor == nil, key.path.count == 1, let vendor = builder.vendor(named: words[4]) {
                key.space = .vendor(vendor.pen)
            } else {
                properties = try attributeProperties(words[4])
            }
        }
        if scope.isInternal { properties.flags.isInternal = true }
        if properties.flags.isInternal, key.space == .standard { key.space = .internal }
        if key.space == .internal { properties.flags.isInternal = true }
        if properties.isExtended { type = properties.isLongExtended ? .longExtended : .extended }
        if type == .vsa, case .extended = key.space { type = .evs }
        try checkNumbers(key, isInternal: properties.flags.isInternal)
        try checkParent(of: key)
        try checkFlags(properties.flags, type, key)
        let draft = try register(words[1], key, type, properties, scope)
        if !isRelative { scope.lastNumbered = draft }
        if type == .structure { beginFields(of: draft, &scope) }
    }

    /// `DEFINE name type [flags]`: an attribute that is never on the wire and needs no number.
    mutating func define(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 3...4)
        let type = try dataType(words[2])
        var properties = words.count == 4 ? try attributeProperties(words[3]) : AttributeProperties()
        properties.flags.isInternal = true
        let key = AttributeKey(space: .internal, path: [nextUnnumbered])
        nextUnnumbered += 1
        let draft = try register(words[1], key, type, properties, Scope())
        if type == .structure { beginFields(of: draft, &scope) }
    }

    /// `MEMBER name type [flags]`: the next field of the structure above.
    mutating func member(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 3...4)
        guard let structure = scope.structure else { throw failure("MEMBER without a struct before it") }
        let type = try dataType(words[2])
        let properties = words.count == 4 ? try attributeProperties(words[3]) : AttributeProperties()
        scope.memberCount += 1
        let key = AttributeKey(space: structure.key.space, path: structure.key.path + [scope.memberCount])
        _ = try register(words[1], key, type, properties, scope)
    }

    /// `STRUCT name parent value`: the fields that follow a structure whose key field has the value.
    mutating func structure(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 3...5)
        guard let parent = attribute(named: words[2], in: scope) else { throw failure("unknown attribute \(words[2])") }
        let number = words.count > 3 ? parseNumber(words[3]) : parseNumber(words[2])
        let key = AttributeKey(space: parent.key.space, path: parent.key.path + [UInt32(truncatingIfNeeded: number ?? 0)])
        let draft = try register(words[1], key, .structure, AttributeProperties(), scope)
        beginFields(of: draft, &scope)
    }

    private func beginFields(of draft: AttributeDraft, _ scope: inout Scope) {
        scope.structure = draft
        scope.memberCount = 0
    }

    /// `ENUM name type`: values that attributes take by `enum=`.
    mutating func enumeration(_ words: [String], _ scope: Scope) throws(DictionaryError) {
        try expect(words, 3...4)
        let key = AttributeKey(space: .internal, path: [nextUnnumbered])
        nextUnnumbered += 1
        localNames[LocalName(vendor: scope.vendor?.pen ?? 0, name: foldName(words[1]))] =
            AttributeDraft(name: words[1], key: key, type: try dataType(words[2]), flags: AttributeFlags())
    }

    /// The attribute a statement names: by its name inside the vendor, its full name, or a path of version 4 such as
    /// `Vendor-Specific.Cisco.AVPair`.
    func attribute(named name: String, in scope: Scope) -> AttributeDraft? {
        let plain = name.hasPrefix("@.") ? name.dropFirst(2) : name.hasPrefix(".") ? name.dropFirst() : name[...]
        if let known = localNames[LocalName(vendor: scope.vendor?.pen ?? 0, name: foldName(plain))] ?? builder.attribute(named: plain) {
            return known
        }
        var parts = plain.split(separator: ".")
        if let container = scope.containers.last,
            let known = builder.attribute(named: container.name + "-" + parts.joined(separator: "-"))
        {
            return known
        }
        while parts.count > 1 {
            if let known = builder.attribute(named: parts.joined(separator: "-")) { return known }
            // What stands below these has a name of its own.
            guard let outer = builder.attribute(named: parts[0]), [.vsa, .extended, .longExtended].contains(outer.type) else { return nil }
            parts.removeFirst()
        }
        return parts.first.flatMap { builder.attribute(named: $0) }
    }

    private mutating func register(
        _ name: String, _ key: AttributeKey, _ type: DataType, _ properties: AttributeProperties, _ scope: Scope
    ) throws(DictionaryError) -> AttributeDraft {
        try checkName(name)
        let full = canonicalName(name, inside: container(of: key, scope), scope)
        let draft = AttributeDraft(name: full, key: key, type: type, flags: properties.flags)
        if let loser = builder.add(draft) {
            let message = "\(draft.name) is \(loser.key.oid) already"
            guard replacesDefinitions else { throw failure(message) }
            builder.warnings.append(failure(message))
        }
        if protocolState == .radius { localNames[LocalName(vendor: scope.vendor?.pen ?? 0, name: foldName(name))] = draft }
        if let reference = properties.enumeration {
            pending.enumerations.append(.init(position: position, draft: draft, reference: reference, scope: scope))
        }
        return draft
    }

    /// Version 3's name of an attribute: version 4 leaves out the vendor and the containers, which the scope tells.
    func canonicalName(_ name: String, inside container: AttributeDraft?, _ scope: Scope) -> String {
        guard protocolState == .radius else { return name }
        let outer = container?.name ?? scope.vendor?.name
        let word = scope.vendor?.name ?? container.flatMap { $0.name.split(separator: "-").first.map(String.init) }
        guard let outer, let word, !foldName(name).hasPrefix(foldName(word) + "-") else { return name }
        return outer + "-" + name
    }

    /// The container an attribute's name is relative to in version 4.
    private func container(of key: AttributeKey, _ scope: Scope) -> AttributeDraft? {
        // Extended types have names of their own, except the vendor container each of the six holds.
        let isNested = key.path.count > 1 || (key.path == [26] && scope.vendor == nil)
        return isNested ? key.parent.flatMap { builder.attribute($0) } : nil
    }

    private func key(_ oid: String, _ scope: Scope) throws(DictionaryError) -> AttributeKey {
        let isRelative = oid.hasPrefix(".")
        var numbers: [UInt32] = []
        for part in oid.utf8.dropFirst(isRelative ? 1 : 0).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let number = parseNumber(Substring(part)), let small = UInt32(exactly: number) else {
                throw failure("invalid number \(oid)")
            }
            numbers.append(small)
        }
        let key = isRelative ? scope.lastNumbered?.key.appending(numbers[...]) : scope.key(numbers)
        guard let key else { throw failure(isRelative ? "\(oid) follows no attribute" : "invalid number \(oid)") }
        return key
    }

    private func dataType(_ keyword: String) throws(DictionaryError) -> DataType {
        guard let type = DataType(keyword: keyword) else { throw failure("unknown type \(keyword)") }
        return type
    }
}
