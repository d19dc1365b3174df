import Foundation
public import RADIUSDictionary
import RADIUSWire

/// A rule that cannot be read.
public struct AttributeFilterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The rule's text.
    public let rule: String
    public let problem: String

    public var description: String { "'\(rule)': \(problem)" }
}

/// What may pass from one server to another, and what is changed on the way; the role of FreeRADIUS's attr_filter.
///
/// One rule a line, or several separated by `;`:
/// ```
/// allow Session-Timeout <= 86400, Tunnel-*      with any allow, everything else is taken out; several conditions allow each
/// remove Reply-Message                          taken out
/// add Class = "visitor"                         one more
/// set Filter-Id = "guest"                       the only one
/// ```
/// What carries the authentication itself passes always: State, EAP-Message, Proxy-State, MS-CHAP results and MPPE keys, and credentials.
public struct AttributeFilter: Sendable {
    /// A name, or its beginning before `*`, with an optional comparison.
    struct Pattern: Sendable {
        enum Comparison: String, Sendable, CaseIterable {
            // Longer ones first, as they are searched for in this order.
            case lessOrEqual = "<=", greaterOrEqual = ">=", matches = "=~", equal = "==", notEqual = "!=", less = "<", greater = ">"
        }

        let name: String
        let isPrefix: Bool
        let comparison: (Comparison, AttributeValue, NSRegularExpression?)?
    }

    private var allowed: [Pattern] = []
    private var removed: [Pattern] = []
    private var added: [Attribute] = []
    private var replaced: [Attribute] = []

    /// Lets everything pass.
    public init() {}

    /// Reads rules.
    /// - Throws: for the first rule that cannot be read.
    public init(_ rules: String, dictionary: AttributeDictionary) throws(AttributeFilterError) {
        for rule in rules.split(whereSeparator: { $0 == "\n" || $0 == ";" }) {
            let text = rule.trimmingCharacters(in: .whitespaces)
            if text.isEmpty || text.hasPrefix("#") { continue }
            let word = text.prefix { !$0.isWhitespace }
            let rest = text.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
            guard !rest.isEmpty else { throw AttributeFilterError(rule: text, problem: "names no attribute") }
            switch word {
            case "allow": allowed += try Self.patterns(rest, rule: text, dictionary)
            case "remove": removed += try Self.patterns(rest, rule: text, dictionary)
            case "add": added.append(try Self.assignment(rest, rule: text, dictionary))
            case "set": replaced.append(try Self.assignment(rest, rule: text, dictionary))
            default: throw AttributeFilterError(rule: text, problem: "begins with none of allow, remove, add, set")
            }
        }
    }

    /// Whether nothing is changed.
    public var isEmpty: Bool { allowed.isEmpty && removed.isEmpty && added.isEmpty && replaced.isEmpty }

    /// What `add` and `set` append.
    var appended: [Attribute] { replaced + added }

    /// Whether an attribute stays.
    func passes(_ attribute: Attribute) -> Bool {
        let definition = attribute.definition
        if replaced.contains(where: { $0.definition == definition }) { return false }
        if Self.isIndispensable(definition) { return true }
        if removed.contains(where: { $0.fits(attribute) }) { return false }
        return allowed.isEmpty || allowed.contains { $0.fits(attribute) }
    }

    /// Whether an attribute without a value of its own stays.
    func passes(_ definition: AttributeDefinition) -> Bool { passes(Attribute(definition, value: .raw([]))) }

    /// User-Name, the credentials, State, Proxy-State, EAP-Message, Message-Authenticator; Microsoft's (RFC 2548).
    private static func isIndispensable(_ definition: AttributeDefinition) -> Bool {
        guard definition.path.count == 1 else { return false }
        switch definition.space {
        case .standard: return [1, 2, 3, 24, 33, 60, 79, 80].contains(definition.number)
        case .vendor(311): return [1, 2, 11, 12, 16, 17, 25, 26, 27].contains(definition.number)
        default: return false
        }
    }

