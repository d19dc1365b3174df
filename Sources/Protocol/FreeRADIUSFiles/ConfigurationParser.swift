public import Foundation

/// Reads FreeRADIUS's configuration language (`clients.conf`, `proxy.conf`, `radiusd.conf`): pairs, sections, `$INCLUDE`, `${…}`, `$ENV{…}`.
///
/// Of processing sections (`authorize { … }`) the statements are kept as text.
public struct ConfigurationParser {
    private static let deepestInclude = 32
    private let environment: [String: String]
    /// Files under way, against circles.
    private var open: [String] = []

    /// - Parameter environment: for `$ENV{…}`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// Reads a file and what it includes.
    public static func read(_ path: String) throws(FreeRADIUSFileError) -> ConfigurationSection {
        var parser = ConfigurationParser()
        var root = ConfigurationSection(name: "", instance: nil, position: .init(file: path, line: 1))
        try parser.include(path, from: root.position, into: &root, parents: [])
        return root
    }

    /// Reads one text; for `$INCLUDE` its `file` says where relative paths begin.
    public mutating func parse(_ text: String, file: String = "inline") throws(FreeRADIUSFileError) -> ConfigurationSection {
        var root = ConfigurationSection(name: "", instance: nil, position: .init(file: file, line: 1))
        var lexer = ConfigurationLexer(text, file: file)
        try body(&lexer, of: &root, parents: [], isRoot: true)
        return root
    }

