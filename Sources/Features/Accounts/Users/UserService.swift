import Database
import Foundation
import HTTPTypes
import Localization
import WebRouting

/// Users as operators handle them: added, shown, changed, removed.
struct UserService: Sendable {
    let environment: AccountsEnvironment

    /// One page of the users whom the caller sees.
    func page(_ filter: UserFilter, _ page: Page, for caller: Principal) async throws -> (documents: [JSONValue], total: Int) {
        try caller.require(.view, "user")
        if let organization = filter.organizationID, !caller.scope.contains(organization) {
            throw Problem.field("organization", "Select a valid choice. That choice is not one of the available choices.")
        }
        let settings = environment.settings
        return try await environment.read { connection in
            let (users, total) = try UserStore(connection).page(page, filter, in: caller.scope)
            let memberships = try MembershipStore(connection).memberships(of: users.map(\.id))
            let roles = try RoleStore(connection).roles(of: users.map(\.id))
            let documents = users.map {
                UserDocument(
                    user: $0, memberships: memberships[$0.id] ?? [], roles: roles[$0.id] ?? [], settings: settings, viewer: caller)
            }
            return (documents.map(\.summary), total)
        }
    }

    /// A user whom the caller sees.
    func document(_ id: String, for caller: Principal) async throws -> JSONValue {
        try caller.require(.view, "user")
        let settings = environment.settings
        return try await environment.read { connection in
            try Self.document(UserAuthority(caller, connection).visible(id), for: caller, settings, over: connection).detail
        }
    }

