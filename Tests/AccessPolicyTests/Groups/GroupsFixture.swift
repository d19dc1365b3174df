import AccessPolicy
import Accounts
import Database
import Foundation
import HTTPTypes
import Logging
import NASClients
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Two organizations, `cafe` and `hotel`, with a manager and a member each, and the routes about their groups and sessions.
struct GroupsSite: Sendable {
    typealias Engine = TestDatabase.Engine

    /// Noon of 3 March 2026 UTC.
    static let noon: Int64 = 1_772_539_200
    static let calendar = LocalCalendar(TimeZone(identifier: "UTC") ?? .current)

    let kernel: Kernel
    let routes: [Route]
    let cafe: Organization
    let hotel: Organization
    /// A member of `cafe` only, of `hotel` only, of both, and a superuser who is a member of `cafe`.
    let alice, henry, both, root: User

    /// Runs the body over a fresh database.
    static func with(
        _ engine: Engine, defaultGroups: Bool = true, _ body: (GroupsSite) async throws -> Void
    ) async throws {
        let schema = [
            AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations, AccessPolicyModule.migrations,
        ]
        try await TestDatabase.with(engine, schema: schema) { database in
            let kernel = Kernel(
                engine: database.engine, connections: 1, refreshInterval: .seconds(60),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            defer { kernel.stop() }
            try await body(try await GroupsSite(kernel, defaultGroups: defaultGroups))
        }
    }

    private init(_ kernel: Kernel, defaultGroups: Bool) async throws {
        self.kernel = kernel
        let (cafe, hotel) = (Organization(name: "Café", slug: "cafe"), Organization(name: "Hotel", slug: "hotel"))
        var root = User(username: "root")
        root.isSuperuser = true
        let users = ["alice", "henry", "both"].map { User(username: $0) } + [root]
        try await kernel.withConnection { [users] connection in
            for organization in [cafe, hotel] {
                try OrganizationStore(connection).add(organization)
                if defaultGroups {
                    try connection.unitOfWork { try DefaultGroups.create(organization, over: connection) }
                }
            }
            for user in users { try UserStore(connection).add(user) }
            let members = [(0, cafe), (1, hotel), (2, cafe), (2, hotel), (3, cafe)]
            for (index, organization) in members { try MembershipStore(connection).join(users[index].id, organization.id) }
        }
        (self.cafe, self.hotel) = (cafe, hotel)
        (alice, henry, both, self.root) = (users[0], users[1], users[2], users[3])
        routes =
            AccessPolicyModule(kernel, organizations: OrganizationDirectory(), cachedUsers: 0).routes
            + SessionsModule(kernel, loggedAuthentications: .all, calendar: Self.calendar).routes
    }

    /// All permissions of the routes.
    static let permissions = Set(
        ["radiusgroup", "radiususergroup", "radiusaccounting"].flatMap { model in
            Permission.Action.allCases.map { Permission($0, model, name: "").codeName }
        })

    /// Manages `cafe`, with every permission.
    var manager: Principal { principal(managing: [cafe]) }
    /// Manages `hotel`, with every permission.
    var stranger: Principal { principal(managing: [hotel]) }
    var superuser: Principal { Principal(id: root.id, username: "root", method: .apiToken, isSuperuser: true) }

    func principal(managing organizations: [Organization], permissions: Set<String> = permissions) -> Principal {
        Principal(
            id: UUID().uuidString.lowercased(), username: "manager", method: .apiToken,
            memberships: Dictionary(uniqueKeysWithValues: organizations.map { ($0.id, Principal.Role.manager) }), permissions: permissions)
    }

    /// What a route answers.
    struct Answer {
        var status: Int
        var body: JSONValue
        var headers: HTTPFields

        /// Names of the members of the body, sorted.
        var keys: [String] { GroupsSite.keys(body) }
        var results: [JSONValue] { GroupsSite.elements(body["results"]) }
        /// A text of the body.
        func text(_ name: String) -> String? { body[name]?.string }
        /// A field's errors.
        func errors(_ name: String) -> [String] { GroupsSite.elements(body[name]).compactMap(\.string) }
    }

    static func keys(_ value: JSONValue) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.name).sorted()
    }

    static func elements(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let elements)? = value else { return [] }
        return elements
    }

    /// Answers a request as the server does.
    /// - Parameter path: below `/api/v1/`, with the query.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ fields: JSONValue = .object([]), as principal: Principal?
    ) async throws -> Answer {
        let client = TestClient(routes, authenticator: FixedAuthenticator(principal.map { ["token": $0] } ?? [:]))
        let full = "/api/v1/" + path
        let known = principal == nil ? client : client.bearing("token")
        let answer: TestAnswer
        if [.get, .delete].contains(method) {
            answer = await known.send(method, full)
        } else {
            answer = await known.send(method, full, json: fields)
        }
        let body = answer.body.isEmpty ? nil : answer.json
        return Answer(status: answer.status, body: body ?? .null, headers: answer.headers)
    }

    /// Rows of a query as texts.
    func table(_ sql: String) async throws -> [[String]] {
        try await kernel.withConnection { connection in try connection.table(sql) }
    }

    func script(_ sql: String) async throws {
        try await kernel.withConnection { connection in try connection.script(sql) }
    }

    /// The group with this name.
    func group(_ name: String) async throws -> RADIUSGroup {
        try #require(try await kernel.withConnection { connection in try RADIUSGroupStore(connection).group(named: name) })
    }

    /// Runs a change in one transaction.
    func change(_ body: @escaping @Sendable (any DatabaseConnection) throws -> Void) async throws {
        try await kernel.withConnection { connection in try connection.unitOfWork { try body(connection) } }
    }

    /// Changes that wait for a running server, which has them then.
    func takeChanges() async throws -> Set<AccountChange> {
        try await kernel.withConnection { connection in
            try connection.transaction { () throws(DatabaseError) in try ChangeOutbox(connection).take(limit: 100) }
        }
    }
}
