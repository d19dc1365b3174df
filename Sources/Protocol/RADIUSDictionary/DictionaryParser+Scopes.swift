/// Where in a file the parser is: what a number or a name there is relative to.
struct Scope {
    var vendor: VendorDefinition?
    /// The attribute 241...246 a vendor's attributes stand below, for Extended-Vendor-Specific.
    var extendedRoot: UInt8?
    /// BEGIN-TLV and BEGIN, outermost first.
    var containers: [AttributeDraft] = []
    /// What `.1` is a child of: the last attribute given with its full number.
    var lastNumbered: AttributeDraft?
    /// What MEMBER adds a field to.
    var structure: AttributeDraft?
    var memberCount: UInt32 = 0
    /// FLAGS internal.
    var isInternal = false

    /// The key under which numbers written here stand; nil outside of vendors and containers.
    func key(_ numbers: [UInt32]) -> AttributeKey? {
        if let container = containers.last { return container.key.appending(numbers[...]) }
        guard let vendor else { return AttributeKey(absolute: numbers) }
        let space: AttributeSpace = extendedRoot.map { .extendedVendor($0, vendor.pen) } ?? .vendor(vendor.pen)
        return AttributeKey(space: space, path: numbers)
    }
}

extension DictionaryParser {
    mutating func vendor(_ words: [String]) throws(DictionaryError) {
        try expect(words, 3...4)
        guard let number = parseNumber(words[2]), (1..<1 << 24).contains(number) else {
            throw failure("invalid private enterprise number \(words[2])")
        }
        let pen = UInt32(number)
        let earlier = builder.vendor(named: words[1])
        if let earlier, earlier.pen != pen {
            let message = "vendor \(words[1]) has the number \(earlier.pen) already"
            guard replacesDefinitions else { throw failure(message) }
            builder.warnings.append(failure(message))
        }
        var format = VendorFormat(pen: pen)
        if words.count == 4 {
            guard foldName(words[3]).hasPrefix("format="), let given = VendorFormat(words[3].dropFirst(7)) else {
                throw failure("invalid vendor format \(words[3])")
            }
            format = given
        } else if let known = builder.vendorsByNumber[pen] {
            format.typeSize = known.typeSize
            format.lengthSize = known.lengthSize
            format.hasContinuation = known.hasContinuation
        }
        builder.add(
            VendorDefinition(
                name: words[1], pen: pen, typeSize: format.typeSize, lengthSize: format.lengthSize,
                hasContinuation: format.hasContinuation))
    }

    mutating func beginVendor(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 2...3)
        guard let vendor = builder.vendor(named: words[1]) else { throw failure("unknown vendor \(words[1])") }
        if let open = scope.vendor { throw failure("BEGIN-VENDOR inside of BEGIN-VENDOR \(open.name)") }
        if !scope.containers.isEmpty { throw failure("BEGIN-VENDOR inside of a TLV") }
        scope.extendedRoot = words.count == 3 ? try extendedRoot(words[2]) : nil
        scope.vendor = vendor
        scope.lastNumbered = nil
    }

    /// The attribute 241...246 named by `format=Extended-Vendor-Specific-5` or version 4's `parent=`; nil for [26] itself.
    private func extendedRoot(_ argument: String) throws(DictionaryError) -> UInt8? {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, ["format", "parent"].contains(foldName(parts[0])) else {
            throw failure("invalid argument \(argument)")
        }
        guard let container = attribute(named: String(parts[1]), in: Scope()) else { throw failure("unknown attribute \(parts[1])") }
        switch (container.type, container.key.space) {
        case (.evs, .extended(let root)): return root
        case (.vsa, .standard): return nil
        default: throw failure("\(parts[1]) holds no vendors")
        }
    }

    mutating func endVendor(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 2...2)
        guard let open = scope.vendor else { throw failure("END-VENDOR without BEGIN-VENDOR") }
        guard foldName(open.name) == foldName(words[1]) else {
            throw failure("END-VENDOR \(words[1]) ends BEGIN-VENDOR \(open.name)")
        }
        if !scope.containers.isEmpty { throw failure("END-VENDOR inside of a TLV") }
        scope.vendor = nil
        scope.isInternal = false
        scope.extendedRoot = nil
        scope.lastNumbered = nil
    }

    mutating func begin(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        if words.count > 2, foldName(words[1]) == "protocol" { return try beginProtocol(Array(words.dropFirst())) }
        try expect(words, 2...2)
        guard let container = attribute(named: words[1], in: scope) else { throw failure("unknown attribute \(words[1])") }
        guard container.type.isContainer else { throw failure("\(words[1]) is no container") }
        scope.containers.append(container)
        scope.lastNumbered = nil
    }

    mutating func end(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 1...2)
        guard let container = scope.containers.popLast() else { throw failure("\(words[0]) without its beginning") }
        if words.count == 2, attribute(named: words[1], in: scope) !== container {
            throw failure("\(words[0]) \(words[1]) ends \(container.name)")
        }
        scope.lastNumbered = nil
    }

    mutating func setFlags(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        try expect(words, 2...2)
        switch foldName(words[1]) {
        case "internal": scope.isInternal = true
        case "!internal": scope.isInternal = false
        default: throw failure("unknown flag \(words[1])")
        }
    }

    mutating func beginProtocol(_ words: [String]) throws(DictionaryError) {
        try expect(words, 2...4)
        guard protocolState == .none else { throw failure("BEGIN-PROTOCOL inside of BEGIN-PROTOCOL") }
        protocolState = foldName(words[1]) == "radius" ? .radius : .other
    }

    mutating func endProtocol(_ words: [String]) throws(DictionaryError) {
        try expect(words, 2...2)
        guard protocolState != .none else { throw failure("END-PROTOCOL without BEGIN-PROTOCOL") }
        protocolState = .none
    }
}
