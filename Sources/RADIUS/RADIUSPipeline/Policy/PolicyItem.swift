public import RADIUSWire
import RADIUSDictionary
import Digests

/// Identity of a policy row.
public struct RowID: Hashable, Sendable, CustomStringConvertible {
    public var table: PolicyRow.Table
    public var id: Int64

    public var description: String { "\(table.rawValue) \(id)" }
}

/// An attribute of the control or reply list and the row it came from.
public struct PolicyAttribute: Sendable, Equatable {
    public var attribute: Attribute
    /// Nil when a stage added it.
    public var source: RowID?

    public init(attribute: Attribute, source: RowID?) {
        self.attribute = attribute
        self.source = source
    }
}

/// A policy row with its attribute, operator and value understood.
final class PolicyItem: Sendable {
    enum Value: Sendable {
        case attribute(Attribute)
        /// A regular expression, or the operand of an operator that needs none.
        case text(String)
        /// A known-good password.
        case password(KnownPassword)
    }

    let definition: AttributeDefinition?
    let tag: UInt8?
    let op: PolicyOperator
    let value: Value
    let source: RowID

    /// Understands one row.
    /// - Parameter expand: replaces the `%{...}` of a value in back-ticks.
    init(_ row: PolicyRow, dictionary: AttributeDictionary, expand: (Substring) -> String?) throws(RowProblem) {
        source = RowID(table: row.table, id: row.id)
        // FreeRADIUS reads an empty operator so, in every table.
        guard let op = row.op.isEmpty ? .equal : PolicyOperator(rawValue: row.op) else {
            throw RowProblem(text: "unknown operator \(row.op)")
        }
        self.op = op
        let isReply = row.table.isReply
        if isReply, !op.isMerge { throw RowProblem(text: "operator \(op.rawValue) has no meaning in a reply") }

        var name = Substring(row.attribute)
        var tag: UInt8?
        if let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")), let number = UInt8(name[name.utf8.index(after: colon)...]), number <= 31
        {
            tag = number
            name = name[..<colon]
        }
        self.tag = tag
        var text = try Self.literal(row.value, expand: expand)

        if !isReply, let stored = try Self.password(name, op: op, text: TextEscapes.unescape(text)) {
            definition = nil
            value = .password(KnownPassword(row: row, stored: stored, text: text))
            return
        }
        guard let definition = dictionary.attribute(named: name) else { throw RowProblem(text: "unknown attribute \(name)") }
        self.definition = definition
        if definition.type == .text || op == .matches || op == .matchesNot { text = TextEscapes.unescape(text) }
        switch op {
        case .matches, .matchesNot, .isPresent, .isAbsent:
            value = .text(text)
        default:
            do {
                value = .attribute(try Attribute.parse(text, for: definition, tag: tag))
            } catch {
                // Auth-Type takes the names of the methods, which dictionaries need not list; the stage judges them.
                guard definition.name == "Auth-Type" else { throw RowProblem(text: "value does not fit \(definition.name)") }
                value = .attribute(Attribute(definition, value: .text(text)))
            }
        }
    }

    /// Takes the quotes off; `expand` fills back-ticks.
    private static func literal(_ value: String, expand: (Substring) -> String?) throws(RowProblem) -> String {
        guard value.utf8.count >= 2, let first = value.utf8.first, first == value.utf8.last else { return value }
        let inner = value.dropFirst().dropLast()
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return String(inner)
        case UInt8(ascii: "`"):
            guard let expanded = expand(inner) else { throw RowProblem(text: "unsupported expansion") }
            return expanded
        default: return value
        }
    }

    /// A known-good password when the row assigns one.
    ///
    /// `User-Password` and `Password` are what FreeRADIUS 1 compared directly; they act like Cleartext-Password here.
    /// Comparing a known-good password with the request never matches, because no request carries one.
    private static func password(_ name: Substring, op: PolicyOperator, text: String) throws(RowProblem) -> StoredPassword? {
        let isLegacy = name.utf8.count <= 13 && ["user-password", "password"].contains(name.lowercased())
        if isLegacy, op == .equal || op == .set || op == .setIfAbsent { return .cleartext(Array(text.utf8)) }
        // Crypt-Password is never compared with the request, so that `=` assigns it.
        let isAssigned = op == .set || op == .append || op == .setIfAbsent && name.lowercased() == "crypt-password"
        guard isAssigned, StoredPassword.isPasswordAttribute(String(name)) else { return nil }
        guard let stored = StoredPassword(attribute: String(name), value: text) else {
            throw RowProblem(text: "value does not fit \(name)")
        }
        return stored
    }
}

/// Why a row cannot be used. The text never contains the row's value, which may be a password.
struct RowProblem: Error, Equatable {
    var text: String
}
