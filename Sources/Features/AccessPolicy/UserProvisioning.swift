public import Accounts
public import Database
import Foundation
import WebRouting

/// Why provisioning was refused, beside ``Accounts/AccountsError``.
public enum ProvisioningError: Error, Equatable, CustomStringConvertible {
    case groupExists(String)
    case groupUnknown(String)
    case invalidGroupName(String)
    case emptyPassword
    case userHasRows(String)
    case noAccount(String)
    case alreadyMember(user: String, group: String)
    case notMember(user: String, group: String)
    /// Removing a default group.
    case defaultGroup(String)
    /// Making a default group an ordinary one, with no other in its place.
    case defaultGroupNeeded(String)

    public var description: String {
        switch self {
        case .groupExists(let name): "a group '\(name)' exists already"
        case .groupUnknown(let name): "there is no group '\(name)'; add it with 'radian group add \(name)'"
        case .invalidGroupName(let name): "'\(name)' cannot be a group name: use 1 to 253 bytes without control characters"
        case .emptyPassword: "the password is empty"
        case .userHasRows(let name):
            "radcheck already has rows for '\(name)'; use 'radian user password \(name)' to change the password"
        case .noAccount(let name): "'\(name)' is a user of FreeRADIUS's tables only, which know no inactive users; remove it instead"
        case .alreadyMember(let user, let group): "'\(user)' is in the group '\(group)' already"
        case .notMember(let user, let group): "'\(user)' is not in the group '\(group)'"
        case .defaultGroup(let name):
            "'\(name)' is its organization's default group; make another one the default first, with 'radian group default NAME'"
        case .defaultGroupNeeded(let name):
            "'\(name)' is its organization's default group until another one is, by 'radian group default NAME'"
        }
    }
}

/// Users as an operator sees them: the account, the credential in `radcheck` and the groups in `radusergroup`, kept together.
public struct UserProvisioning {
    /// A user of `radian_user`, of FreeRADIUS's tables, or of both.
    public struct Entry: Sendable, Equatable, Codable {
        public var username: String
        /// Nil for a user that only FreeRADIUS's tables have.
        public var account: User?
        /// Group names by priority.
        public var groups: [String]
        /// Names of the password attributes in `radcheck`, never their values.
        public var credentials: [String]
    }