    private static func document(
        _ user: User, for caller: Principal, _ settings: AccountsSettings, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> UserDocument {
        let roles = RoleStore(connection)
        return UserDocument(
            user: user, memberships: try MembershipStore(connection).memberships(user.id),
            roles: try roles.roles(of: [user.id])[user.id] ?? [],
            permissions: caller.isSuperuser ? try roles.ownPermissions(of: user.id) : [], settings: settings, viewer: caller)
    }

    /// Adds a user; a confirmation mail goes out unless the address is known to be his.
    func add(_ input: UserInput, _ request: WebRequest) async throws -> JSONValue {
        let caller = try request.user()
        try caller.require(.add, "user")
        var user = User(username: input.username ?? "")
        input.apply(to: &user)
        if caller.isSuperuser { user.isSuperuser = input.isSuperuser ?? false }
        guard UserStore.isValidAPIUsername(user.username) else { throw AccountsError.invalidUsername(user.username).problem }
        user.email = input.email ?? nil
        user.expiresAt = try expiry(input, of: user)
        if !caller.isSuperuser, input.memberships?.isEmpty ?? true { throw Problem.field("organization_users", "This field is required.") }
        var credential: PolicyCredential?
        if let password = input.password {
            try PasswordService.check(
                PasswordService.Choice(first: password, second: password, field: "password", repetition: "password"), for: user)
            credential = try await environment.passwords.hash(password)
        }
        return try await environment.change { [environment, user, credential] connection in
            guard try !PasswordStore(connection).isUsable(username: user.username) else {
                throw AccountsError.userExists(username: user.username)
            }
            if let email = user.email, try EmailAddressStore(connection).isForeign(email, userID: user.id) {
                throw AccountsError.emailTaken(email)
            }
            try UserStore(connection).add(user)
            if let credential {
                try PasswordStore(connection).set(username: user.username, credential: credential, at: currentMicroseconds())
            }
            if let email = user.email {
                try EmailAddressStore(connection).add(user.id, email, isVerified: input.isEmailVerified, isPrimary: true)
                if !input.isEmailVerified {
                    try EmailAddressService(environment: environment).sendConfirmation(email, user, request, connection)
                }
            }
            try apply(input, to: user, isNew: true, caller, connection)
            try environment.hooks.userChanged(user, connection)
            try AuditLog(connection).record(.added, before: nil, after: UserSnapshot(user.id, over: connection))
            let stored = try UserStore(connection).user(id: user.id) ?? user
            return try Self.document(stored, for: caller, environment.settings, over: connection).summary
        }
    }

    /// Changes a user.
    func change(_ id: String, _ input: UserInput, _ request: WebRequest) async throws -> JSONValue {
        let caller = try request.user()
        try caller.require(.change, "user")
        return try await environment.change { [environment] connection in
            let before = try UserAuthority(caller, connection).changeable(id)
            let snapshot = try UserSnapshot(id, over: connection)
            var user = before
            input.apply(to: &user)
            if caller.isSuperuser, let isSuperuser = input.isSuperuser { user.isSuperuser = isSuperuser }
            try Self.refuseOwnLoss(of: before, to: user, caller)
            if user.username != before.username, !UserStore.isValidAPIUsername(user.username) {
                throw AccountsError.invalidUsername(user.username)
            }
            user.expiresAt = try expiry(input, of: before)
            if user.isActive, !before.isActive, let end = user.expiresAt, end < currentMicroseconds() / 1_000_000 {
                throw Problem.field("is_active", "Cannot activate an expired account. Clear or extend the expiration date first.")
            }
            let emails = EmailAddressService(environment: environment)
            if let email = input.email { try emails.setByOperator(email, &user, request, connection) }
            try UserStore(connection).update(user)
            if user.username != before.username { try rename(before.username, user, connection) }
            try apply(input, to: user, isNew: false, caller, connection)
            if before.isActive, !user.isActive { try Self.deactivated(user, environment.hooks, over: connection) }
            try environment.hooks.userChanged(user, connection)
            try AuditLog(connection).record(.changed, before: snapshot, after: UserSnapshot(id, over: connection))
            let stored = try UserStore(connection).user(id: id) ?? user
            return try Self.document(stored, for: caller, environment.settings, over: connection).detail
        }
    }

    /// Removes a user with everything that is kept under the name; the accounting stays.
    func remove(_ id: String, _ caller: Principal) async throws {
        try caller.require(.delete, "user")
        try await environment.change { [hooks = environment.hooks] connection in
            let user = try UserAuthority(caller, connection).removable(id)
            try AuditLog(connection).record(.removed, before: UserSnapshot(id, over: connection), after: nil)
            try hooks.userRemoved(user, connection)
            try PasswordStore(connection).remove(username: user.username)
            _ = try UserStore(connection).remove(username: user.username)
            try ChangeOutbox(connection).append(AccountChange(.userDisabled, user.username))
        }
    }

    /// What follows when a user is made inactive: running sessions end, nobody stays logged in.
    static func deactivated(_ user: User, _ hooks: AccountHooks, over connection: any DatabaseConnection) throws {
        try ChangeOutbox(connection).append(AccountChange(.userDisabled, user.username))
        try LoginStore(connection).endAll(of: user.id)
        try hooks.userDeactivated(user, connection)
    }

    /// Who takes his own rights away cannot give them back, and perhaps nobody else can.
    /// - Throws: 400 at the field.
    private static func refuseOwnLoss(of before: User, to user: User, _ caller: Principal) throws(Problem) {
        guard caller.id == before.id, before.isSuperuser else { return }
        if !user.isSuperuser { throw .field("is_superuser", "You cannot take your own rights away. Another superuser can.") }
        if before.isActive, !user.isActive {
            throw .field("is_active", "You cannot make your own account inactive. Another superuser can.")
        }
        if before.isStaff, !user.isStaff { throw .field("is_staff", "You cannot take your own rights away. Another superuser can.") }
    }

    private func rename(_ old: String, _ user: User, _ connection: any DatabaseConnection) throws {
        guard try !PasswordStore(connection).isUsable(username: user.username) else {
            throw AccountsError.userExists(username: user.username)
        }
        try PasswordStore(connection).rename(old, to: user.username)
        try environment.hooks.userRenamed(old, user.username, connection)
    }

    /// The end of the account that is asked for. A day that is over is refused, unless it is the one that was there before.
    private func expiry(_ input: UserInput, of user: User) throws(Problem) -> Int64? {
        guard let asked = input.expirationDate else { return user.expiresAt }
        guard let date = asked else { return nil }
        if let present = user.expiresAt, environment.settings.day(present) == date { return present }
        guard let end = environment.settings.endOfDay(date) else {
            throw .field("expiration_date", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
        }
        guard end >= currentMicroseconds() / 1_000_000 else { throw .field("expiration_date", "Expiration date cannot be in the past.") }
        return end
    }

    /// Writes roles, permissions and memberships.
    private func apply(_ input: UserInput, to user: User, isNew: Bool, _ caller: Principal, _ connection: any DatabaseConnection) throws {
        let roles = RoleStore(connection)
        if let ids = input.roles {
            let present = try roles.roles(of: [user.id])[user.id] ?? []
            for id in ids where !present.contains(id) {
                guard let role = try roles.role(id: id) else { throw AccountsError.unknownReference("groups", String(id)) }
                // Nobody gives away what he does not have.
                guard caller.isSuperuser || role.permissions.allSatisfy({ caller.permissions.contains($0.codeName) }) else {
                    throw Problem.field("groups", "You cannot give permissions that you do not have.")
                }
            }
            try roles.setRoles(ids, of: user.id)
        }
        if caller.isSuperuser, let ids = input.permissions {
            let known = Set(try roles.permissions().map(\.id))
            if let unknown = ids.first(where: { !known.contains($0) }) {
                throw AccountsError.unknownReference("user_permissions", String(unknown))
            }
            try roles.setOwnPermissions(ids, of: user.id)
        }
        // Managers say where a new user belongs; afterwards memberships have routes of their own.
        guard isNew || caller.isSuperuser else { return }
        let memberships = MembershipService(environment: environment)
        for wanted in input.memberships ?? [] {
            guard caller.scope == .all || caller.scope.contains(wanted.organizationID),
                try OrganizationStore(connection).organization(id: wanted.organizationID) != nil
            else { throw AccountsError.unknownReference("organization_users", wanted.organizationID) }
            try memberships.set(wanted, of: user, field: "organization_users", connection)
        }
    }
}
