/// One record of a section that is a list of records of several kinds, such as `back_ends`. Each key that is read is declared by that;
/// what is left over is unknown (``finish(_:)``).
public struct ConfigurationRecord {
    /// Of the record.
    public let location: String
    private let section: String
    private var entries: [String: ConfigurationNode.Entry] = [:]
    /// Keys that were asked for.
    public private(set) var known: Set<String> = []
    /// Whether it is no mapping, and so holds nothing.
    public let isBroken: Bool

    /// - Parameters:
    ///   - section: for errors.
    ///   - what: for errors; `a back end`.
    public init(_ node: ConfigurationNode, section: String, what: String, _ reader: inout ConfigurationReader) {
        self.section = section
        location = node.location
        isBroken = node.entries == nil
        if isBroken { reader.report(node.location, "\(what) must hold keys such as 'name' and 'type'") }
        for entry in node.entries ?? [] { entries[entry.key] = entry }
    }

    /// Reports the keys that nobody asked for.
    public func finish(_ reader: inout ConfigurationReader) {
        for (key, entry) in entries.sorted(by: { $0.value.location < $1.value.location }) where !known.contains(key) {
            reader.report(
                entry.location, "unknown key '\(section).\(key)'\(ConfigurationReader.suggestion(for: key, among: Array(known)))")
        }
    }

    /// Where a key stands; the record's place where it does not.
    public func location(of key: String) -> String { entries[key]?.location ?? location }

    private mutating func entry(_ key: String) -> ConfigurationNode.Entry? {
        known.insert(key)
        guard let entry = entries[key] else { return nil }
        if case .empty = entry.value.content { return nil }
        return entry
    }

    /// A single value.
    public mutating func text(_ key: String, default value: String, _ reader: inout ConfigurationReader) -> String {
        guard let entry = entry(key) else { return value }
        guard let text = entry.value.scalar else {
            reader.report(entry.location, "'\(section).\(key)' must be a single value")
            return value
        }
        return text
    }

    /// A single value; nil where it is missing or empty.
    public mutating func optional(_ key: String, _ reader: inout ConfigurationReader) -> String? {
        let text = text(key, default: "", &reader)
        return text.isEmpty ? nil : text
    }

    /// A single value that must be there.
    /// - Parameter what: what it is, for the error.
    public mutating func required(_ key: String, _ what: String, _ reader: inout ConfigurationReader) -> String {
        let text = text(key, default: "", &reader)
        if text.isEmpty { reader.report(location, "'\(section)' needs '\(key)' here: \(what)") }
        return text
    }

    /// A secret: the text itself, or `file:PATH` for the first line of a file.
    public mutating func secret(_ key: String, _ reader: inout ConfigurationReader) -> String {
        guard let entry = entry(key) else { return "" }
        return reader.resolveSecret(text(key, default: "", &reader), location: entry.location)
    }

    /// Yes or no.
    public mutating func flag(_ key: String, default value: Bool, _ reader: inout ConfigurationReader) -> Bool {
        guard let entry = entry(key) else { return value }
        guard let flag = entry.value.scalar.flatMap(ConfigurationReader.flag) else {
            reader.report(entry.location, "'\(section).\(key)' must be yes or no")
            return value
        }
        return flag
    }

    /// A number within a range.
    public mutating func number(
        _ key: String, default value: Double, in range: ClosedRange<Double>, _ reader: inout ConfigurationReader
    ) -> Double {
        guard let entry = entry(key) else { return value }
        guard let number = entry.value.scalar.flatMap({ Double($0) }), range.contains(number) else {
            reader.report(entry.location, "'\(section).\(key)' must be a number from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return number
    }

    /// One of an enumeration's raw values.
    public mutating func choice<T: RawRepresentable & CaseIterable>(
        _ key: String, default value: T, _ reader: inout ConfigurationReader
    ) -> T where T.RawValue == String {
        guard let entry = entry(key) else { return value }
        guard let choice = entry.value.scalar.flatMap({ T(rawValue: $0.lowercased()) }) else {
            let names = T.allCases.map(\.rawValue).joined(separator: ", ")
            reader.report(entry.location, "'\(section).\(key)' must be one of \(names)")
            return value
        }
        return choice
    }

    /// A list of single values, or one value.
    public mutating func list(_ key: String, default value: [String], _ reader: inout ConfigurationReader) -> [String] {
        guard let entry = entry(key) else { return value }
        guard let list = entry.value.scalars else {
            reader.report(entry.location, "'\(section).\(key)' must be a list of single values")
            return value
        }
        return list
    }

    /// Names with a single value each.
    public mutating func map(_ key: String, default value: [String: String], _ reader: inout ConfigurationReader) -> [String: String] {
        guard let entry = entry(key) else { return value }
        guard let entries = entry.value.entries, entries.allSatisfy({ $0.value.scalar != nil }) else {
            reader.report(entry.location, "'\(section).\(key)' must hold names with a single value each")
            return value
        }
        return Dictionary(entries.map { ($0.key, $0.value.scalar ?? "") }) { first, _ in first }
    }
}
