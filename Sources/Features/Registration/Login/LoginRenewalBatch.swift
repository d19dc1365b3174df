import AccessPolicy
import Accounts
import Database
import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

/// Renewals that arrived together, in one transaction.
struct LoginRenewalBatch {
    /// A renewal of somebody who may exist, and its place among all.
    private typealias Entry = (position: Int, renewal: LoginRenewals.Renewal, userID: String)
    /// One who is let in.
    private typealias Admission = (entry: Entry, user: User, isMember: Bool)

    private let environment: RegistrationEnvironment
    private let connection: any DatabaseConnection
    /// Microseconds since 1970 UTC.
    private let now: Int64

    init(environment: RegistrationEnvironment, connection: any DatabaseConnection) {
        self.environment = environment
        self.connection = connection
        now = environment.now()
    }

    /// - Returns: an outcome for each renewal, in order.
    func run(_ renewals: [LoginRenewals.Renewal]) throws -> [LoginRenewals.Outcome] {
        do {
            return try connection.unitOfWork {
                var outcomes = [LoginRenewals.Outcome](repeating: .success(nil), count: renewals.count)
                var waiting = try entries(renewals)
                // One statement must not meet a user twice: later renewals of the same one go into the next round.
                while !waiting.isEmpty {
                    var (round, later, seen): ([Entry], [Entry], Set<String>) = ([], [], [])
                    for entry in waiting {
                        if seen.insert(entry.userID).inserted { round.append(entry) } else { later.append(entry) }
                    }
                    try renew(round, &outcomes)
                    waiting = later
                }
                return outcomes
            }
        } catch let error as AccountsError {
            throw error.problem
        }
    }

    private func entries(_ renewals: [LoginRenewals.Renewal]) throws -> [Entry] {
        let tokens = renewals.compactMap { renewal -> String? in
            if case .token(let token) = renewal.subject { token } else { nil }
        }
        let owners = tokens.isEmpty ? [:] : try tokenStore().userIDs(tokens: tokens)
        return renewals.enumerated().compactMap { position, renewal in
            switch renewal.subject {
            case .login(let userID, _): (position, renewal, userID)
            case .token(let token): owners[token].map { (position, renewal, $0) }
            }
        }
    }

    private func tokenStore() throws -> APITokenStore {
        APITokenStore(connection, key: try environment.keys.apiToken(over: connection))
    }

    /// Renews what is due to different users.
    private func renew(_ round: [Entry], _ outcomes: inout [LoginRenewals.Outcome]) throws {
        let admissions = try admit(round, &outcomes)
        if admissions.isEmpty { return }
        let userIDs = admissions.map(\.user.id)
        try UserStore(connection).touchLogins(
            admissions.map { ($0.user.id, language: $0.entry.renewal.language, passwordBased: $0.entry.renewal.isPasswordBased) }, at: now)
        // Links to set another password are good until the next login.
        try TicketStore(connection).removeAll(of: userIDs, purpose: .passwordReset)
        let radiusTokens = try renewTokens(admissions)
        let apiTokens = try apiTokens(admissions)
        let registrations = try RegisteredUserStore(connection).registrations(of: userIDs)
        var states: [(position: Int, organizationID: String, state: AccountState)] = []
        for (entry, user, _) in admissions {
            let settings = entry.renewal.context.settings
            let organizationID = entry.renewal.context.organization.id
            let isUsable = user.isUsable(at: now)
            let registration = registrations[user.id]?.first { $0.organizationID == organizationID }
            let isIdentified = !settings.needsIdentityVerification || environment.methods.isIdentified(registration)
            let radiusToken = radiusTokens[user.id]
            let state = AccountState(
                user: user, registration: registration, isUsable: isUsable, isPasswordExpired: try isExpired(user),
                radiusToken: radiusToken?.key, endedSession: radiusToken?.endedSession, apiToken: apiTokens[user.id] ?? "",
                isIdentified: isUsable && isIdentified)
            states.append((entry.position, organizationID, state))
        }
        try addPendingNumbers(&states, admissions)
        for (position, _, state) in states { outcomes[position] = .success(state) }
    }

