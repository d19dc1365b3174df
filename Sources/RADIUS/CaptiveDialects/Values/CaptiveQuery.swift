/// The fields that came with a redirect: a query, the body of a form, or both. Names are compared without regard to case.
public struct CaptiveQuery: Sendable, Equatable {
    /// In the order of arrival, the first of each name; at most ``maximumFields``.
    public private(set) var fields: [CaptiveField] = []
    private var values: [String: String] = [:]

    static let maximumFields = 64
    static let maximumName = 64
    static let maximumValue = 3072

    /// - Parameter fields: decoded. Fields that are too many, too long or come twice are ignored.
    public init(_ fields: [CaptiveField]) {
        for field in fields.prefix(4 * Self.maximumFields) { add(field) }
    }

    /// - Parameter query: as it stands behind the question mark, at most 16 KiB of it.
    public init(encoded query: String) {
        for pair in query.utf8.prefix(16 << 10).split(separator: UInt8(ascii: "&"), maxSplits: 4 * Self.maximumFields) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            add(
                CaptiveField(
                    PercentEncoding.decode(name, form: true), PercentEncoding.decode(pair.dropFirst(name.count + 1), form: true)))
        }
    }

    private mutating func add(_ field: CaptiveField) {
        let name = field.name.lowercased()
        guard fields.count < Self.maximumFields, !name.isEmpty, name.utf8.count <= Self.maximumName,
            field.value.utf8.count <= Self.maximumValue, values[name] == nil
        else { return }
        values[name] = field.value
        fields.append(field)
    }

    /// Whether one of the names arrived, with a value or without.
    func has(_ names: String...) -> Bool { names.contains { values[$0] != nil } }

    /// Whether all of the names arrived.
    func hasAll(_ names: String...) -> Bool { names.allSatisfy { values[$0] != nil } }

    /// The first of the names (lower case) that has a value, as it is.
    func raw(_ names: String...) -> String? { first(names) }

    /// The same, fit to be shown.
    func text(_ names: String..., limit: Int = 128) -> String? {
        first(names).map { PlainText.cleaned($0, limit: limit) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The same, where only letters, digits and `-_.` are plausible.
    func token(_ names: String..., others: String = "-_.", limit: Int = 128) -> String? {
        first(names).flatMap { PlainText.isToken($0, others: others, limit: limit) ? $0 : nil }
    }

    func mac(_ names: String...) -> CaptiveMAC? { first(names).flatMap { CaptiveMAC($0) } }

    func address(_ names: String...) -> String? { first(names).flatMap { AddressText.isAddress($0) ? $0.lowercased() : nil } }

    func url(_ names: String...) -> CaptiveURL? { first(names).flatMap { CaptiveURL($0) } }

    private func first(_ names: [String]) -> String? {
        for name in names { if let value = values[name], !value.isEmpty { return value } }
        return nil
    }
}

/// A field of a form or a query.
public struct CaptiveField: Sendable, Hashable {
    /// Not encoded.
    public var name: String
    /// Not encoded.
    public var value: String

    /// A field; neither part is encoded.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
