import AccessPolicy
import Accounts
import Database
import Foundation
import HTTPTypes
import Logging
import Messaging
import NASClients
import NIOConcurrencyHelpers
import OrganizationSettings
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import WebRouting
import WebTestSupport

@testable import Registration

typealias Engine = TestDatabase.Engine

/// The organizations `cafe` and `bar` with all that their login pages need, over a fresh database and with a clock of its own.
final class Cafe: Sendable {
    let kernel: Kernel
    let accounts: AccountsModule
    let directory: SettingsDirectory
    let environment: RegistrationEnvironment
    let client: TestClient
    let cafe = Organization(name: "Café", slug: "cafe")
    let bar = Organization(name: "Bar", slug: "bar")
    /// Microseconds since 1970 UTC; noon of a day.
    private let clock = NIOLockedValueBox<Int64>(1_800_014_400_000_000)
    let joined = NIOLockedValueBox<[String]>([])
    let renamed = NIOLockedValueBox<[String]>([])

    private static let schema = [
        ServerSecrets.migrations, AccountsModule.migrations, OrganizationSettingsModule.migrations, NASClientsModule.migrations,
        SessionsModule.migrations, AccessPolicyModule.migrations, MessagingModule.migrations, RegistrationModule.migrations,
    ]

    private init(
        _ engine: any DatabaseEngine, _ change: (inout RegistrationSettings) -> Void, _ changeAccounts: (inout AccountsSettings) -> Void,
        hasGateway: Bool
    ) throws {
        kernel = Kernel(engine: engine, connections: 2, refreshInterval: .seconds(60), logger: Logger(label: "test"))
        let connection = try engine.connect(.general)
        try OrganizationStore(connection).add(cafe)
        try OrganizationStore(connection).add(bar)
        try OrganizationStore(connection).add(Organization(name: "Closed", slug: "closed", isActive: false))
        var settings = AccountsSettings()
        settings.passwordScheme = .cleartext
        settings.passwordResetPause = .zero
        changeAccounts(&settings)
        let (joined, renamed, clock) = (joined, renamed, clock)
        var hooks = AccountHooks()
        hooks.memberJoined = { user, organization, _ in joined.withLockedValue { $0.append("\(user) \(organization)") } }
        hooks.userRenamed = { old, new, _ in renamed.withLockedValue { $0.append("\(old) \(new)") } }
        accounts = AccountsModule(kernel, settings: settings, hooks: hooks)
        directory = SettingsDirectory(defaults: OrganizationSettings())
        try directory.refresh(over: connection)
        let messaging = MessagingModule(kernel, gateways: hasGateway ? [FileGateway(.sms, path: nil), FileGateway(.email, path: nil)] : [])
        var registration = RegistrationSettings()
        change(&registration)
        environment = RegistrationEnvironment(
            kernel: kernel, settings: registration, methods: RegistrationMethods(), accounts: settings, hooks: hooks,
            keys: accounts.keys, passwords: accounts.passwords, signIn: accounts.signIn, directory: directory,
            messaging: messaging.messaging, attempts: AttemptLimiter(), calendar: LocalCalendar(.gmt),
            now: { clock.withLockedValue { $0 } })
        client = TestClient(
            RegistrationModule(environment).routes, authenticator: accounts.authenticator,
            settings: WebSettings(publicOrigin: "https://portal.example.org"))
    }

    static func with(
        _ engine: Engine, _ settings: [String: String] = [:], registration: (inout RegistrationSettings) -> Void = { _ in },
        accounts: (inout AccountsSettings) -> Void = { _ in }, hasGateway: Bool = true, isolation: isolated (any Actor)? = #isolation,
        _ body: (Cafe) async throws -> Void
    ) async throws {
        try await TestDatabase.with(engine, schema: schema) { database in
            let cafe = try Cafe(database.engine, registration, accounts, hasGateway: hasGateway)
            defer { cafe.kernel.stop() }
            if !settings.isEmpty { try await cafe.set(settings, of: cafe.cafe) }
            try await body(cafe)
        }
    }