    /// Those who are let in. Somebody from another organization becomes a member by a login, and has to choose then how to be verified.
    private func admit(_ round: [Entry], _ outcomes: inout [LoginRenewals.Outcome]) throws -> [Admission] {
        let userIDs = round.map(\.userID)
        let users = try UserStore(connection).users(ids: userIDs)
        let memberships = try MembershipStore(connection).memberships(of: userIDs)
        var admissions: [Admission] = []
        for entry in round {
            guard var user = users[entry.userID] else { continue }
            let context = entry.renewal.context
            user.passwordBasedToken = entry.renewal.isPasswordBased ?? user.passwordBasedToken
            var isMember = user.isSuperuser || memberships[user.id]?.contains { $0.organizationID == context.organization.id } == true
            if !isMember, case .login = entry.renewal.subject {
                guard context.settings.registrationEnabled else {
                    outcomes[entry.position] = .failure(Problem(.forbidden, "You are not a member of this organization."))
                    continue
                }
                if user.isUsable(at: now) {
                    try join(user, context.organization.id)
                    isMember = true
                }
            }
            admissions.append((entry, user, isMember))
        }
        return admissions
    }

    private func join(_ user: User, _ organizationID: String) throws {
        try environment.join(user.id, organizationID, over: connection)
        try RegisteredUserStore(connection).add(
            RegisteredUser(
                userID: user.id, organizationID: organizationID, method: RegistrationMethod.pending, isVerified: false, modified: now))
    }

    /// New RADIUS user tokens of members, by user id.
    private func renewTokens(_ admissions: [Admission]) throws -> [String: RADIUSToken] {
        let renewals = admissions.filter { $0.isMember && $0.user.isUsable(at: now) }.map { admission in
            RADIUSTokenRenewal(
                userID: admission.user.id, organizationID: admission.entry.renewal.context.organization.id, canAuthenticate: true,
                isPasswordBased: admission.user.passwordBasedToken)
        }
        if renewals.isEmpty { return [:] }
        let tokens = try RADIUSTokenStore(connection).renew(
            renewals, isDisposable: environment.settings.disposesUserTokens, at: now / 1_000_000)
        return Dictionary(uniqueKeysWithValues: tokens.map { ($0.userID, $0) })
    }

    /// API tokens by user id: those that were shown, and of those who log in what the table has.
    private func apiTokens(_ admissions: [Admission]) throws -> [String: String] {
        var tokens: [String: String] = [:]
        var others: [String] = []
        for (entry, user, _) in admissions {
            if case .token(let token) = entry.renewal.subject { tokens[user.id] = token } else { others.append(user.id) }
        }
        if !others.isEmpty { tokens.merge(try tokenStore().tokens(userIDs: others)) { $1 } }
        return tokens
    }

    /// To whom checks his token before he is verified, the number that waits for its code is shown.
    private func addPendingNumbers(
        _ states: inout [(position: Int, organizationID: String, state: AccountState)], _ admissions: [Admission]
    ) throws {
        let pending = states.indices.filter { index in
            guard case .token = admissions[index].entry.renewal.subject else { return false }
            return !environment.methods.isIdentified(states[index].state.registration)
        }
        if pending.isEmpty { return }
        let numbers = try PhoneTokenStore(connection).newestNumbers(of: pending.map { states[$0].state.user.id })
        for index in pending {
            let state = states[index]
            states[index].state.pendingNumber = numbers[state.state.user.id]?.first { $0.organizationID == state.organizationID }?.number
        }
    }

    /// Whether the login rests on a local password that is too old.
    private func isExpired(_ user: User) throws -> Bool {
        guard user.passwordBasedToken != false, environment.accounts.isPasswordExpired(user, at: now) else { return false }
        return try PasswordStore(connection).isUsable(username: user.username)
    }
}
