public import Localization

/// Who asks, as the one authenticator found out: every credential ends here.
public struct Principal: Sendable, Equatable {
    /// How it was proved.
    public enum Method: String, Sendable, Equatable {
        /// Opaque API token, 40 hexadecimal digits.
        case apiToken = "api-token"
        case jwt
        /// Cookie of a browser's session.
        case session
        /// Link with a token that is good once.
        case oneTimeToken = "one-time-token"
        /// Organization's id and token on the routes for FreeRADIUS.
        case organizationToken = "organization-token"
    }

    /// User's UUID; the organization's for ``Method/organizationToken``.
    public var id: String
    /// Empty for an organization.
    public var username: String
    public var method: Method
    public var isActive: Bool
    public var isSuperuser: Bool
    /// May use the operator's console.
    public var isStaff: Bool
    /// Active organizations by id, with the role in each.
    public var memberships: [String: Role]
    /// Code names such as `view_radiusgroup`, of the user and of its groups.
    public var permissions: Set<String>
    /// The credential rests on a password that is too old.
    public var isPasswordExpired: Bool
    /// For its own messages; nil when it never chose one.
    public var language: Language?

    /// What a user is in an organization.
    public enum Role: Int, Sendable, Comparable {
        case member, manager, owner

        public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
    }

    public init(
        id: String, username: String, method: Method, isActive: Bool = true, isSuperuser: Bool = false, isStaff: Bool = false,
        memberships: [String: Role] = [:], permissions: Set<String> = [], isPasswordExpired: Bool = false, language: Language? = nil
    ) {
        self.id = id
        self.username = username
        self.method = method
        self.isActive = isActive
        self.isSuperuser = isSuperuser
        self.isStaff = isStaff
        self.memberships = memberships
        self.permissions = permissions
        self.isPasswordExpired = isPasswordExpired
        self.language = language
    }

    /// Organizations that it manages or owns; superusers manage all, which ``scope`` says.
    public var managedOrganizations: Set<String> { Set(memberships.filter { $0.value >= .manager }.keys) }

    /// The organizations whose objects it may see and change.
    public var scope: Tenancy { isSuperuser ? .all : .only(managedOrganizations) }

    /// Whether it is at least this in an organization; superusers always are.
    public func has(_ role: Role, in organizationID: String) -> Bool {
        isSuperuser || (memberships[organizationID].map { $0 >= role } ?? false)
    }

    /// Whether it may do something to objects of a kind: permissions say what, ``scope`` says where.
    public func may(_ action: Permission.Action, _ model: String) -> Bool {
        if isSuperuser { return true }
        let names = action == .view ? ["view_\(model)", "change_\(model)"] : ["\(action.rawValue)_\(model)"]
        return names.contains { permissions.contains($0) }
    }
}

/// Which organizations' rows a statement may see; every list is filtered by it in SQL.
public enum Tenancy: Sendable, Equatable {
    case all
    case only(Set<String>)

    public func contains(_ organizationID: String?) -> Bool {
        switch self {
        case .all: true
        case .only(let ids): organizationID.map { ids.contains($0) } ?? false
        }
    }
}

/// Something that may be allowed: an action on a kind of object.
public struct Permission: Sendable, Hashable {
    public enum Action: String, Sendable, CaseIterable {
        case view, add, change, delete
    }

    /// `radiusgroup`, `user`, `nas`.
    public var model: String
    public var action: Action
    /// `Can view RADIUS group`.
    public var name: String

    public init(_ action: Action, _ model: String, name: String) {
        self.model = model
        self.action = action
        self.name = name
    }

    /// `view_radiusgroup`.
    public var codeName: String { "\(action.rawValue)_\(model)" }

    /// All four actions on a kind of object.
    /// - Parameter label: as people read it, `RADIUS group`.
    public static func all(_ model: String, label: String) -> [Permission] {
        Action.allCases.map { Permission($0, model, name: "Can \($0.rawValue) \(label)") }
    }
}

/// Who may use a route.
public enum Access: Sendable, Equatable {
    /// Everybody; credentials are not looked at.
    case anonymous
    /// Everybody; who shows a credential is known, a wrong one is refused. Inactive users come in: a login tells them so.
    case optional
    /// Every user with a good credential; inactive ones are refused.
    case user
    /// Superusers, and managers of an organization that hold the permission which the method asks for (GET view or change, POST add,
    /// PUT and PATCH change, DELETE delete).
    case manager(model: String)
    /// Every user that holds the permission which the method asks for, as for ``manager(model:)``; what a list shows is the handler's.
    case permission(model: String)
    /// As ``manager(model:)``, for staff only.
    case staff(model: String)
    case superuser
    /// The route's handler asks for its credential itself, as the ones for FreeRADIUS do, and then checks the form.
    case own
}

/// A kind of credential that a route takes.
public enum CredentialKind: String, Sendable, CaseIterable {
    /// `Authorization: Bearer …`: opaque token or JWT.
    case bearer
    /// Session cookie; unsafe methods need the CSRF token.
    case session
    /// `Authorization: sesame …`.
    case oneTimeToken
}

/// Finds out who asks.
public protocol Authenticator: Sendable {
    /// - Parameter kinds: what the route takes, the preferred first.
    /// - Returns: nil when the request shows no credential of these kinds.
    /// - Throws: ``Problem`` for one that is wrong, expired, revoked or of an inactive user.
    func principal(for request: WebRequest, accepting kinds: [CredentialKind]) async throws -> Principal?
}
