import Accounts
import Database
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import TestSupport
import WebRouting
import WebTestSupport

typealias Engine = TestDatabase.Engine

extension TestDatabase {
    /// Runs the body with a connection to a fresh database that has the feature's tables.
    static func migrated<R>(_ engine: Engine, _ body: (any DatabaseConnection) throws -> R) throws -> R {
        try with(engine, schema: [AccountsModule.migrations]) { database in
            let connection = try database.engine.connect(.general)
            return try body(connection)
        }
    }
}

/// The feature as a server runs it, over a fresh database, with a letter box in the place of a mail server.
final class Installation: Sendable {
    /// What hooks were called with.
    struct Calls {
        var created: [String] = []
        var joined: [String] = []
        var left: [String] = []
        var renamed: [String] = []
        var changed: [String] = []
        var deactivated: [String] = []
        var removed: [String] = []
    }

    let kernel: Kernel
    let module: AccountsModule
    let mail: NIOLockedValueBox<[AccountMail]>
    let calls: NIOLockedValueBox<Calls>
    /// Nobody known.
    let client: TestClient

    private init(_ engine: any DatabaseEngine, _ settings: AccountsSettings) throws {
        kernel = Kernel(engine: engine, connections: 2, refreshInterval: .seconds(60), logger: Logger(label: "test"))
        let connection = try engine.connect(.general)
        // The columns of FreeRADIUS's table, as the feature AccessPolicy makes it.
        try connection.script(
            """
            CREATE TABLE radcheck (
                id {{serial}}, username varchar(253) NOT NULL DEFAULT '', attribute varchar(64) NOT NULL DEFAULT '',
                op varchar(2) NOT NULL DEFAULT '==', value varchar(253) NOT NULL DEFAULT '', organization_id varchar(36)
            )
            """)
        let mail = NIOLockedValueBox<[AccountMail]>([])
        let calls = NIOLockedValueBox(Calls())
        var hooks = AccountHooks()
        hooks.organizationCreated = { organization, _ in calls.withLockedValue { $0.created.append(organization.slug) } }
        hooks.memberJoined = { user, organization, _ in calls.withLockedValue { $0.joined.append("\(user) \(organization)") } }
        hooks.memberLeft = { user, organization, _ in calls.withLockedValue { $0.left.append("\(user) \(organization)") } }
        hooks.userRenamed = { old, new, _ in calls.withLockedValue { $0.renamed.append("\(old) \(new)") } }
        hooks.userChanged = { user, _ in calls.withLockedValue { $0.changed.append(user.username) } }
        hooks.userDeactivated = { user, _ in calls.withLockedValue { $0.deactivated.append(user.username) } }
        hooks.userRemoved = { user, _ in calls.withLockedValue { $0.removed.append(user.username) } }
        let module = AccountsModule(kernel, settings: settings, hooks: hooks) { letter, _ in mail.withLockedValue { $0.append(letter) } }
        self.module = module
        try connection.transaction { () throws(DatabaseError) in try RoleStore(connection).register(module.permissions) }
        self.mail = mail
        self.calls = calls
        var web = WebSettings()
        web.passwordPaths = module.passwordPaths
        client = TestClient(module.routes, authenticator: module.authenticator, settings: web)
    }

    static func with(
        _ engine: Engine, settings: AccountsSettings = .quick, isolation: isolated (any Actor)? = #isolation,
        _ body: (Installation) async throws -> Void
    ) async throws {
        try await TestDatabase.with(engine, schema: [ServerSecrets.migrations, AccountsModule.migrations]) { database in
            let installation = try Installation(database.engine, settings)
            defer { installation.kernel.stop() }
            try await body(installation)
        }
    }

    func write<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection(body)
    }

    /// Adds a user with the password `correct horse`.
    @discardableResult
    func add(_ user: User, password: String? = "correct horse") async throws -> User {
        let credential: PolicyCredential? = if let password { try await module.passwords.hash(password) } else { nil }
        return try await write { connection in
            try UserStore(connection).add(user)
            if let credential {
                try PasswordStore(connection).set(username: user.username, credential: credential, at: 1_700_000_000_000_000)
            }
            if let email = user.email { try EmailAddressStore(connection).add(user.id, email, isVerified: true, isPrimary: true) }
            return user
        }
    }

    @discardableResult
    func add(_ organization: Organization) async throws -> Organization {
        try await write { try OrganizationStore($0).add(organization) }
        return organization
    }

    func join(_ user: User, _ organization: Organization, _ role: Principal.Role = .member) async throws {
        _ = try await write { try MembershipStore($0).join(user.id, organization.id, role: role) }
    }

    /// Gives a user permissions beside any role.
    func permit(_ user: User, _ codeNames: String...) async throws {
        try await write { connection in
            let store = RoleStore(connection)
            let ids = try store.permissions().filter { codeNames.contains($0.codeName) }.map(\.id)
            try store.setOwnPermissions(ids, of: user.id)
        }
    }

    /// The client with a user's API token.
    func client(_ user: User) async throws -> TestClient {
        let keys = module.keys
        return client.bearing(
            try await write { try APITokenStore($0, key: keys.apiToken(over: $0)).token(userID: user.id) })
    }

    /// A superuser and his client.
    func root() async throws -> TestClient {
        try await client(add(User(username: "root", isStaff: true, isSuperuser: true)))
    }

    /// A manager of an organization who may do everything that an administrator may.
    func administrator(_ name: String, of organization: Organization) async throws -> (user: User, client: TestClient) {
        let user = try await add(User(username: name, isStaff: true))
        try await join(user, organization, .manager)
        try await write { connection in
            let store = RoleStore(connection)
            guard let role = try store.role(named: "Administrator") else { return }
            try store.setRoles([role.id], of: user.id)
        }
        return (user, try await client(user))
    }

    func user(_ id: String) async throws -> User? { try await write { try UserStore($0).user(id: id) } }
}

extension AccountsSettings {
    /// Without pauses.
    static var quick: AccountsSettings {
        var settings = AccountsSettings()
        settings.passwordResetPause = .zero
        return settings
    }

    static func quick(_ change: (inout AccountsSettings) -> Void) -> AccountsSettings {
        var settings = quick
        change(&settings)
        return settings
    }
}

extension TestClient {
    /// The same client in a browser's session.
    func inSession(_ answer: TestAnswer) -> TestClient {
        var copy = self
        let cookie = answer.headers[.setCookie]?.split(separator: ";").first.map(String.init) ?? ""
        copy.headers[.cookie] = "theme=dark; " + cookie
        if let token = answer.json?["csrf_token"]?.string { copy.headers[HTTPField.Name(parsed: "x-csrf-token")!] = token }
        return copy
    }
}

extension TestAnswer {
    /// The texts of a field's errors.
    func errors(_ field: String) -> [String] {
        guard case .array(let texts)? = json?[field] else { return [] }
        return texts.compactMap(\.string)
    }

    var detail: String? { json?["detail"]?.string }

    /// Ids of a page's entries.
    var ids: [String] {
        guard case .array(let results)? = json?["results"] else { return [] }
        return results.compactMap { $0["id"]?.string }
    }
}
