/// Names of numbers, shared by the names of one attribute.
struct ValueTable {
    var numbersByName: [String: UInt64] = [:]
    var namesByNumber: [UInt64: String] = [:]
}

/// An attribute while files are being read.
final class AttributeDraft {
    /// VALUEs; a class, because aliases share one.
    final class Values {
        var table = ValueTable()
    }

    let name: String
    let key: AttributeKey
    let type: DataType
    let flags: AttributeFlags
    var values = Values()
    /// The definition made from this draft, once it is.
    var definition: AttributeDefinition?

    init(name: String, key: AttributeKey, type: DataType, flags: AttributeFlags) {
        self.name = name
        self.key = key
        self.type = type
        self.flags = flags
    }
}

/// Collects what the statements say and makes the immutable dictionary of it.
struct DictionaryBuilder {
    /// By folded name.
    private(set) var attributes: [String: AttributeDraft] = [:]
    /// All names of one number, the one to print last.
    private(set) var names: [AttributeKey: [AttributeDraft]] = [:]
    private(set) var vendorsByName: [String: VendorDefinition] = [:]
    private(set) var vendorsByNumber: [UInt32: VendorDefinition] = [:]
    var statistics = DictionaryStatistics()
    var warnings: [DictionaryError] = []

    func attribute(named name: some StringProtocol) -> AttributeDraft? { attributes[foldName(name)] }

    func attribute(_ key: AttributeKey) -> AttributeDraft? { names[key]?.last }

    func vendor(named name: some StringProtocol) -> VendorDefinition? { vendorsByName[foldName(name)] }

    /// Adds an attribute; a name met again with the same number takes the new type and flags.
    ///
    /// - Parameter isPrinted: whether the name is shown from now on, or only understood.
    /// - Returns: the draft that had the name for another number and lost it.
    mutating func add(_ draft: AttributeDraft, isPrinted: Bool = true) -> AttributeDraft? {
        let folded = foldName(draft.name)
        let earlier = attributes.updateValue(draft, forKey: folded)
        var loser: AttributeDraft?
        if let earlier {
            if earlier.key == draft.key {
                draft.values = earlier.values
                names[earlier.key]?.removeAll { $0 === earlier }
            } else {
                // Its number goes on being printed by this name unless it has another.
                if names[earlier.key]?.count != 1 { names[earlier.key]?.removeAll { $0 === earlier } }
                loser = earlier
            }
        }
        names[draft.key, default: []].insert(draft, at: isPrinted ? names[draft.key]?.count ?? 0 : 0)
        return loser
    }

    mutating func add(_ vendor: VendorDefinition) {
        vendorsByName[foldName(vendor.name)] = vendor
        vendorsByNumber[vendor.pen] = vendor
    }

    /// The dictionary of everything collected.
    mutating func build() -> AttributeDictionary {
        var childKeys: [AttributeKey: [AttributeKey]] = [:]
        for key in names.keys {
            if let parent = key.parent { childKeys[parent, default: []].append(key) }
        }
        var byName: [String: AttributeDefinition] = [:]
        byName.reserveCapacity(attributes.count)
        for (folded, draft) in attributes { byName[folded] = define(draft, childKeys) }
        var byNumber: [AttributeKey: AttributeDefinition] = [:]
        byNumber.reserveCapacity(names.count)
        for (key, drafts) in names { byNumber[key] = drafts.last.map { define($0, childKeys) } }
        statistics.attributeNames = attributes.count
        statistics.attributeNumbers = names.count
        statistics.vendorNames = vendorsByName.count
        statistics.vendorNumbers = vendorsByNumber.count
        return AttributeDictionary(
            byName: byName, byNumber: byNumber, vendorsByName: vendorsByName, vendorsByNumber: vendorsByNumber,
            statistics: statistics, warnings: warnings)
    }

    private func define(_ draft: AttributeDraft, _ childKeys: [AttributeKey: [AttributeKey]]) -> AttributeDefinition {
        if let definition = draft.definition { return definition }
        var children: [UInt32: AttributeDefinition] = [:]
        for key in childKeys[draft.key] ?? [] {
            // Vendors' attributes stand below 245.26 too, but their numbers are not those of its children.
            if case .extendedVendor = key.space, key.path.count == 1 { continue }
            if let number = key.path.last, let child = attribute(key) { children[number] = define(child, childKeys) }
        }
        let definition = AttributeDefinition(
            name: draft.name, key: draft.key, type: draft.type, flags: draft.flags, children: children, values: table(of: draft))
        draft.definition = definition
        return definition
    }

    /// The draft's own VALUEs; an older name without any reads those of the name that is printed.
    private func table(of draft: AttributeDraft) -> ValueTable {
        let own = draft.values.table
        guard own.numbersByName.isEmpty, let printed = attribute(draft.key) else { return own }
        return printed.values.table
    }
}
