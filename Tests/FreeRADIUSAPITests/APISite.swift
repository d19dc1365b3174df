import AccessPolicy
import Accounts
import Composition
import Database
import Foundation
import HTTPTypes
import Localization
import Logging
import NIOConcurrencyHelpers
import OrganizationSettings
import RADIUSPipeline
import ServerKernel
import TestSupport
import WebRouting

@testable import FreeRADIUSAPI

/// The routes over a database with the organizations `cafe` and `bar`, whose FreeRADIUS is at 192.0.2.10, and a decider that does as told.
final class APISite {
    let connection: any DatabaseConnection
    let kernel: Kernel
    let directory: SettingsDirectory
    let decider = ScriptedDecider()
    let log = KeptLog()
    private let routes: [Route]
    let token: String

    static func with(
        _ engine: TestDatabase.Engine, settings: FreeRADIUSAPISettings = FreeRADIUSAPISettings(), _ body: (APISite) async throws -> Void
    ) async throws {
        let database = try TestDatabase(engine, schema: Schema.migrations)
        defer { try? database.drop() }
        let site = try APISite(database, settings)
        defer { site.kernel.stop() }
        try await body(site)
    }

    private init(_ database: TestDatabase, _ settings: FreeRADIUSAPISettings) throws {
        connection = try database.engine.connect(.general)
        try connection.script(
            """
            INSERT INTO radian_organization (id, name, slug, created, modified) VALUES
                ('\(Self.cafe)', 'Café', 'cafe', 0, 0), ('\(Self.bar)', 'Bar', 'bar', 0, 0)
            """)
        directory = SettingsDirectory(defaults: OrganizationSettings())
        let store = OrganizationSettingsStore(connection, defaults: directory.defaults)
        for id in [Self.cafe, Self.bar] {
            try store.prepare(id)
            try store.set(["freeradius_allowed_hosts": "192.0.2.10"], of: id)
        }
        token = try store.settings(of: Self.cafe).token
        try directory.refresh(over: connection)
        kernel = Kernel(
            engine: database.engine, connections: 1, refreshInterval: .seconds(60),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        routes =
            FreeRADIUSAPIModule(
                kernel, directory: directory, decider: decider, log: log, calendar: LocalCalendar(.gmt), settings: settings
            ).routes
    }

    static let cafe = "00000000-0000-4000-8000-00000000000a"
    static let bar = "00000000-0000-4000-8000-00000000000b"

    /// Calls a route as the server would.
    /// - Parameter authorization: nil sends the café's.
    func call(
        _ method: HTTPRequest.Method, _ name: String, _ fields: [JSONValue.Member] = [], authorization: String? = nil,
        query: [(String, String)] = [], from address: String = "192.0.2.10"
    ) async throws -> (status: Int, body: JSONValue?, headers: HTTPFields) {
        let path = "/api/v1/freeradius/\(name)/"
        guard let route = routes.first(where: { $0.method == method && $0.path == path }) else { throw NoRoute() }
        var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        let field = authorization ?? "Bearer \(Self.cafe) \(token)"
        if !field.isEmpty { head.headerFields[.authorization] = field }
        let request = WebRequest(
            head: head, query: query.map { WebRequest.QueryItem($0.0, $0.1) }, values: FormValues(fields), clientAddress: address)
        do {
            let response = try await route.handler(request)
            guard case .bytes(let bytes) = response.body else { return (response.status.code, nil, response.headers) }
            return (response.status.code, try JSONValue(parsing: bytes), response.headers)
        } catch let problem as Problem {
            return (problem.status.code, try JSONValue(parsing: problem.body(in: .english).bytes), problem.headers)
        }
    }

    func rows(_ sql: String) throws -> [[String?]] {
        try connection.rows(Statement(sql)) { (row) throws(DatabaseError) in (0..<row.columnCount).map { row.textOrNil($0) } }
    }
}

struct NoRoute: Error {}

/// Answers what the test wants and keeps what was asked.
final class ScriptedDecider: LoginDecider {
    private let state = NIOLockedValueBox<(answer: LoginDecision?, asked: [LoginRequest])>((LoginDecision(replies: []), []))

    var asked: [LoginRequest] { state.withLockedValue { $0.asked } }

    /// Nil: there is no decision.
    func answer(_ decision: LoginDecision?) { state.withLockedValue { $0.answer = decision } }

    func decide(_ request: LoginRequest) async throws -> LoginDecision {
        let answer = state.withLockedValue { state in
            state.asked.append(request)
            return state.answer
        }
        guard let answer else { throw LoginUndecided() }
        return answer
    }
}

final class KeptLog: AuthenticationLog {
    private let box = NIOLockedValueBox<[AuthenticationLogEntry]>([])

    var entries: [AuthenticationLogEntry] { box.withLockedValue { $0 } }

    func append(_ entry: AuthenticationLogEntry) { box.withLockedValue { $0.append(entry) } }
}
