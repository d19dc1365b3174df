import Accounts
public import Database

/// Changes of rules with their audit, each in a transaction.
public struct RuleChanges {
    private let connection: any DatabaseConnection
    private let rules: RuleStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        rules = RuleStore(connection)
    }

    /// Adds a rule. The definition must have been read by a ``RuleParser``.
    /// - Parameter other: the rule that it shall stand in front of; nil for behind all.
    /// - Throws: ``RuleError`` or the database's error; nothing is written then.
    public func add(name: String, definition: String, organizationID: String?, before other: String? = nil) throws {
        try connection.unitOfWork {
            try rules.add(name: name, definition: definition, organizationID: organizationID)
            if let other { try rules.move(name, before: other) }
            try AuditLog(connection).rule(.added, before: nil, after: placed(name))
        }
    }

    /// Removes a rule.
    /// - Throws: ``RuleError/unknown(_:)`` or the database's error; nothing is written then.
    public func remove(_ name: String) throws {
        try connection.unitOfWork {
            let before = try placed(name)
            try rules.remove(name)
            try AuditLog(connection).rule(.removed, before: before, after: nil)
        }
    }

    /// Puts a rule in front of another one, or behind all.
    /// - Parameter other: nil for the end.
    /// - Throws: ``RuleError/unknown(_:)`` or the database's error; nothing is written then.
    public func move(_ name: String, before other: String?) throws {
        try connection.unitOfWork {
            let before = try placed(name)
            try rules.move(name, before: other)
            try AuditLog(connection).rule(.changed, before: before, after: placed(name))
        }
    }

    private func placed(_ name: String) throws(DatabaseError) -> PlacedRule? {
        let all = try rules.all()
        return all.firstIndex { $0.name == name }.map { PlacedRule(rule: all[$0], place: $0 + 1) }
    }
}