    private mutating func include(
        _ path: String, from position: ConfigurationSection.Position, into section: inout ConfigurationSection,
        parents: [ConfigurationSection]
    ) throws(FreeRADIUSFileError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw FreeRADIUSFileError(position, "\(path) does not exist")
        }
        guard !isDirectory.boolValue else {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
            for name in names where Self.isConfiguration(name) {
                // As FreeRADIUS: files only, so that no tree is walked.
                let file = path.hasSuffix("/") ? path + name : path + "/" + name
                guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
                try include(file, from: position, into: &section, parents: parents)
            }
            return
        }
        guard !open.contains(path), open.count < Self.deepestInclude else {
            throw FreeRADIUSFileError(position, "\(path) includes itself")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw FreeRADIUSFileError(position, "\(path) cannot be read") }
        open.append(path)
        var lexer = ConfigurationLexer(String(decoding: data, as: UTF8.self), file: path)
        try body(&lexer, of: &section, parents: parents, isRoot: true)
        open.removeLast()
    }

    /// Names that FreeRADIUS reads in an included directory: no editor's or packager's leftovers.
    private static func isConfiguration(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.contains(".dpkg-") && !name.contains(".rpm")
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    }

    /// Reads statements until the section's brace, or the end of the text.
    private mutating func body(
        _ lexer: inout ConfigurationLexer, of section: inout ConfigurationSection, parents: [ConfigurationSection], isRoot: Bool
    ) throws(FreeRADIUSFileError) {
        var statement: [ConfigurationLexer.Token] = []
        var start = lexer.position
        while let (token, position) = try lexer.next() {
            switch token {
            case .end:
                try finish(&statement, at: start, in: &section, parents: parents)
            case .open:
                var child = ConfigurationSection(name: Self.text(statement.first), instance: nil, position: start)
                if statement.count > 1 { child.instance = try expand(statement[1], at: start, in: section, parents: parents) }
                statement = []
                try body(&lexer, of: &child, parents: parents + [section], isRoot: false)
                section.sections.append(child)
            case .close:
                try finish(&statement, at: start, in: &section, parents: parents)
                guard !isRoot else { throw FreeRADIUSFileError(position, "a closing brace too many") }
                return
            case .word, .quoted:
                if statement.isEmpty { start = position }
                statement.append(token)
            }
        }
        try finish(&statement, at: start, in: &section, parents: parents)
        guard isRoot else { throw FreeRADIUSFileError(section.position, "the section '\(section.name)' has no closing brace") }
    }

    private mutating func finish(
        _ statement: inout [ConfigurationLexer.Token], at position: ConfigurationSection.Position, in section: inout ConfigurationSection,
        parents: [ConfigurationSection]
    ) throws(FreeRADIUSFileError) {
        defer { statement = [] }
        guard let first = statement.first else { return }
        let name = Self.text(first)
        if ["$INCLUDE", "$-INCLUDE", "$INCLUDE-"].contains(name) {
            guard statement.count > 1 else { throw FreeRADIUSFileError(position, "$INCLUDE names no file") }
            var path = try expand(statement[1], at: position, in: section, parents: parents)
            if !path.hasPrefix("/") {
                path = URL(fileURLWithPath: position.file).deletingLastPathComponent().appending(path: path).path
            }
            if name != "$INCLUDE", !FileManager.default.fileExists(atPath: path) { return }
            return try include(path, from: position, into: &section, parents: parents)
        }
        // Anything else than `name = value` is a statement of a processing section.
        guard statement.count >= 3, statement[1] == .word("=") else {
            section.statements.append(.init(text: statement.map { Self.text($0) }.joined(separator: " "), position: position))
            return
        }
        let value = try expand(statement[2], at: position, in: section, parents: parents)
        section.pairs.append(.init(name: name, value: value, position: position))
    }

    private static func text(_ token: ConfigurationLexer.Token?) -> String {
        switch token {
        case .word(let text), .quoted(let text, _): text
        default: ""
        }
    }

    /// Replaces `$ENV{NAME}` and `${reference}`.
    private func expand(
        _ token: ConfigurationLexer.Token, at position: ConfigurationSection.Position, in section: ConfigurationSection,
        parents: [ConfigurationSection]
    ) throws(FreeRADIUSFileError) -> String {
        let text = Self.text(token)
        if case .quoted(_, expands: false) = token { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let tail = rest[dollar...]
            let isEnvironment = tail.hasPrefix("$ENV{")
            guard isEnvironment || tail.hasPrefix("${"), let brace = tail.firstIndex(of: "}") else {
                result.append("$")
                rest = tail.dropFirst()
                continue
            }
            let reference = tail[tail.index(tail.startIndex, offsetBy: isEnvironment ? 5 : 2)..<brace]
            let value = isEnvironment ? environment[String(reference)] : resolve(reference, in: section, parents: parents)
            guard let value else { throw FreeRADIUSFileError(position, "'\(tail[...brace])' has no value") }
            result += value
            rest = tail[tail.index(after: brace)...]
        }
        return result + rest
    }

    /// `name` from the file's top, `.name` from this section, `..name` from the one around it; `.:name` and `.:instance` are the section's own.
    private func resolve(_ reference: Substring, in section: ConfigurationSection, parents: [ConfigurationSection]) -> String? {
        let dots = reference.prefix { $0 == "." }.count
        let path = reference.dropFirst(dots).split(separator: ".").map(String.init)
        guard let name = path.last else { return nil }
        let chain = parents + [section]
        var place: ConfigurationSection?
        if dots == 0 {
            // As FreeRADIUS: what stands around comes first, then the top.
            if path.count == 1, let near = chain.reversed().lazy.compactMap({ $0.value(name) }).first { return near }
            place = chain.first
        } else {
            place = chain.count >= dots ? chain[chain.count - dots] : nil
        }
        for (depth, step) in path.dropLast().enumerated() {
            // A section that is still being read is not among its parent's yet.
            if dots == 0, chain.count > depth + 1, chain[depth + 1].name == step {
                place = chain[depth + 1]
                continue
            }
            // `thread[pool]` is the section `thread pool`.
            let parts = step.split(separator: "[")
            let instance = parts.count > 1 ? parts[1].dropLast() : nil
            place = place?.sections.first { $0.name == parts[0] && (instance == nil || $0.instance == instance.map(String.init)) }
        }
        switch name {
        case ":name": return place?.name
        case ":instance": return place?.instance ?? place?.name
        default: return place?.value(name)
        }
    }
}
