import Accounts
public import Database
public import RADIUSDictionary
import RADIUSWire

/// Groups and their check and reply items, with the rules an operator's change must meet.
public struct GroupService {
    /// A group as lists show it.
    public struct Entry: Sendable, Equatable, Codable {
        public var name: String
        /// Slug of the organization whose group it is; nil for a group of all.
        public var organization: String?
        /// Whether new members of the organization get it.
        public var isDefault: Bool
        public var check: [PolicyItem]
        public var reply: [PolicyItem]
    }

    /// Why an item was refused.
    public enum ItemError: Error, Equatable, CustomStringConvertible {
        case unknownAttribute(String)
        case invalidOperator(String, list: PolicyItemStore.List)
        case invalidValue(attribute: String, reason: String)
        case internalReply(String)

        public var description: String {
            switch self {
            case .unknownAttribute(let name): "the dictionary has no attribute '\(name)'; 'radian dictionary find \(name)' searches it"
            case .invalidOperator(let op, let list):
                "'\(op)' is not an operator of \(list.rawValue) items; use one of \(GroupService.operators(list).joined(separator: " "))"
            case .invalidValue(let attribute, let reason): "the value does not fit \(attribute): \(reason)"
            case .internalReply(let name): "'\(name)' is internal and cannot be sent; did you mean a check item?"
            }
        }
    }

    private let connection: any DatabaseConnection
    private let items: PolicyItemStore
    private let dictionary: AttributeDictionary

    /// - Parameter dictionary: what items are checked against.
    public init(_ connection: any DatabaseConnection, dictionary: AttributeDictionary) {
        self.connection = connection
        self.dictionary = dictionary
        items = PolicyItemStore(connection)
    }

    /// Operators of rlm_sql by list.
    public static func operators(_ list: PolicyItemStore.List) -> [String] {
        switch list {
        case .check: [":=", "=", "==", "+=", "!=", ">", ">=", "<", "<=", "=~", "!~", "=*", "!*"]
        case .reply: ["=", ":=", "+=", "^=", "-=", "==", "!*", "<=", ">="]
        }
    }

    /// Adds a group.
    /// - Parameters:
    ///   - organizationSlug: whose group it is: its name gets the slug before it; nil for a group of all organizations.
    ///   - isDefault: whether new members of the organization get it, instead of the group that they got before.
    /// - Returns: the name that it got.
    /// - Throws: ``ProvisioningError/groupExists(_:)``, ``ProvisioningError/invalidGroupName(_:)`` or
    ///   ``Accounts/AccountsError/organizationUnknown(slug:)``.
    @discardableResult
    public func add(_ name: String, description: String = "", organizationSlug: String? = nil, isDefault: Bool = false) throws -> String {
        try connection.unitOfWork {
            var group = RADIUSGroup(name: name, description: description, isDefault: isDefault)
            if let slug = organizationSlug {
                guard let organization = try OrganizationStore(connection).organization(slug: slug) else {
                    throw AccountsError.organizationUnknown(slug: slug)
                }
                group.organizationID = organization.id
                group.name = RADIUSGroup.name(name, inOrganization: slug)
            }
            try GroupRules(connection).add(group)
            try AuditLog(connection).group(.added, before: nil, after: group)
            return group.name
        }
    }

    /// Makes a group the one that new members of its organization get.
    /// - Throws: ``ProvisioningError/groupUnknown(_:)``, also for a group without organization.
    public func makeDefault(_ name: String) throws {
        try connection.unitOfWork {
            guard let group = try RADIUSGroupStore(connection).group(named: name), group.organizationID != nil else {
                throw ProvisioningError.groupUnknown(name)
            }
            var changed = group
            changed.isDefault = true
            try GroupRules(connection).change(group, to: changed)
            try AuditLog(connection).group(.changed, before: group, after: changed)
        }
    }

    /// Removes a group with its items and memberships.
    /// - Throws: ``ProvisioningError/groupUnknown(_:)`` or ``ProvisioningError/defaultGroup(_:)``.
    public func remove(_ name: String) throws {
        try requireGroup(name)
        try connection.unitOfWork {
            let group = try RADIUSGroupStore(connection).group(named: name) ?? RADIUSGroup(id: "", name: name, created: 0)
            try GroupRules(connection).remove(name)
            try AuditLog(connection).group(.removed, before: group, after: nil)
        }
    }

