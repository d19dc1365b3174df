import AccessPolicy
import Accounts
import CaptiveDialects
import Database
import Foundation
import HTTPTypes
import Logging
import Messaging
import NASClients
import NIOConcurrencyHelpers
import OrganizationSettings
import RADIUSPipeline
import Registration
import ServerKernel
import Sessions
import TestSupport
import WebRouting
import WebTestSupport

@testable import CaptivePortal

typealias Engine = TestDatabase.Engine

/// The organizations `hotel` and `bar` with their login pages, over a fresh database and with a clock of its own.
final class Hotel: Sendable {
    let kernel: Kernel
    let accounts: AccountsModule
    let directory: SettingsDirectory
    let client: TestClient
    let hotel = Organization(name: "Hotel <Sole> & Mare", slug: "hotel")
    let bar = Organization(name: "Bar", slug: "bar")
    /// Unique ids of sessions that the pages asked to end.
    let ended = NIOLockedValueBox<[String]>([])
    /// What NAS devices were told by CoA.
    let changes = NIOLockedValueBox<[CaptiveChange]>([])
    /// What the next CoA ends with.
    let changeProblem = NIOLockedValueBox<CaptiveProblem?>(nil)
    /// Microseconds since 1970 UTC; noon of a day.
    private let clock = NIOLockedValueBox<Int64>(1_800_014_400_000_000)

    /// `Portal/login` of the repository.
    static let templates = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Portal/login")
        .standardizedFileURL

    private init(_ engine: any DatabaseEngine, nasType: String?, _ changeAccounts: (inout AccountsSettings) -> Void) throws {
        kernel = Kernel(engine: engine, connections: 2, refreshInterval: .seconds(60), logger: Logger(label: "test"))
        let connection = try engine.connect(.general)
        try Migrator([
            ServerSecrets.migrations, AccountsModule.migrations, OrganizationSettingsModule.migrations, NASClientsModule.migrations,
            SessionsModule.migrations, AccessPolicyModule.migrations, MessagingModule.migrations, RegistrationModule.migrations,
            CaptivePortalModule.migrations,
        ]).migrate(connection)
        try OrganizationStore(connection).add(hotel)
        try OrganizationStore(connection).add(bar)
        var settings = AccountsSettings()
        settings.passwordScheme = .cleartext
        settings.passwordResetPause = .zero
        changeAccounts(&settings)
        let (clock, ended, changes, changeProblem) = (clock, ended, changes, changeProblem)
        let hooks = AccountHooks()
        accounts = AccountsModule(kernel, settings: settings, hooks: hooks)
        directory = SettingsDirectory(defaults: OrganizationSettings())
        try directory.refresh(over: connection)
        let messaging = MessagingModule(kernel, gateways: [FileGateway(.sms, path: nil), FileGateway(.email, path: nil)])
        let registration = RegistrationEnvironment(
            kernel: kernel, settings: RegistrationSettings(), methods: RegistrationMethods(), accounts: settings, hooks: hooks,
            keys: accounts.keys, passwords: accounts.passwords, signIn: accounts.signIn, directory: directory,
            messaging: messaging.messaging, attempts: AttemptLimiter(), calendar: LocalCalendar(.gmt),
            now: { clock.withLockedValue { $0 } })
        let environment = CaptivePortalEnvironment(
            registration: registration, templates: try PortalTemplates(folder: Self.templates),
            nas: CaptiveNAS(
                type: { _, _, _ in nasType },
                change: { change, _, _ in
                    changes.withLockedValue { $0.append(change) }
                    return changeProblem.withLockedValue { $0 }
                }),
            endSession: { id, _ in ended.withLockedValue { $0.append(id) } })
        client = TestClient(
            RegistrationModule(registration).routes + CaptivePortalModule(environment).routes, authenticator: accounts.authenticator,
            settings: WebSettings(publicOrigin: "https://portal.example.org"))
    }

