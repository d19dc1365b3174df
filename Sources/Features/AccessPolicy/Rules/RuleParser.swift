public import RADIUSDictionary
public import RADIUSPipeline
public import ServerKernel

/// Reads rules from YAML: `name`, `when` (conditions), `then` (actions), `early`.
///
/// Problems are collected with their lines, so that one run shows all of them; a rule with a problem is left out.
public struct RuleParser {
    let dictionary: AttributeDictionary
    /// What is wrong so far.
    public internal(set) var problems: [ConfigurationProblem] = []

    public init(dictionary: AttributeDictionary) {
        self.dictionary = dictionary
    }

    /// Reads the list of the configuration file.
    public mutating func rules(_ node: ConfigurationNode) -> [Rule] {
        guard case .list(let nodes) = node.content else {
            report(node.location, "'rules' must be a list of rules with 'name', 'when' and 'then'")
            return []
        }
        let rules = nodes.compactMap { rule($0, name: nil, organizationID: nil) }
        for (name, same) in Dictionary(grouping: rules, by: \.name) where same.count > 1 {
            report(same[1].location, "there are several rules '\(name)'")
        }
        return rules
    }

    /// Reads one rule.
    /// - Parameter name: of a rule whose name stands elsewhere; nil reads the key `name`.
    /// - Returns: nil when something is wrong with it.
    public mutating func rule(_ node: ConfigurationNode, name: String?, organizationID: String?) -> Rule? {
        let before = problems.count
        guard let entries = node.entries else {
            report(node.location, "a rule must hold 'when' and 'then'")
            return nil
        }
        var rule = Rule(name: name ?? "", location: node.location, organizationID: organizationID, actions: RuleActions())
        var hasActions = false
        var conditions: ConfigurationNode?
        for entry in entries {
            switch entry.key {
            case "name" where name == nil:
                if let text = text(entry) { rule.name = text }
            case "early":
                rule.isEarly = flag(entry)
            case "when":
                conditions = entry.value
            case "then":
                hasActions = true
                rule.actions = actions(entry.value)
            default:
                unknown(entry, among: ["name", "early", "when", "then"], in: "a rule")
            }
        }
        if rule.name.isEmpty { report(node.location, "a rule needs a 'name'") }
        if !hasActions { report(node.location, "a rule needs 'then', the actions") }
        if let conditions { rule.conditions = self.conditions(conditions) }
        if rule.isEarly, rule.conditions.contains(where: \.needsUser) {
            report(node.location, "an early rule is looked at before the user is looked up and cannot ask for groups or certificates")
        }
        return problems.count == before ? rule : nil
    }

    mutating func report(_ location: String, _ message: String) {
        problems.append(ConfigurationProblem(location: location, message: message))
    }

    mutating func unknown(_ entry: ConfigurationNode.Entry, among known: [String], in place: String) {
        let suggestion = ConfigurationReader.suggestion(for: entry.key, among: known)
        report(
            entry.location,
            "\(place) has no key '\(entry.key)'\(suggestion.isEmpty ? "; it may hold \(known.joined(separator: ", "))" : suggestion)")
    }

    /// One value that is not empty.
    mutating func text(_ entry: ConfigurationNode.Entry) -> String? {
        guard let text = entry.value.scalar, !text.isEmpty else {
            report(entry.location, "'\(entry.key)' must be a single value")
            return nil
        }
        return text
    }

    /// One value or a list of them, at least one.
    mutating func texts(_ entry: ConfigurationNode.Entry) -> [String] {
        guard let texts = entry.value.scalars, !texts.isEmpty else {
            report(entry.location, "'\(entry.key)' must be a value or a list of values")
            return []
        }
        return texts
    }

    mutating func flag(_ entry: ConfigurationNode.Entry) -> Bool {
        guard let flag = entry.value.scalar.flatMap(ConfigurationReader.flag) else {
            report(entry.location, "'\(entry.key)' must be yes or no")
            return false
        }
        return flag
    }
}