    /// Stores one item of a group; with an operator other than `+=` it replaces those of the same attribute.
    /// - Throws: ``ItemError`` or ``ProvisioningError/groupUnknown(_:)``.
    public func set(_ item: PolicyItem, in list: PolicyItemStore.List, of group: String) throws {
        try requireGroup(group)
        let item = try checked(item, in: list)
        try connection.transaction { () throws(DatabaseError) in
            let before = try items.groupItems(list)[group] ?? []
            try items.setGroupItem(item, in: list, group: group)
            try ChangeOutbox(connection).append(AccountChange(.groupChanged, group))
            try AuditLog(connection).items(
                of: group, list, before: before, after: items.groupItems(list)[group] ?? [], over: connection)
        }
    }

    /// Removes a group's items of one attribute.
    /// - Returns: how many there were.
    public func unset(_ attribute: String, in list: PolicyItemStore.List, of group: String) throws -> Int {
        try requireGroup(group)
        return try connection.transaction { () throws(DatabaseError) in
            let before = try items.groupItems(list)[group] ?? []
            let removed = try items.removeGroupItems(spelt(attribute) ?? attribute, in: list, group: group)
            if removed > 0 { try ChangeOutbox(connection).append(AccountChange(.groupChanged, group)) }
            try AuditLog(connection).items(
                of: group, list, before: before, after: items.groupItems(list)[group] ?? [], over: connection)
            return removed
        }
    }

    /// All groups by name.
    public func all() throws -> [Entry] {
        let check = try items.groupItems(.check)
        let reply = try items.groupItems(.reply)
        let known = Dictionary(try RADIUSGroupStore(connection).all().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let organizations = try OrganizationStore(connection).all()
        return try items.groupNames().map { name in
            Entry(
                name: name, organization: organizations.first { $0.id == known[name]?.organizationID }?.slug,
                isDefault: known[name]?.isDefault ?? false, check: check[name] ?? [], reply: reply[name] ?? [])
        }
    }

    private func requireGroup(_ name: String) throws {
        guard try RADIUSGroupStore(connection).isTaken(name) else { throw ProvisioningError.groupUnknown(name) }
    }

    /// The name as the dictionary spells it, with its tag, so that rows of one attribute are known for such; nil when it is unknown.
    private func spelt(_ attribute: String) -> String? {
        let parts = attribute.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let definition = dictionary.attribute(named: name) else { return nil }
        return definition.name + attribute.dropFirst(name.count)
    }

    /// - Returns: the item with its attribute's proper name.
    private func checked(_ item: PolicyItem, in list: PolicyItemStore.List) throws -> PolicyItem {
        guard Self.operators(list).contains(item.op) else { throw ItemError.invalidOperator(item.op, list: list) }
        let parts = item.attribute.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let definition = dictionary.attribute(named: name), let spelt = spelt(item.attribute) else {
            throw ItemError.unknownAttribute(item.attribute)
        }
        var tag: UInt8?
        if parts.count > 1 {
            tag = UInt8(parts[1]).flatMap { $0 < 32 && definition.flags.hasTag ? $0 : nil }
            guard tag != nil else { throw ItemError.invalidValue(attribute: definition.name, reason: "'\(parts[1])' is no tag of it") }
        }
        let item = PolicyItem(attribute: spelt, op: item.op, value: item.value)
        if list == .reply, definition.space == .internal, !["Fall-Through", "Radian-Plan"].contains(definition.name) {
            throw ItemError.internalReply(definition.name)
        }
        // Patterns and presence tests are not values of the attribute's type.
        if ["=~", "!~", "=*", "!*"].contains(item.op) { return item }
        do {
            _ = try Attribute.parse(item.value, for: definition, tag: tag)
            return item
        } catch {
            throw ItemError.invalidValue(attribute: definition.name, reason: "\(error)")
        }
    }
}
