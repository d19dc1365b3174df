import Database
import Foundation
import FreeRADIUSAPI
import HTTPTypes
import Logging
import NASClients
import OrganizationSettings
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import ServerKernel
import Sessions
import TestSupport
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// Every route of the program over a fresh database, asked in process: the modules of `radian serve`, its authenticator and its pipeline.
final class WholeAPI {
    let kernel: Kernel
    let modules: AllModules
    /// Without the pages for people, which suites of their own ask.
    let routes: [Route]
    let sockets: [WebSocketRoute]
    let client: TestClient
    let connection: any DatabaseConnection
    private let decider: PipelineDecider
    private let rehearsal: PipelineRehearsal
    private let pool: WorkPool
    private let directory: URL

    private static let dictionary = Result { try AttributeDictionary.load(root.appending(path: "Dictionaries").path) }
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

    static func with(_ engine: TestDatabase.Engine, _ body: (WholeAPI) async throws -> Void) async throws {
        let database = try TestDatabase(engine, schema: Schema.migrations)
        defer { try? database.drop() }
        let api = try WholeAPI(database.engine)
        defer { api.stop() }
        try await body(api)
    }

    private init(_ engine: any DatabaseEngine) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "radian-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var configuration = try Self.configuration(directory.path)
        // The other clients of the machine are not meant to wait for this.
        configuration.accounts.settings.passwordResetPause = .zero
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        kernel = Kernel(engine: engine, connections: 2, refreshInterval: .seconds(60), logger: logger)
        let dictionary = try Self.dictionary.get()
        modules = try AllModules(kernel, configuration, dictionary: dictionary)
        pool = WorkPool(threads: 1, capacity: 100)
        decider = PipelineDecider(capacity: 100, nasType: configuration.api.nasType)
        let trace = TraceHub()
        rehearsal = PipelineRehearsal(dictionary)
        let operations = OperationsModule(
            counters: RADIUSCounters(), registry: modules.nasClients.registry, log: modules.sessions.postAuthenticationLog, pool: pool,
            kernel: kernel)
        let steps = [
            RADIUSPipelineOrder.authentication(modules, pool: pool), RADIUSPipelineOrder.accounting(modules, pool: pool),
            RADIUSPipelineOrder.dynamicAuthorization(modules, pool: pool),
        ]
        let set = try ModuleSet(
            modules.all + [
                operations, modules.freeRADIUS(kernel, configuration, decider: decider),
                modules.insight(kernel, feed: trace, rehearsal: rehearsal, counters: RADIUSCounters()),
            ],
            pipelineOrder: steps.flatMap { $0 }.map(\.name))
        sockets = set.sockets
        let all = set.routes + DocumentationRoutes.routes(describing: set.routes, assetFolder: nil)
        routes = all.filter { !$0.isPage }
        let connection = try engine.connect(.general)
        self.connection = connection
        try connection.transaction { () throws(DatabaseError) in try RoleStore(connection).register(set.permissions) }
        try modules.refresh(over: connection)
        let stores = PacketStores(engine: engine, modules: modules)
        let pipeline = Pipeline(
            authentication: steps[0], accounting: steps[1], dictionary: dictionary, stores: stores,
            log: modules.sessions.postAuthenticationLog, pool: pool, trace: trace, settings: PipelineSettings(configuration, modules),
            logger: logger)
        decider.start(pipeline, threads: 1)
        rehearsal.start(pipeline, stores: stores)
        var settings = configuration.http.service
        settings.passwordPaths = modules.accounts.passwordPaths
        settings.uploadFolder = directory
        settings.ownHosts.insert("radian.test")
        // Rates have tests of their own; here they would hide every other answer.
        for name in ["others", "users-auth"] { settings.throttles[name] = Throttle(name, limit: nil, per: 1) }
        client = TestClient(
            WebService(
                routes: all, sockets: sockets, authenticator: modules.accounts.authenticator, settings: settings, logger: logger,
                explanation: DatabaseProblem.explain))
    }

    private func stop() {
        decider.stop()
        rehearsal.stop()
        kernel.stop()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func configuration(_ directory: String) throws -> RadianConfiguration {
        let yaml = """
            accounts:
              password_scheme: cleartext
            api:
              freeradius_allowed_hosts: 0.0.0.0/0
              captive_portal_mock: yes
            batches:
              directory: \(directory)/batches
            messages:
              email: file
              file: \(directory)/messages
            sms_gateways:
              - name: paper
                type: http
                url: http://192.0.2.1/
                receipt_secret: a-secret-of-the-gateway
                receipt_id: id
                receipt_status: status
                receipt_delivered: [delivered]
            """
        var reader = ConfigurationReader(yaml: yaml, file: "radian.yaml", environment: [:])
        let configuration = RadianConfiguration(&reader)
        try reader.finish()
        return configuration
    }

    /// The rows of every table as texts, by table; sorted, so that two of them can be compared.
    ///
    /// - Parameter mention: only rows with one of these texts in them; nil for all.
    func rows(mentioning marks: [String]? = nil) throws -> [String: [String]] {
        let names =
            connection.dialect == .sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            : "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        var all: [String: [String]] = [:]
        for table in try connection.table(names).compactMap(\.first) where !Self.ownRecords.contains(table) {
            let rows = try connection.table("SELECT * FROM \"\(table)\"").map { $0.joined(separator: "\u{1F}") }
            let kept = marks.map { marks in rows.filter { row in marks.contains { row.contains($0) } } } ?? rows
            if !kept.isEmpty { all[table] = kept.sorted() }
        }
        return all
    }

    /// What an organization's own log says of names that its devices sent, whoever has that name.
    private static let ownRecords: Set = ["radpostauth"]
}

extension Route {
    /// Whether it is a page of the console or for logins, or what devices ask beside one: open to everybody, in HTML.
    fileprivate var isPage: Bool {
        path == "/" || ["/console/", "/login/", "/guest/", "/api/captive-portal/"].contains { path.hasPrefix($0) }
    }
    /// Whether a request by it may change something.
    var isUnsafe: Bool { method != .get }
    /// The `:names` of its path.
    var parameterNames: [String] { path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) } }
}
