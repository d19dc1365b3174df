import Foundation
import Yams

/// One thing wrong with the configuration, where it stands.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// `Config/radian.yaml:12` or `environment RADIAN_HTTP_PORT`.
    public let location: String
    /// What is wrong and what would be right.
    public let message: String
    public var description: String { "\(location): \(message)" }

    public init(location: String, message: String) {
        self.location = location
        self.message = message
    }
}

/// Everything that is wrong with the configuration, in one error.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// In the order of the file.
    public let problems: [ConfigurationProblem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }

    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }
}

/// Reads typed settings from a YAML file of sections, overridden by the environment.
///
/// A setting `key` of section `radius` is overridden by `RADIAN_RADIUS_KEY`. Every read declares a key; whatever the
/// file or the environment holds beyond the declared keys is an error with its line (``finish()``). Problems are collected,
/// so that one run shows all of them.
public struct ConfigurationReader {
    private struct Entry {
        let node: Node
        let line: Int
    }

    private let file: String
    private let environment: [String: String]
    private var sections: [String: [String: Entry]] = [:]
    private var records: [String: [(line: Int, entries: [String: Entry])]] = [:]
    /// Keys of the records of sections that are lists.
    private(set) var recordKeys: [String: [String]] = [:]
    private var sectionLines: [String: Int] = [:]
    private var sectionNodes: [String: ConfigurationNode] = [:]
    /// Sections that were read as they are.
    private var openSections: Set<String> = []
    /// Keys that were asked for, by section.
    private(set) var declared: [String: Set<String>] = [:]
    private var problems: [ConfigurationProblem] = []

    /// - Parameters:
    ///   - yaml: the file's text; empty when there is no file.
    ///   - file: the name that errors show.
    ///   - environment: the process's environment.
    public init(yaml: String, file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
        do {
            guard let root = try Yams.compose(yaml: yaml) else { return }
            readSections(root)
        } catch {
            problems.append(YAMLSyntax.problem(error, file: file))
        }
    }

    private mutating func readSections(_ root: Node) {
        guard let mapping = root.mapping else {
            if root.null == nil { report(line: 1, "the file must be sections of keys, such as 'database:' with 'url: …' below") }
            return
        }
        for (key, value) in mapping {
            let name = key.string ?? "?"
            let line = key.mark?.line ?? 0
            sectionLines[name] = line
            sectionNodes[name] = ConfigurationNode(value, file: file, line: line)
            if let sequence = value.sequence {
                records[name] = sequence.compactMap { record in
                    entries(of: record, section: name).map { (record.mark?.line ?? line, $0) }
                }
            } else if value.null == nil {
                sections[name] = entries(of: value, section: name)
            }
        }
    }

    private mutating func entries(of node: Node, section: String) -> [String: Entry]? {
        guard let mapping = node.mapping else {
            report(line: node.mark?.line ?? 0, "section '\(section)' must hold keys")
            return nil
        }
        var result: [String: Entry] = [:]
        for (key, value) in mapping {
            result[key.string ?? "?"] = Entry(node: value, line: key.mark?.line ?? 0)
        }
        return result
    }

    private mutating func report(line: Int, _ message: String) {
        problems.append(ConfigurationProblem(location: line > 0 ? "\(file):\(line)" : file, message: message))
    }

    /// The raw text of a setting and where it stands; the environment wins.
    private mutating func raw(_ section: String, _ key: String) -> (text: String, location: String)? {
        declared[section, default: []].insert(key)
        let variable = Self.variable(section, key)
        if let text = environment[variable] { return (text, "environment \(variable)") }
        guard let entry = sections[section]?[key], entry.node.null == nil else { return nil }
        guard let text = entry.node.scalar?.string else {
            report(line: entry.line, "'\(section).\(key)' must be a single value")
            return nil
        }
        return (text, "\(file):\(entry.line)")
    }

    private static func variable(_ section: String, _ key: String) -> String {
        "RADIAN_\(section)_\(key)".uppercased()
    }