    static let sms = ["sms_verification": "yes", "sms_sender": "Cafe", "needs_identity_verification": "yes"]

    /// An address below `account/` of an organization.
    func path(_ rest: String = "", of organization: Organization? = nil) -> String {
        "/api/v1/radius/organization/\((organization ?? cafe).slug)/account/" + rest
    }

    func set(_ settings: [String: String], of organization: Organization) async throws {
        let directory = directory
        try await kernel.withConnection { connection in
            try OrganizationSettingsStore(connection, defaults: directory.defaults).set(
                settings.mapValues { Optional($0) }, of: organization.id)
            try directory.refresh(over: connection)
        }
    }

    func pass(_ seconds: Int64) { clock.withLockedValue { $0 += seconds * 1_000_000 } }
    var now: Int64 { clock.withLockedValue { $0 } }

    func write<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection(body)
    }

    /// All rows of a query as texts.
    func table(_ sql: String) async throws -> [[String]] { try await write { try $0.table(sql) } }

    func run(_ sql: String) async throws { try await write { try $0.script(sql) } }

    /// Adds a member with the password `correct horse`.
    @discardableResult
    func add(_ user: User, to organizations: [Organization]? = nil, password: String? = "correct horse") async throws -> User {
        let organizations = organizations ?? [cafe]
        let credential: PolicyCredential? = if let password { try await accounts.passwords.hash(password) } else { nil }
        return try await write { connection in
            try UserStore(connection).add(user)
            if let credential {
                try PasswordStore(connection).set(username: user.username, credential: credential, at: 1_800_000_000_000_000)
            }
            if let email = user.email { try EmailAddressStore(connection).add(user.id, email, isVerified: true, isPrimary: true) }
            for organization in organizations { try MembershipStore(connection).join(user.id, organization.id) }
            return user
        }
    }

    /// The client with a user's API token.
    func client(_ user: User) async throws -> TestClient {
        client.bearing(try await token(user))
    }

    func token(_ user: User) async throws -> String {
        let keys = accounts.keys
        return try await write { try APITokenStore($0, key: keys.apiToken(over: $0)).token(userID: user.id) }
    }

    func registration(_ user: User, _ organization: Organization) async throws -> RegisteredUser? {
        try await write { try RegisteredUserStore($0).registration(of: user.id, in: organization.id) }
    }

    func register(_ user: User, _ organization: Organization, _ method: String, isVerified: Bool) async throws {
        let now = now
        try await write {
            try RegisteredUserStore($0).set(
                RegisteredUser(
                    userID: user.id, organizationID: organization.id, method: method, isVerified: isVerified, modified: now))
        }
    }

    func user(named name: String) async throws -> User? { try await write { try UserStore($0).user(named: name) } }

    func user(_ id: String) async throws -> User? { try await write { try UserStore($0).user(id: id) } }

    /// Texts of waiting messages of a kind, the oldest first.
    func messages(_ kind: String) async throws -> [(recipient: String, text: String)] {
        try await table("SELECT recipient, body FROM radian_message WHERE kind = '\(kind)' ORDER BY created, id").map { ($0[0], $0[1]) }
    }

    /// The code in the newest text message.
    func lastCode() async throws -> String {
        let rows = try await table("SELECT body FROM radian_message WHERE kind = 'sms-code' ORDER BY created DESC LIMIT 1")
        return rows.first?.first?.split(separator: " ").last.map(String.init) ?? ""
    }
}

extension TestAnswer {
    /// The texts of a field's errors.
    func errors(_ field: String) -> [String] {
        guard case .array(let texts)? = json?[field] else { return [] }
        return texts.compactMap(\.string)
    }

    var detail: String? { json?["detail"]?.string }
}
