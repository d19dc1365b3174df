/// Statements whose attribute may come in a later file.
struct PendingReferences {
    struct Value {
        var position: DictionaryParser.Position
        var attribute: String
        var name: String
        var number: UInt64
        var scope: Scope
        var replaces: Bool
        var isVersion4: Bool
    }

    /// An attribute that shares the values of another, or of an ENUM.
    struct Enumeration {
        var position: DictionaryParser.Position
        var draft: AttributeDraft
        var reference: String
        var scope: Scope
    }

    /// VALUE-ALIAS and ALIAS: a name and what it stands for.
    struct Alias {
        var position: DictionaryParser.Position
        var name: String
        var reference: String
        var scope: Scope
        var replaces: Bool
    }

    var values: [Value] = []
    var enumerations: [Enumeration] = []
    var valueAliases: [Alias] = []
    var aliases: [Alias] = []
}

extension DictionaryParser {
    /// `VALUE attribute name number`
    mutating func value(_ words: [String], _ scope: Scope) throws(DictionaryError) {
        // Version 4 gives values of every type and keys of structures, which no integer attribute can name.
        let isVersion4 = protocolState == .radius
        try expect(words, 4...(isVersion4 ? .max : 4))
        builder.statistics.values += 1
        if foldName(words[1]) == "server-config" { return }
        guard words[2].utf8.count < 128 else { throw failure("name of 128 or more octets") }
        guard let number = valueNumber(words[3]) else {
            if isVersion4 { return }
            throw failure("invalid number \(words[3])")
        }
        let value = PendingReferences.Value(
            position: position, attribute: words[1], name: words[2], number: number, scope: scope, replaces: replacesDefinitions,
            isVersion4: isVersion4)
        if let draft = attribute(named: words[1], in: scope) {
            try add(value, to: draft)
        } else {
            builder.statistics.forwardReferences += 1
            pending.values.append(value)
        }
    }

    /// `VALUE-ALIAS attribute attribute2`: the first takes the values of the second.
    mutating func valueAlias(_ words: [String], _ scope: Scope) throws(DictionaryError) {
        try expect(words, 3...3)
        pending.valueAliases.append(reference(words, scope))
    }

    /// `ALIAS name reference`: one more name of an attribute, given by its numbers or names.
    mutating func alias(_ words: [String], _ scope: Scope) throws(DictionaryError) {
        try expect(words, 3...3)
        try checkName(words[1])
        // A short name for the vendor's part of the tree; names here do not stand in a tree.
        if let last = words[2].split(separator: ".").last, builder.vendor(named: last) != nil { return }
        let alias = reference(words, scope)
        // A relative name means the attribute that has it now.
        if try !resolve(alias) { pending.aliases.append(alias) }
    }

    private func reference(_ words: [String], _ scope: Scope) -> PendingReferences.Alias {
        .init(position: position, name: words[1], reference: words[2], scope: scope, replaces: replacesDefinitions)
    }

    /// Does what had to wait for the last file.
    mutating func resolvePending() throws(DictionaryError) {
        for alias in pending.aliases {
            if try resolve(alias) { continue }
            let unknown = failure("unknown attribute \(alias.reference)", at: alias.position)
            guard alias.replaces else { throw unknown }
            builder.warnings.append(unknown)
        }
        for alias in pending.valueAliases {
            guard let draft = attribute(named: alias.name, in: alias.scope) else {
                throw failure("unknown attribute \(alias.name)", at: alias.position)
            }
            try share(.init(position: alias.position, draft: draft, reference: alias.reference, scope: alias.scope))
        }
        for enumeration in pending.enumerations { try share(enumeration) }
        // They stand before the attribute, so whatever followed it is later and keeps the number's printed name.
        for value in pending.values.reversed() {
            if let draft = attribute(named: value.attribute, in: value.scope) {
                let printed = draft.values.table.namesByNumber[value.number]
                try add(value, to: draft)
                if let printed { draft.values.table.namesByNumber[value.number] = printed }
            } else if value.replaces {
                builder.warnings.append(failure("unknown attribute \(value.attribute)", at: value.position))
            } else {
                throw failure("unknown attribute \(value.attribute)", at: value.position)
            }
        }
    }

    private func share(_ enumeration: PendingReferences.Enumeration) throws(DictionaryError) {
        guard let source = attribute(named: enumeration.reference, in: enumeration.scope) else {
            throw failure("unknown attribute \(enumeration.reference)", at: enumeration.position)
        }
        enumeration.draft.values = source.values
    }

    /// - Returns: false if what the alias stands for is not known.
    private mutating func resolve(_ alias: PendingReferences.Alias) throws(DictionaryError) -> Bool {
        let numbers = alias.reference.split(separator: ".").map { parseNumber($0).flatMap { UInt32(exactly: $0) } }
        let known = numbers.compactMap { $0 }
        // Aliases by number give version 3's names; those by name are spellings of before, which are only understood.
        let isByNumber = known.count == numbers.count
        let target =
            isByNumber
            ? AttributeKey(absolute: known).flatMap { builder.attribute($0) } : attribute(named: alias.reference, in: alias.scope)
        guard let target else { return false }
        let name = canonicalName(alias.name, inside: nil, alias.scope)
        let draft = AttributeDraft(name: name, key: target.key, type: target.type, flags: target.flags)
        if let loser = builder.add(draft, isPrinted: isByNumber) {
            let message = "\(name) is \(loser.key.oid) already"
            guard alias.replaces else { throw failure(message, at: alias.position) }
            builder.warnings.append(failure(message, at: alias.position))
        }
        draft.values = target.values
        if protocolState == .radius {
            localNames[LocalName(vendor: alias.scope.vendor?.pen ?? 0, name: foldName(alias.name))] = draft
        }
        return true
    }

    private mutating func add(_ value: PendingReferences.Value, to draft: AttributeDraft) throws(DictionaryError) {
        guard let limit = draft.type.valueLimit else {
            if value.isVersion4 { return }
            throw failure("\(draft.name) of type \(draft.type.keyword) takes no VALUE", at: value.position)
        }
        guard value.number <= limit else {
            throw failure("\(value.number) is too large for \(draft.name) of type \(draft.type.keyword)", at: value.position)
        }
        let folded = foldName(value.name)
        if let earlier = draft.values.table.numbersByName[folded], earlier != value.number {
            let message = "\(draft.name) \(value.name) is \(earlier) already"
            guard value.replaces else { throw failure(message, at: value.position) }
            builder.warnings.append(failure(message, at: value.position))
            if draft.values.table.namesByNumber[earlier].map(foldName) == folded { draft.values.table.namesByNumber[earlier] = nil }
        }
        draft.values.table.numbersByName[folded] = value.number
        draft.values.table.namesByNumber[value.number] = value.name
    }

    /// Negative numbers, which signed types take, as the two's complement.
    private func valueNumber(_ text: String) -> UInt64? {
        guard text.hasPrefix("-") else { return parseNumber(text) }
        guard let magnitude = parseNumber(text.dropFirst()), magnitude <= 1 << 63 else { return nil }
        return 0 &- magnitude
    }
}
