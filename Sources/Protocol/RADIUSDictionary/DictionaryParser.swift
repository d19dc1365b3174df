/// Reads dictionary files in FreeRADIUS's syntax, version 3 and 4.
///
/// Version 4's statements are understood anywhere; its way of naming (attributes without the vendor's name)
/// holds between BEGIN-PROTOCOL and END-PROTOCOL, where no file of version 3 ever is.
struct DictionaryParser {
    var builder = DictionaryBuilder()
    /// Files given in addition to a tree may redefine what it holds.
    var replacesDefinitions = false
    var protocolState = ProtocolState.none
    var pending = PendingReferences()
    /// Attributes by the name their version 4 file gives them, inside a vendor or outside of all (0).
    var localNames: [LocalName: AttributeDraft] = [:]
    /// Number for the next attribute that has none (DEFINE).
    var nextUnnumbered: UInt32 = 1 << 16
    private var includesFiles = true
    private var seen: Set<DictionaryFile.Identity> = []
    private(set) var position = Position(file: "", line: 0)

    struct Position {
        var file: String
        var line: Int
    }

    struct LocalName: Hashable {
        var vendor: UInt32
        var name: String
    }

    enum ProtocolState {
        case none
        case radius
        /// Another protocol's attributes, whose numbers mean something else.
        case other
    }

    func failure(_ message: String) -> DictionaryError { failure(message, at: position) }

    func failure(_ message: String, at position: Position) -> DictionaryError {
        DictionaryError(file: position.file, line: position.line, message: message)
    }

    /// Reads a file given by the caller: it must exist.
    mutating func parse(file: String) throws(DictionaryError) {
        position = Position(file: file, line: 0)
        try open(file, optional: false, scope: Scope())
    }

    /// Reads one text, which has no folder to include files from.
    mutating func parse(_ bytes: [UInt8], name: String) throws(DictionaryError) {
        includesFiles = false
        var scope = Scope()
        try parse(bytes, name: name, &scope)
    }

    /// Resolves what waited for later files and makes the dictionary.
    mutating func finish() throws(DictionaryError) -> AttributeDictionary {
        try resolvePending()
        return builder.build()
    }

    private mutating func open(_ path: String, optional: Bool, scope: Scope) throws(DictionaryError) {
        let file: DictionaryFile
        do {
            file = try DictionaryFile(path)
        } catch {
            switch error {
            case .notFound:
                if optional { return }
                throw failure("no such file: \(path)")
            case .refused(let reason): throw failure("cannot read \(path): \(reason)")
            }
        }
        guard seen.insert(file.identity).inserted else { return }
        var scope = scope
        let including = position
        try parse(file.bytes, name: path, &scope)
        position = including
    }

    private mutating func parse(_ bytes: [UInt8], name: String, _ scope: inout Scope) throws(DictionaryError) {
        builder.statistics.files += 1
        let outer = scope
        var scanner = DictionaryScanner(bytes)
        while let words = scanner.next() {
            position = Position(file: name, line: scanner.line)
            try statement(words, &scope)
        }
        if let container = scope.containers.last, scope.containers.count > outer.containers.count {
            throw failure("the beginning of \(container.name) has no end")
        }
        // FreeRADIUS lets the end of the file end the vendor, and files in the field count on it.
        if let vendor = scope.vendor, outer.vendor == nil {
            builder.warnings.append(failure("BEGIN-VENDOR \(vendor.name) has no END-VENDOR"))
        }
    }

    private mutating func statement(_ words: [String], _ scope: inout Scope) throws(DictionaryError) {
        let keyword = foldName(words[0])
        if protocolState == .other, keyword != "end-protocol" { return }
        switch keyword {
        case "attribute": try attribute(words, &scope)
        case "value": try value(words, scope)
        case "vendor": try vendor(words)
        case "begin-vendor": try beginVendor(words, &scope)
        case "end-vendor": try endVendor(words, &scope)
        case "begin-tlv", "begin": try begin(words, &scope)
        case "end-tlv", "end": try end(words, &scope)
        case "value-alias": try valueAlias(words, scope)
        case "alias": try alias(words, scope)
        case "define": try define(words, &scope)
        case "enum": try enumeration(words, scope)
        case "struct": try structure(words, &scope)
        case "member": try member(words, &scope)
        case "flags": try setFlags(words, &scope)
        case "protocol": try expect(words, 3...4)
        case "begin-protocol": try beginProtocol(words)
        case "end-protocol": try endProtocol(words)
        case "$include": try include(words, optional: false, scope)
        case "$include-", "$-include": try include(words, optional: true, scope)
        default: throw failure("unknown statement \(words[0])")
        }
    }

    /// Checks the number of words, the keyword included.
    func expect(_ words: [String], _ count: ClosedRange<Int>) throws(DictionaryError) {
        if words.count < count.lowerBound { throw failure("\(words[0]) needs \(count.lowerBound - 1) or more words") }
        if words.count > count.upperBound { throw failure("unexpected \(words[count.upperBound]) after \(words[0])") }
    }

    private mutating func include(_ words: [String], optional: Bool, _ scope: Scope) throws(DictionaryError) {
        try expect(words, 2...2)
        guard includesFiles else { throw failure("$INCLUDE in a text that is no file") }
        let name = words[1]
        var path = name.hasPrefix("/") ? name : DictionaryFile.folderOf(position.file) + name
        if path.hasSuffix("/") { path += "dictionary" }
        // Version 4 reads an included file inside the statement's scope, version 3 in one of its own.
        let inner = protocolState == .radius ? scope : Scope()
        guard path.contains("*") else { return try open(path, optional: optional, scope: inner) }
        for file in DictionaryFile.matching(path) { try open(file, optional: optional, scope: inner) }
    }
}