    /// A text setting.
    public mutating func text(_ section: String, _ key: String, default value: String) -> String {
        raw(section, key)?.text ?? value
    }

    /// A setting converted by `convert`; `expected` says in the error what would be right.
    /// - Parameter holdsSecret: keeps the value out of the error, as a database URL may hold a password.
    public mutating func value<T>(
        _ section: String, _ key: String, default value: T, expected: String, holdsSecret: Bool = false, _ convert: (String) -> T?
    ) -> T {
        guard let (text, location) = raw(section, key) else { return value }
        guard let converted = convert(text) else {
            let message =
                holdsSecret ? "'\(section).\(key)' must be \(expected)" : "'\(section).\(key)' is '\(text)'; it must be \(expected)"
            problems.append(ConfigurationProblem(location: location, message: message))
            return value
        }
        return converted
    }

    /// A whole number within `range`.
    public mutating func integer(_ section: String, _ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        self.value(section, key, default: value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A length of time in seconds; the text is a number of seconds, fractions allowed.
    public mutating func seconds(_ section: String, _ key: String, default value: Double, in range: ClosedRange<Double>) -> Duration {
        let seconds = self.value(
            section, key, default: value, expected: "seconds from \(range.lowerBound) to \(range.upperBound)"
        ) { Double($0).flatMap { range.contains($0) ? $0 : nil } }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// `true`/`yes`/`on`/`1` or `false`/`no`/`off`/`0`.
    public mutating func flag(_ section: String, _ key: String, default value: Bool) -> Bool {
        self.value(section, key, default: value, expected: "yes or no", Self.flag)
    }

    /// Reads `true`/`yes`/`on`/`1` and `false`/`no`/`off`/`0`, in any case.
    public static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// One of an enumeration's raw values.
    public mutating func choice<T: RawRepresentable & CaseIterable>(
        _ section: String, _ key: String, default value: T
    ) -> T where T.RawValue == String {
        let names = T.allCases.map(\.rawValue).joined(separator: ", ")
        return self.value(section, key, default: value, expected: "one of \(names)") { T(rawValue: $0.lowercased()) }
    }

    /// A list: a YAML sequence, one value, or comma-separated text in the environment.
    public mutating func list(_ section: String, _ key: String, default value: [String]) -> [String] {
        if environment[Self.variable(section, key)] == nil, let entry = sections[section]?[key], let sequence = entry.node.sequence {
            declared[section, default: []].insert(key)
            if let wrong = sequence.first(where: { $0.scalar == nil }) {
                report(line: wrong.mark?.line ?? entry.line, "'\(section).\(key)' must be a list of single values")
            }
            return sequence.compactMap { $0.scalar?.string }
        }
        guard let (text, _) = raw(section, key) else { return value }
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A section that is a list of records; each record's own keys are checked against `keys`.
    /// - Returns: for each record its location and its texts by key. `file:PATH` values of `secretKeys` are replaced by the file's first line.
    public mutating func recordList(
        _ section: String, keys: [String], secretKeys: Set<String> = []
    ) -> [(location: String, values: [String: String])] {
        declared[section, default: []].formUnion([])
        recordKeys[section] = keys
        var result: [(String, [String: String])] = []
        for record in records[section] ?? [] {
            var values: [String: String] = [:]
            for (key, entry) in record.entries.sorted(by: { $0.value.line < $1.value.line }) {
                guard keys.contains(key) else {
                    report(line: entry.line, "unknown key '\(section).\(key)'\(Self.suggestion(for: key, among: keys))")
                    continue
                }
                guard let text = entry.node.scalar?.string else {
                    report(line: entry.line, "'\(section).\(key)' must be a single value")
                    continue
                }
                values[key] = secretKeys.contains(key) ? resolveSecret(text, location: "\(file):\(entry.line)") : text
            }
            result.append(("\(file):\(record.line)", values))
        }
        return result
    }

    /// A section with a shape of its own, whose reader reports what is wrong in it; nil when it is absent or empty.
    /// - Parameter recordKeys: of a section that is a list, the keys of its records, for those who check the documentation.
    public mutating func node(_ section: String, recordKeys: [String] = []) -> ConfigurationNode? {
        declared[section, default: []].formUnion([])
        if !recordKeys.isEmpty { self.recordKeys[section] = recordKeys }
        openSections.insert(section)
        guard let node = sectionNodes[section] else { return nil }
        switch node.content {
        case .empty: return nil
        case .list(let nodes) where nodes.isEmpty: return nil
        default: return node
        }
    }

    /// A secret: the text itself, or `file:PATH` for the first line of a file. Never shown in errors.
    public mutating func secret(_ section: String, _ key: String, default value: String) -> String {
        guard let (text, location) = raw(section, key) else { return value }
        return resolveSecret(text, location: location)
    }

    /// The secret that a text stands for: itself, or `file:PATH` for the first line of a file.
    public mutating func resolveSecret(_ text: String, location: String) -> String {
        guard text.hasPrefix("file:") else { return text }
        let path = String(text.dropFirst(5))
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
            problems.append(ConfigurationProblem(location: location, message: "cannot read the file \(path)"))
            return ""
        }
        return String(content.prefix { $0 != "\n" && $0 != "\r\n" })
    }

    /// Adds a problem that a caller found in a value it read.
    public mutating func report(_ location: String, _ message: String) {
        problems.append(ConfigurationProblem(location: location, message: message))
    }

    /// Where a setting stands, for ``report(_:_:)``.
    public func location(_ section: String, _ key: String) -> String {
        let variable = Self.variable(section, key)
        if environment[variable] != nil { return "environment \(variable)" }
        return sections[section]?[key].map { "\(file):\($0.line)" } ?? "default of \(section).\(key)"
    }

    /// Ends the reading.
    /// - Throws: all problems, unknown sections, keys and variables among them.
    public mutating func finish() throws(ConfigurationError) {
        for (section, line) in sectionLines where declared[section] == nil {
            report(line: line, "unknown section '\(section)'\(Self.suggestion(for: section, among: Array(declared.keys)))")
        }
        for (section, entries) in sections where !openSections.contains(section) {
            guard let keys = declared[section] else { continue }
            if recordKeys[section] != nil {
                report(line: sectionLines[section] ?? 0, "section '\(section)' must be a list of records")
                continue
            }
            for (key, entry) in entries where !keys.contains(key) {
                report(line: entry.line, "unknown key '\(section).\(key)'\(Self.suggestion(for: key, among: Array(keys)))")
            }
        }
        for section in records.keys where declared[section] != nil && recordKeys[section] == nil && !openSections.contains(section) {
            report(line: sectionLines[section] ?? 0, "section '\(section)' must hold keys, not a list")
        }
        let known = Set(declared.flatMap { section, keys in keys.map { Self.variable(section, $0) } })
        for variable in environment.keys.sorted() where !known.contains(variable) {
            guard variable.hasPrefix("RADIAN_") else { continue }
            let suggestion = Self.suggestion(for: variable, among: Array(known))
            // Variables such as RADIAN_TEST_POSTGRES are no settings.
            let isOurs = declared.keys.contains { variable.hasPrefix("RADIAN_\($0.uppercased())_") } || !suggestion.isEmpty
            guard isOurs else { continue }
            problems.append(ConfigurationProblem(location: "environment \(variable)", message: "unknown setting\(suggestion)"))
        }
        if problems.isEmpty { return }
        throw ConfigurationError(problems: problems.sorted { Self.order($0) < Self.order($1) })
    }

    private static func order(_ problem: ConfigurationProblem) -> Int {
        problem.location.split(separator: ":").last.flatMap { Int($0) } ?? .max
    }

    /// "; did you mean 'x'?" for a name that is an edit or two away; else empty.
    public static func suggestion(for name: String, among names: [String]) -> String {
        let best = names.map { ($0, editDistance($0, name)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= min(2, max(1, name.count / 3)) else { return "" }
        return "; did you mean '\(best.0)'?"
    }

    private static func editDistance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == b[j] ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
