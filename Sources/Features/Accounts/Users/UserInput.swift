import Localization
import WebRouting

/// What a request says about a user; fields that it leaves out stay as they are.
struct UserInput: Sendable {
    /// What a request says about one membership.
    struct MembershipInput: Sendable, Equatable {
        var organizationID: String
        var isManager: Bool
        var isRemoved: Bool
    }

    private let values: FormValues
    var password: String?
    var isEmailVerified: Bool
    /// Ids of roles.
    var roles: [Int64]?
    /// Ids of permissions beside those of the roles.
    var permissions: [Int64]?
    var memberships: [MembershipInput]?

    /// - Throws: 400 for lists of a wrong form.
    init(_ values: FormValues) throws(Problem) {
        self.values = values
        password = values.nonEmptyText("password")
        isEmailVerified = values.flag("email_verified") ?? false
        roles = try Self.ids(values, "groups")
        permissions = try Self.ids(values, "user_permissions")
        memberships = try Self.memberships(values)
    }

    /// The e-mail address that is asked for: nil when the request leaves it out, nil inside for none.
    var email: String?? { optionalText("email") }
    /// `2026-01-31`, as ``email``.
    var expirationDate: String?? { optionalText("expiration_date") }
    var isActive: Bool? { values.flag("is_active") }
    var username: String? { values.text("username") }
    var isSuperuser: Bool? { values.flag("is_superuser") }

    /// Writes what concerns the account alone; expiry, e-mail address, lists and rights are the service's.
    func apply(to user: inout User) {
        if let username { user.username = username }
        if let phone = optionalText("phone_number") { user.phoneNumber = phone }
        if let birthDate = optionalText("birth_date") { user.birthDate = birthDate }
        if let isActive { user.isActive = isActive }
        if let isStaff = values.flag("is_staff") { user.isStaff = isStaff }
        let texts: [(String, WritableKeyPath<User, String>)] = [
            ("first_name", \.firstName), ("last_name", \.lastName), ("bio", \.bio), ("url", \.url), ("company", \.company),
            ("location", \.location), ("notes", \.notes),
        ]
        for (name, path) in texts { if let text = values.text(name) { user[keyPath: path] = text } }
    }

    private func optionalText(_ name: String) -> String?? {
        guard values.contains(name) else { return nil }
        return .some(values.nonEmptyText(name))
    }

    private static func ids(_ values: FormValues, _ name: String) throws(Problem) -> [Int64]? {
        guard let json = values.list(name) else { return nil }
        var ids: [Int64] = []
        for element in json {
            switch element {
            case .integer(let id): ids.append(id)
            case .string(let text):
                // As the API writes permissions: "12: user | Can view user".
                guard let id = Int64(text.prefix { $0 != ":" }) else { throw AccountsError.unknownReference(name, text) }
                ids.append(id)
            default: throw .field(name, "Expected a list of ids.")
            }
        }
        return ids
    }

    private static func memberships(_ values: FormValues) throws(Problem) -> [MembershipInput]? {
        guard let json = values.list("organization_users") else { return nil }
        var memberships: [MembershipInput] = []
        for element in json {
            guard let id = element["organization"]?.string else {
                throw .field("organization_users", "Expected objects with an organization.")
            }
            memberships.append(
                MembershipInput(
                    organizationID: id.lowercased(), isManager: element["is_admin"] == true, isRemoved: element["delete"] == true))
        }
        return memberships
    }
}

extension FormValues {
    /// The elements of a list; one that stands alone or is written as a JSON text, as forms have to, is a list, too.
    func list(_ name: String) -> [JSONValue]? {
        guard let json = json(name) else { return nil }
        switch json {
        case .array(let elements): return elements
        case .null: return []
        case .string(let text):
            if text.isEmpty { return [] }
            if let parsed = try? JSONValue(parsing: Array(text.utf8)) {
                if case .array(let elements) = parsed { return elements }
                return [parsed]
            }
            return [json]
        default: return [json]
        }
    }
}