    let connection: any DatabaseConnection
    let users: UserStore
    private let organizations: OrganizationStore
    let items: PolicyItemStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        users = UserStore(connection)
        organizations = OrganizationStore(connection)
        items = PolicyItemStore(connection)
    }

    private static let hasRows = Statement("SELECT count(*) FROM radcheck WHERE username = $1")
    private static let owner = Statement("SELECT organization_id FROM radcheck WHERE username = $1 ORDER BY id LIMIT 1")

    /// Adds a user in a transaction of its own.
    /// - Parameters:
    ///   - credential: the check item that holds the password, usually ``cleartext(_:)``.
    ///   - group: an existing group, or nil.
    ///   - organizationSlug: an existing organization, or nil for a user of all.
    /// - Throws: ``Accounts/AccountsError``, ``ProvisioningError`` or the database's error; nothing is written then.
    public func add(_ user: User, credential: PolicyItem, group: String? = nil, organizationSlug: String? = nil) throws {
        guard !credential.value.isEmpty else { throw ProvisioningError.emptyPassword }
        let organization = try organizationSlug.map { try self.organization(slug: $0) }
        if let group, try !items.groupNames().contains(group) { throw ProvisioningError.groupUnknown(group) }
        try connection.unitOfWork {
            try write(user, credential: credential, group: group, organization: organization)
            try AuditLog(connection).record(.added, before: nil, after: UserSnapshot(user.id, over: connection))
        }
    }

    /// Adds a user inside the caller's transaction; group and organization are known to exist.
    func write(_ user: User, credential: PolicyItem, group: String?, organization: Organization?) throws {
        let rows = try connection.first(Self.hasRows, [.text(user.username)]) { row throws(DatabaseError) in row.integer(0) }
        guard rows == 0 else { throw ProvisioningError.userHasRows(user.username) }
        try users.add(user)
        if let organization { try users.join(user, organization: organization) }
        // Operators know whose addresses these are.
        if let email = user.email { try EmailAddressStore(connection).add(user.id, email, isVerified: true, isPrimary: true) }
        // An account has one credential in all its organizations; its memberships say where it may be used.
        try PasswordStore(connection).set(
            username: user.username, credential: PolicyCredential(attribute: credential.attribute, value: credential.value),
            at: Int64(Date().timeIntervalSince1970 * 1_000_000))
        if let group { try items.addMembership(user: user.username, group: group, priority: 1, organizationID: organization?.id) }
        if let organization { try DefaultGroups.assign(userID: user.id, organizationID: organization.id, over: connection) }
    }

    /// Replaces every known-good password of a user by one.
    ///
    /// Whoever is logged in with the account's old one has to log in again.
    /// - Throws: ``Accounts/AccountsError/userUnknown(username:)`` when no table has the user.
    public func setPassword(_ username: String, to credential: PolicyItem) throws {
        guard !credential.value.isEmpty else { throw ProvisioningError.emptyPassword }
        guard let entry = try entry(username) else { throw AccountsError.userUnknown(username: username) }
        let owner = try connection.first(Self.owner, [.text(username)]) { row throws(DatabaseError) in row.textOrNil(0) } ?? nil
        try connection.unitOfWork {
            for attribute in Set(entry.credentials) { try items.removeChecks(user: username, attribute: attribute) }
            guard let account = entry.account else { return try items.addCheck(credential, user: username, organizationID: owner) }
            try PasswordStore(connection).set(
                username: username, credential: PolicyCredential(attribute: credential.attribute, value: credential.value),
                at: Int64(Date().timeIntervalSince1970 * 1_000_000))
            try LoginStore(connection).endAll(of: account.id)
            if let known = try UserSnapshot(account.id, over: connection) { try AuditLog(connection).record(.passwordSet, of: known) }
        }
    }

    /// Removes the account and all rows of FreeRADIUS's policy tables; accounting stays.
    /// - Throws: ``Accounts/AccountsError/userUnknown(username:)`` when no table has the user.
    public func remove(_ username: String) throws {
        try connection.unitOfWork {
            let snapshot = try users.user(named: username).flatMap { try UserSnapshot($0.id, over: connection) }
            let account = try users.remove(username: username)
            let rows = try items.removeUser(username)
            if !account && rows == 0 { throw AccountsError.userUnknown(username: username) }
            if let snapshot {
                try AuditLog(connection).record(.removed, before: snapshot, after: nil)
            } else {
                try AuditLog(connection).record(.removed, AuditObject(.user, id: "", label: username))
            }
            try ChangeOutbox(connection).append(AccountChange(.userDisabled, username))
        }
    }

    /// Lets an account in again, or refuses it; sessions of a refused one end by the rules of dynamic authorization.
    /// - Throws: ``ProvisioningError/noAccount(_:)`` for a user that only FreeRADIUS's tables have.
    public func setActive(_ isActive: Bool, _ username: String) throws {
        guard let entry = try entry(username) else { throw AccountsError.userUnknown(username: username) }
        guard let account = entry.account else { throw ProvisioningError.noAccount(username) }
        try connection.unitOfWork {
            let before = try UserSnapshot(account.id, over: connection)
            _ = try users.setActive(isActive, username: username)
            if !isActive { try ChangeOutbox(connection).append(AccountChange(.userDisabled, username)) }
            try AuditLog(connection).record(.changed, before: before, after: UserSnapshot(account.id, over: connection))
        }
    }

    /// Puts a user into an existing group.
    /// - Parameters:
    ///   - priority: lower ones come first.
    ///   - organizationSlug: where the membership counts; nil for everywhere.
    public func join(_ username: String, group: String, priority: Int = 1, organizationSlug: String? = nil) throws {
        let organization = try organizationSlug.map { try self.organization(slug: $0) }
        guard let entry = try entry(username) else { throw AccountsError.userUnknown(username: username) }
        guard try items.groupNames().contains(group) else { throw ProvisioningError.groupUnknown(group) }
        guard !entry.groups.contains(group) else { throw ProvisioningError.alreadyMember(user: username, group: group) }
        try connection.unitOfWork {
            try items.addMembership(user: username, group: group, priority: priority, organizationID: organization?.id)
            try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, username))
            try AuditLog(connection).groupMembership(
                of: username, group, organizationID: try organizationID(of: group) ?? organization?.id, before: nil,
                after: ["group": .string(group), "priority": .integer(Int64(priority))], over: connection)
        }
    }

    /// Takes a user out of a group.
    public func leave(_ username: String, group: String) throws {
        try connection.unitOfWork {
            guard try items.removeMembership(user: username, group: group) > 0 else {
                throw ProvisioningError.notMember(user: username, group: group)
            }
            try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, username))
            try AuditLog(connection).groupMembership(
                of: username, group, organizationID: try organizationID(of: group), before: ["group": .string(group)], after: nil,
                over: connection)
        }
    }

    private func organizationID(of group: String) throws(DatabaseError) -> String? {
        try RADIUSGroupStore(connection).group(named: group)?.organizationID
    }

    /// The check item of a clear-text password, which serves every authentication method.
    public static func cleartext(_ password: String) -> PolicyItem {
        PolicyItem(attribute: "Cleartext-Password", op: ":=", value: password)
    }

    /// A password for people to copy: twelve letters and digits that cannot be mistaken for one another, 69 bits.
    public static func randomPassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return randomPassword(using: &generator)
    }

    /// - Parameter length: 5.8 bits for each character.
    public static func randomPassword(length: Int = 12, using generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in readableCharacters[Int.random(in: readableCharacters.indices, using: &generator)] })
    }
    private static let readableCharacters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    func organization(slug: String) throws -> Organization {
        guard let organization = try organizations.organization(slug: slug) else { throw AccountsError.organizationUnknown(slug: slug) }
        return organization
    }
}
