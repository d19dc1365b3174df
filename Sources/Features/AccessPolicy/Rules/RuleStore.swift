public import Database
import Foundation

/// A row of `radian_rule`.
public struct StoredRule: Sendable, Equatable, Codable {
    public var id: Int64
    /// Unique.
    public var name: String
    /// Rules are looked at from the lowest to the highest.
    public var position: Int64
    /// Slug of the organization it belongs to; nil when it is looked at for every request.
    public var organization: String?
    /// Id of that organization.
    public var organizationID: String?
    /// `when`, `then` and `early` in YAML.
    public var definition: String

    public init(
        id: Int64, name: String, position: Int64, organization: String? = nil, organizationID: String? = nil, definition: String
    ) {
        self.id = id
        self.name = name
        self.position = position
        self.organization = organization
        self.organizationID = organizationID
        self.definition = definition
    }
}

/// Why an operation on rules was refused.
public enum RuleError: Error, Equatable, CustomStringConvertible {
    case exists(String)
    case unknown(String)
    case invalidName

    public var description: String {
        switch self {
        case .exists(let name): "there is a rule '\(name)' already"
        case .unknown(let name): "there is no rule '\(name)' in the database; 'radian rule list' shows them"
        case .invalidName: "a rule's name has 1 to 200 characters without line breaks"
        }
    }
}

/// SQL about `radian_rule`, over one connection; ``RuleChanges`` writes with it.
public struct RuleStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let everything = Statement(
        """
        SELECT r.id, r.name, r.position, o.slug, r.organization_id, r.definition
        FROM radian_rule r LEFT JOIN radian_organization o ON o.id = r.organization_id ORDER BY r.position, r.id
        """)
    private static let count = Statement("SELECT count(*) FROM radian_rule WHERE name = $1")
    private static let insert = Statement(
        """
        INSERT INTO radian_rule (name, position, organization_id, definition, created)
        SELECT $1, COALESCE(max(position), 0) + 1, $2, $3, $4 FROM radian_rule
        """)
    private static let remove = Statement("DELETE FROM radian_rule WHERE name = $1")
    private static let place = Statement("UPDATE radian_rule SET position = $2 WHERE id = $1")

    /// All rules in their order.
    public func all() throws(DatabaseError) -> [StoredRule] {
        var rules: [StoredRule] = []
        try connection.query(Self.everything, []) { row in
            rules.append(
                StoredRule(
                    id: row.integer(0), name: row.text(1), position: row.integer(2), organization: row.textOrNil(3),
                    organizationID: row.textOrNil(4), definition: row.text(5)))
        }
        return rules
    }

    /// Adds a rule behind all others. The definition must have been read by a ``RuleParser``.
    /// - Throws: ``RuleError`` or the database's error.
    func add(name: String, definition: String, organizationID: String?) throws {
        guard (1...200).contains(name.utf8.count), !name.utf8.contains(where: { $0 < 0x20 }) else { throw RuleError.invalidName }
        var known: Int64 = 0
        try connection.query(Self.count, [.text(name)]) { known = $0.integer(0) }
        guard known == 0 else { throw RuleError.exists(name) }
        try connection.execute(
            Self.insert,
            [.text(name), .optional(organizationID), .text(definition), .integer(Int64(Date().timeIntervalSince1970 * 1_000_000))])
    }

    /// Removes a rule.
    /// - Throws: ``RuleError/unknown(_:)`` when there is none.
    func remove(_ name: String) throws {
        guard try connection.execute(Self.remove, [.text(name)]) > 0 else { throw RuleError.unknown(name) }
    }

    /// Puts a rule in front of another one, or behind all, in the caller's transaction.
    /// - Parameter other: nil for the end.
    /// - Throws: ``RuleError/unknown(_:)`` or the database's error.
    func move(_ name: String, before other: String?) throws {
        var rules = try all()
        guard let index = rules.firstIndex(where: { $0.name == name }) else { throw RuleError.unknown(name) }
        let rule = rules.remove(at: index)
        if let other {
            guard other != name else { return }
            guard let place = rules.firstIndex(where: { $0.name == other }) else { throw RuleError.unknown(other) }
            rules.insert(rule, at: place)
        } else {
            rules.append(rule)
        }
        for (index, rule) in rules.enumerated() {
            try connection.execute(Self.place, [.integer(rule.id), .integer(Int64(index + 1))])
        }
    }
}
