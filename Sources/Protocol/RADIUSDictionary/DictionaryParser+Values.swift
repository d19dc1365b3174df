/// Statements whose attribute may come in a later file.
struct PendingReferences {
    struct Value {
        var position: DictionaryParser.Position
        var attribute: String
        var name: String
        var number: UInt64
        var scope: Scope
        var replaces: Bool
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
            position: position, attribute: words[1], name: words[2], number: number, scope: scope, replaces: replacesDefinitions)
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
        pending.valueAliases.append(.init(position: position, name: words[1], reference: words[2], scope: scope))
    }

    /// `ALIAS name reference`: one more name of an attribute, given by its numbers or names.
    mutating func alias(_ words: [String], _ scope: Scope) throws(DictionaryError) {
        try expect(words, 3...3)
        try checkName(words[1])
        pending.aliases.append(.init(position: position, name: words[1], reference: words[2], scope: scope))
    }

    /// Does what had to wait for the last file.
    mutating func resolvePending() throws(DictionaryError) {
        for alias in pending.aliases { try resolve(alias) }
        for alias in pending.valueAliases {
            guard let draft = attribute(named: alias.name, in: alias.scope) else {
                throw failure("unknown attribute \(alias.name)", at: alias.position)
            }
            try share(.init(position: alias.position, draft: draft, reference: alias.reference, scope: alias.scope))
        }
        for enumeration in pending.enumerations { try share(enumeration) }
        for value in pending.values {
            if let draft = attribute(named: value.attribute, in: value.scope) {
                try add(value, to: draft)
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

    private mutating func resolve(_ alias: PendingReferences.Alias) throws(DictionaryError) {
        let numbers = alias.reference.split(separator: ".").map { parseNumber($0).flatMap { UInt32(exactly: $0) } }
        let known = numbers.compactMap { $0 }
        let target =
            known.count == numbers.count
            ? AttributeKey(absolute: known).flatMap { builder.attribute($0) } : attribute(named: alias.reference, in: alias.scope)
        guard let target else { throw failure("unknown attribute \(alias.reference)", at: alias.position) }
        let draft = AttributeDraft(name: alias.name, key: target.key, type: target.type, flags: target.flags)
        if let loser = builder.add(draft) {
            throw failure("\(alias.name) is \(loser.key.oid) already", at: alias.position)
        }
        draft.values = target.values
    }

    private mutating func add(_ value: PendingReferences.Value, to draft: AttributeDraft) throws(DictionaryError) {
        guard let limit = draft.type.valueLimit else {
            if protocolState == .radius { return }
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
