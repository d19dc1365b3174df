import Accounts
import Database
import ServerKernel
import WebRouting

/// A rule with its place among those of the database, from 1 on. Stored positions may have gaps.
struct PlacedRule {
    let rule: StoredRule
    let place: Int
}

extension AuditLog {
    /// Writes down what was done to a rule.
    func rule(_ action: AuditAction, before: PlacedRule?, after: PlacedRule?) throws(DatabaseError) {
        guard let known = (after ?? before)?.rule else { return }
        try record(
            action,
            AuditObject(.rule, id: String(known.id), label: known.name, organizationIDs: known.organizationID.map { [$0] } ?? []),
            before: before?.auditValues, after: after?.auditValues)
    }
}

extension PlacedRule {
    fileprivate var auditValues: JSONValue {
        let members: [JSONValue.Member] = [
            .init("name", .string(rule.name)), .init("organization", .optional(rule.organizationID)),
            .init("place", .integer(Int64(place))),
        ]
        // A text that is no YAML is not shown: where secrets stand in it is not known.
        guard let definition = try? ConfigurationNode(yaml: rule.definition, file: rule.name), definition.entries != nil,
            case .object(let parts) = definition.auditValue(of: "")
        else { return .object(members) }
        return .object(members + parts)
    }
}

extension ConfigurationNode {
    /// The part without values of secret attributes.
    /// - Parameter key: under which it stands.
    fileprivate func auditValue(of key: String) -> JSONValue {
        switch content {
        case .empty: .null
        case .scalar(let text): .string(key == "attribute" ? Self.comparison(text) : AuditedAttribute.shown(text, of: key))
        case .list(let nodes): .array(nodes.map { $0.auditValue(of: key) })
        case .mapping(let entries): .object(entries.map { .init($0.key, $0.value.auditValue(of: $0.key)) })
        }
    }

    /// `Attribute op value`.
    private static func comparison(_ text: String) -> String {
        let name = text.prefix { $0.isLetter || $0.isNumber || "-_.:/".contains($0) }
        return AuditedAttribute.isSecret(name) ? "\(name) ***" : AuditedAttribute.shown(text, of: "")
    }
}
