import Accounts
import OrganizationSettings
import Registration
import ServerKernel
import WebRouting

/// Who is logged in to a login page.
struct Person: Sendable {
    var user: User
    var principal: Principal
    /// In the organization of the page; nil for none.
    var registration: RegisteredUser?
    var hasPassword: Bool
    /// The version of the terms that was accepted last; nil for none.
    var consent: String?
}

extension PortalPages {
    /// Whose token the page holds; nil for nobody's, for users who are shut out, and for those who left the organization.
    func person(_ visit: Visit) async throws -> Person? {
        guard let token = visit.state.token else { return nil }
        let (keys, now, organizationID) = (registration.keys, registration.now(), visit.context.organization.id)
        return try await registration.kernel.withConnection { connection -> Person? in
            let tokens = APITokenStore(connection, key: try keys.apiToken(over: connection))
            guard let id = try tokens.userID(token: token), let user = try UserStore(connection).user(id: id), user.isUsable(at: now)
            else { return nil }
            let principal = try PrincipalStore(connection).principal(user, method: .apiToken)
            guard principal.has(.member, in: organizationID) else { return nil }
            return Person(
                user: user, principal: principal,
                registration: try RegisteredUserStore(connection).registration(of: id, in: organizationID),
                hasPassword: try PasswordStore(connection).isUsable(username: user.username),
                consent: try TermsConsentStore(connection).version(acceptedBy: id, in: organizationID))
        }
    }

    /// As ``person(_:)``.
    /// - Throws: 401 for nobody.
    func knownPerson(_ visit: Visit) async throws -> Person {
        guard let person = try await person(visit) else { throw Problem.unauthorized() }
        return person
    }
}
