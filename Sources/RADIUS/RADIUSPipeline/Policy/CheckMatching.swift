import RADIUSDictionary
import RADIUSWire

/// Decides whether check rows match a request (rlm_sql's comparison).
enum CheckMatching {
    /// Attributes that configure the server and are never compared.
    private static let neverCompared: Set<String> = [
        "Crypt-Password", "Auth-Type", "Autz-Type", "Acct-Type", "Session-Type", "Strip-User-Name",
    ]

    /// The first row that does not match; nil when all do.
    static func mismatch(_ items: [PolicyItem], groups: [GroupPolicy], in context: inout RequestContext) throws(RowProblem) -> RowID? {
        for item in items where try !matches(item, groups: groups.map(\.name), in: &context) { return item.source }
        return nil
    }

    static func matches(
        _ item: PolicyItem, groups: @autoclosure () -> [String], in context: inout RequestContext
    ) throws(RowProblem) -> Bool {
        guard !item.op.isAssignment, let definition = item.definition, !neverCompared.contains(definition.name) else { return true }
        if definition.name == "SQL-Group" { return try matchesGroup(item, groups: groups(), in: &context) }
        if definition.name == "LDAP-Group" {
            return try matchesGroup(item, groups: context.external.flatMap(\.groups), ignoresCase: true, in: &context)
        }
        if case .attribute(let operand) = item.value,
            let order = try VirtualAttribute.timeOrder(definition, operand: operand.value, of: context)
        {
            return ItemComparison.holds(item.op, order: order)
        }
        var instances = context.attributes().filter { attribute in
            guard attribute.definition == definition, item.tag == nil || attribute.tag == item.tag else { return false }
            if case .raw = attribute.value { return false }
            return true
        }
        if instances.isEmpty, let value = VirtualAttribute.value(definition, of: context) {
            instances = [Attribute(definition, value: value)]
        }
        if instances.isEmpty { return item.op == .isAbsent }

        switch (item.op, item.value) {
        case (.isAbsent, _): return false
        case (.isPresent, _): return true
        case (.matches, .text(let pattern)), (.matchesNot, .text(let pattern)):
            for instance in instances where try matches(pattern, instance.printedValue, item.op, in: &context) { return true }
            return false
        case (_, .attribute(let operand)):
            return instances.contains { ItemComparison.holds(item.op, $0.value, operand.value) }
        default:
            return false
        }
    }

    /// `==` holds for a member, `!=` for anybody else.
    ///
    /// - Parameter ignoresCase: for the names of directories (RFC 4517 §4.2.11).
    private static func matchesGroup(
        _ item: PolicyItem, groups: [String], ignoresCase: Bool = false, in context: inout RequestContext
    ) throws(RowProblem) -> Bool {
        switch (item.op, item.value) {
        case (.isPresent, _): return !groups.isEmpty
        case (.isAbsent, _): return groups.isEmpty
        case (.matches, .text(let pattern)), (.matchesNot, .text(let pattern)):
            for group in groups where try matches(pattern, group, item.op, in: &context) { return true }
            return false
        case (_, .attribute(let operand)):
            guard case .bytes(let octets) = operand.value else { return false }
            let wanted = String(decoding: octets, as: UTF8.self)
            let isMember = groups.contains {
                ignoresCase ? $0.lowercased() == wanted.lowercased() : $0.utf8.elementsEqual(wanted.utf8)
            }
            return item.op == .notEqual ? !isMember : isMember
        default:
            return false
        }
    }

    private static func matches(
        _ pattern: String, _ text: String, _ op: PolicyOperator, in context: inout RequestContext
    ) throws(RowProblem) -> Bool {
        let groups: [String]?
        do {
            groups = try context.environment.patterns.match(pattern, in: text)
        } catch {
            throw RowProblem(text: "not a regular expression")
        }
        if op == .matchesNot { return groups == nil }
        guard let groups else { return false }
        context.captures = groups
        return true
    }
}
