/// One line of the operator's table: when all conditions hold, do this.
public struct Rule: Sendable {
    public var name: String
    /// Where it stands, for traces and errors: `Config/radian.yaml:12` or `radian_rule 3`.
    public var location: String
    /// Owner; nil is looked at for every request.
    public var organizationID: String?
    /// True for a rule that is looked at before the user is looked up.
    public var isEarly: Bool
    /// All must hold; none holds always.
    public var conditions: [RuleCondition]
    public var actions: RuleActions

    public init(
        name: String, location: String, organizationID: String? = nil, isEarly: Bool = false, conditions: [RuleCondition] = [],
        actions: RuleActions
    ) {
        self.name = name
        self.location = location
        self.organizationID = organizationID
        self.isEarly = isEarly
        self.conditions = conditions
        self.actions = actions
    }
}

/// The rules at one moment, in their order. Immutable: a change makes a new table.
public struct RuleTable: Sendable {
    let early: [Rule]
    let others: [Rule]

    public init(_ rules: [Rule]) {
        early = rules.filter(\.isEarly)
        others = rules.filter { !$0.isEarly }
    }

    /// Number of rules.
    public var count: Int { early.count + others.count }
}

/// Hands out the present rules.
public protocol RuleDirectory: Sendable {
    /// Cheap: a request takes it once.
    var rules: RuleTable { get }
}