    private static func patterns(
        _ text: String, rule: String, _ dictionary: AttributeDictionary
    ) throws(AttributeFilterError) -> [Pattern] {
        var patterns: [Pattern] = []
        for item in text.split(separator: ",") {
            let item = item.trimmingCharacters(in: .whitespaces)
            guard let comparison = Pattern.Comparison.allCases.first(where: { item.contains($0.rawValue) }) else {
                let isPrefix = item.hasSuffix("*")
                guard isPrefix || dictionary.attribute(named: item) != nil else {
                    throw AttributeFilterError(rule: rule, problem: "there is no attribute '\(item)'")
                }
                patterns.append(
                    Pattern(name: (isPrefix ? String(item.dropLast()) : item).lowercased(), isPrefix: isPrefix, comparison: nil))
                continue
            }
            let parts = item.components(separatedBy: comparison.rawValue)
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            let value = unquoted(parts.dropFirst().joined(separator: comparison.rawValue))
            guard let definition = dictionary.attribute(named: name) else {
                throw AttributeFilterError(rule: rule, problem: "there is no attribute '\(name)'")
            }
            if comparison == .matches {
                guard let expression = try? NSRegularExpression(pattern: value) else {
                    throw AttributeFilterError(rule: rule, problem: "'\(value)' is no regular expression")
                }
                patterns.append(
                    Pattern(name: name.lowercased(), isPrefix: false, comparison: (comparison, .text(value), expression)))
            } else {
                let parsed = try parse(value, definition, rule: rule)
                patterns.append(Pattern(name: name.lowercased(), isPrefix: false, comparison: (comparison, parsed.value, nil)))
            }
        }
        return patterns
    }

    private static func assignment(
        _ text: String, rule: String, _ dictionary: AttributeDictionary
    ) throws(AttributeFilterError) -> Attribute {
        guard let equal = text.firstIndex(of: "=") else { throw AttributeFilterError(rule: rule, problem: "lacks '= value'") }
        let name = text[..<equal].trimmingCharacters(in: .whitespaces)
        let parts = name.split(separator: ":")
        guard let definition = parts.first.flatMap({ dictionary.attribute(named: $0) }), definition.space != .internal else {
            throw AttributeFilterError(rule: rule, problem: "there is no attribute '\(name)'")
        }
        var attribute = try parse(unquoted(String(text[text.index(after: equal)...])), definition, rule: rule)
        if parts.count > 1 { attribute.tag = UInt8(parts[1]) }
        return attribute
    }

    private static func parse(
        _ value: String, _ definition: AttributeDefinition, rule: String
    ) throws(AttributeFilterError) -> Attribute {
        guard let attribute = try? Attribute.parse(value, for: definition) else {
            throw AttributeFilterError(rule: rule, problem: "this is no value of \(definition.name)")
        }
        return attribute
    }

    private static func unquoted(_ text: String) -> String {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else { return text }
        return String(text.dropFirst().dropLast())
    }
}

extension AttributeFilter.Pattern {
    func fits(_ attribute: Attribute) -> Bool {
        let name = attribute.definition.name.lowercased()
        guard isPrefix ? name.hasPrefix(self.name) : name == self.name else { return false }
        guard let (comparison, value, expression) = comparison else { return true }
        switch comparison {
        case .matches:
            let text = attribute.printedText
            return expression?.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        case .equal: return attribute.value == value
        case .notEqual: return attribute.value != value
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let left = attribute.value.order, let right = value.order else { return false }
            return switch comparison {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            default: left >= right
            }
        }
    }
}

extension Attribute {
    /// Text as it is, other values as they are printed.
    fileprivate var printedText: String {
        if case .bytes(let octets) = value { return String(decoding: octets, as: UTF8.self) }
        return printedValue
    }
}

extension AttributeValue {
    /// The value as a number, where it has an order.
    fileprivate var order: Double? {
        switch self {
        case .unsigned(let number): Double(number)
        case .signed(let number): Double(number)
        case .ipv4(let number): Double(number)
        case .floating(let number): number
        default: nil
        }
    }
}
