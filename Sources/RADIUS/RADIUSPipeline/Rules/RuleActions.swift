public import RADIUSDictionary
import RADIUSWire

/// What a matching rule does, in this order: reply and control attributes, session time, verdict.
public struct RuleActions: Sendable {
    /// Ends the walk with a decision.
    public enum Verdict: Sendable, Equatable {
        /// Access-Reject; the text becomes Reply-Message unless it is empty.
        case reject(message: String)
        /// Lets the user in whatever the password is.
        case acceptWithoutPassword
    }

    /// A list of the request that rules change.
    public enum List: Sendable {
        case reply, control
    }

    private var rows: [PolicyRow] = []
    /// Understood rows, in the same order; nil for values in back-ticks, which differ from request to request.
    private var items: [PolicyItem?] = []
    /// Session-Timeout becomes no longer than this.
    public var sessionSeconds: UInt32?
    public var verdict: Verdict?
    /// Whether later rules are looked at too.
    public var continues = false

    public init() {}

    /// Adds a change of an attribute.
    /// - Parameters:
    ///   - attribute: name, with an optional tag.
    ///   - op: `:=` replaces the first instance, `+=` adds, `!*` removes all instances, and the others that replies know.
    ///   - value: as in radreply; back-ticks expand `%{...}`.
    /// - Throws: ``RuleProblem`` about the attribute, the operator or the value.
    public mutating func append(
        _ attribute: String, _ op: PolicyOperator, _ value: String, to list: List, dictionary: AttributeDictionary
    ) throws(RuleProblem) {
        let row = PolicyRow(
            table: list == .reply ? .ruleReply : .ruleCheck, id: 0, attribute: attribute, op: op.rawValue, value: value)
        let isExpanded = value.utf8.count > 1 && value.hasPrefix("`") && value.hasSuffix("`")
        // The name is checked now, the value when it is known.
        let probe = isExpanded ? PolicyRow(table: row.table, id: 0, attribute: attribute, op: "!*", value: "") : row
        let item: PolicyItem
        do {
            item = try PolicyItem(probe, dictionary: dictionary) { _ in nil }
        } catch {
            throw RuleProblem(error.text)
        }
        if list == .reply, let definition = item.definition, definition.space == .internal || definition.flags.isInternal {
            throw RuleProblem("'\(definition.name)' is internal and cannot be sent; set it under 'control'")
        }
        rows.append(row)
        items.append(isExpanded ? nil : item)
    }

    /// Changes the lists.
    /// - Throws: when an expanded value does not fit its attribute; nothing is changed then.
    func apply(to context: inout RequestContext) throws(RowProblem) {
        var reply: [AttributeMerge.Edit] = []
        var control: [AttributeMerge.Edit] = []
        var passwords: [(KnownPassword, PolicyOperator)] = []
        for (row, known) in zip(rows, items) {
            let item: PolicyItem
            if let known {
                item = known
            } else {
                item = try PolicyItem(row, dictionary: context.dictionary) { PolicyExpansion.expand($0, in: &context) }
            }
            switch item.value {
            case .password(let password):
                passwords.append((password, item.op))
            case .attribute(let attribute):
                let edit = AttributeMerge.Edit(attribute: attribute, op: item.op, source: nil)
                if row.table.isReply { reply.append(edit) } else { control.append(edit) }
            case .text:
                guard let definition = item.definition else { continue }
                let edit = AttributeMerge.Edit(attribute: Attribute(definition, value: .raw([])), op: item.op, source: nil)
                if row.table.isReply { reply.append(edit) } else { control.append(edit) }
            }
        }
        if !reply.isEmpty { AttributeMerge.merge(reply, into: &context.reply) }
        if !control.isEmpty { AttributeMerge.merge(control, into: &context.control) }
        if !passwords.isEmpty { KnownPassword.merge(passwords, into: &context.passwords) }
        if let sessionSeconds { context.limitSession(to: sessionSeconds) }
    }
}
