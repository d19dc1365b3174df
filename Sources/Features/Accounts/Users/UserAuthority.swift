import Database
import HTTPTypes
import Localization
import WebRouting

/// Which users a caller sees, and which of them he may change.
///
/// A manager sees the members of his organizations and no superuser. What is a member's own – address, password, whether he is let in – the
/// manager may change unless the member manages an organization that the caller does not: nobody takes over another tenant through one of
/// its managers. Only who belongs to the caller's organizations alone may be removed altogether.
struct UserAuthority {
    private let caller: Principal
    private let connection: any DatabaseConnection

    init(_ caller: Principal, _ connection: any DatabaseConnection) {
        self.caller = caller
        self.connection = connection
    }

    /// - Throws: 404 for a user whom the caller does not see.
    func visible(_ id: String) throws -> User {
        guard let user = try UserStore(connection).user(id: id, in: caller.scope) else { throw Problem.notFound }
        return user
    }

    /// - Throws: 404 for a user whom the caller does not see, 403 for one who is above him.
    func changeable(_ id: String) throws -> User {
        let user = try visible(id)
        try requireAuthority(over: user) { $0.role >= .manager }
        return user
    }

    /// - Throws: as ``changeable(_:)``, and 403 for a user of other organizations.
    func removable(_ id: String) throws -> User {
        let user = try visible(id)
        try requireAuthority(over: user) { _ in true }
        let owned = try MembershipStore(connection).memberships(user.id).first { $0.role == .owner }
        if let owned, !caller.isSuperuser, caller.id != user.id {
            throw Problem(
                .forbidden,
                Message(
                    "{user} is the owner of the organization: {organization}, and cannot be removed",
                    ["user": user.username, "organization": owned.name]))
        }
        return user
    }

    private func requireAuthority(over user: User, where counts: (Membership) -> Bool) throws {
        guard !caller.isSuperuser, caller.id != user.id else { return }
        let managed = caller.managedOrganizations
        let foreign = try MembershipStore(connection).memberships(user.id).contains { counts($0) && !managed.contains($0.organizationID) }
        if foreign { throw Problem(.forbidden, "This user belongs to an organization that you do not manage.") }
    }
}

extension Principal {
    /// - Throws: 403 without the permission.
    func require(_ action: Permission.Action, _ model: String) throws(Problem) {
        guard may(action, model) else { throw .forbidden }
    }
}