    static func with(
        _ engine: Engine, _ settings: [String: String] = [:], nasType: String? = nil, accounts: (inout AccountsSettings) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ body: (Hotel) async throws -> Void
    ) async throws {
        try await TestDatabase.with(engine) { database in
            let hotel = try Hotel(database.engine, nasType: nasType, accounts)
            defer { hotel.kernel.stop() }
            if !settings.isEmpty { try await hotel.set(settings) }
            try await body(hotel)
        }
    }

    static let sms = ["sms_verification": "yes", "sms_sender": "Hotel", "needs_identity_verification": "yes"]

    func set(_ settings: [String: String], of organization: Organization? = nil) async throws {
        let (directory, id) = (directory, (organization ?? hotel).id)
        try await kernel.withConnection { connection in
            try OrganizationSettingsStore(connection, defaults: directory.defaults).set(settings.mapValues { Optional($0) }, of: id)
            try directory.refresh(over: connection)
        }
    }

    func pass(_ seconds: Int64) { clock.withLockedValue { $0 += seconds * 1_000_000 } }
    var epoch: Int64 { clock.withLockedValue { $0 } / 1_000_000 }

    func write<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection(body)
    }

    /// All rows of a query as texts.
    func table(_ sql: String) async throws -> [[String]] { try await write { try $0.table(sql) } }

    func run(_ sql: String) async throws { try await write { try $0.script(sql) } }

    /// Adds a member with the password `correct horse`.
    @discardableResult
    func add(_ user: User, to organizations: [Organization]? = nil, password: String? = "correct horse") async throws -> User {
        let organizations = organizations ?? [hotel]
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

    /// The RADIUS user token of a user, which a NAS must get as the password.
    func radiusToken(_ username: String) async throws -> String {
        try await table(
            "SELECT t.key FROM radian_radius_token t JOIN radian_user u ON u.id = t.user_id WHERE u.username = '\(username)' AND t.can_auth = 1"
        ).first?.first ?? "none"
    }

    /// The code in the newest text message.
    func lastCode() async throws -> String {
        let rows = try await table("SELECT body FROM radian_message WHERE kind = 'sms-code' ORDER BY created DESC, id DESC LIMIT 1")
        return rows.first?.first?.split(separator: " ").last.map(String.init) ?? ""
    }

    /// An open session, begun an hour ago.
    func open(_ id: String, _ username: String, address: String = "192.0.2.10", station: String = "AA-BB-CC-DD-EE-FF") async throws {
        try await run(
            """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime,
                acctinputoctets, acctoutputoctets, callingstationid, calledstationid, framedipaddress, organization_id)
            VALUES ('\(id)', '\(id)', '\(username)', {{inet '10.0.0.1'}}, {{timestamp \(epoch - 3600)}}, {{timestamp \(epoch)}}, 3600, 1000000,
                2500000, '\(station)', '02-00-00-00-00-01:hotel', {{inet '\(address)'}}, '\(hotel.id)')
            """)
    }

    /// Three hours and 10 MB a day for a user.
    func limit(_ username: String, seconds: Int = 10_800, octets: Int = 10_000_000) async throws {
        try await run(
            """
            INSERT INTO radusergroup (username, groupname, priority, organization_id) VALUES ('\(username)', 'hotel-users', 1, '\(hotel.id)');
            INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES
                ('hotel-users', 'Max-Daily-Session', ':=', '\(seconds)'), ('hotel-users', 'Max-Daily-Session-Traffic', ':=', '\(octets)')
            """)
    }

    /// What a MikroTik sends a browser with that is not logged in.
    static let mikroTik =
        "?link-login-only=http%3A%2F%2F10.5.50.1%2Flogin&link-orig=http%3A%2F%2Fexample.org%2F&mac=AA%3ABB%3ACC%3ADD%3AEE%3AFF"
        + "&ip=10.5.50.7&identity=router&link-logout=http%3A%2F%2F10.5.50.1%2Flogout"
}
