import Database
import DynamicAuthorization
import Logging
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@testable import SessionActions

/// Renewed authorizations (RFC 5176 §3.2): the State that is issued, and the request that brings it back.
@Suite struct AuthorizeOnlyTests {
    private struct NoLog: AuthenticationLog { func append(_ entry: AuthenticationLogEntry) {} }
    private struct NoTrace: TraceSink {
        let isArmed = false
        func record(_ record: DecisionRecord) {}
    }

    /// Bob has a password and gets ten minutes in one session; nobody else is known.
    private struct Policies: StoreFactory {
        private final class Stores: PolicyStore, CredentialStore, AccountingStore {
            func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
                queries.map { query in
                    guard query.userName == "bob" else { return UserPolicy() }
                    var policy = UserPolicy(
                        checks: [
                            PolicyRow(table: .radcheck, id: 1, attribute: "Cleartext-Password", op: ":=", value: "hello"),
                            PolicyRow(table: .radcheck, id: 2, attribute: "Simultaneous-Use", op: ":=", value: "1"),
                        ], replies: [PolicyRow(table: .radreply, id: 1, attribute: "Session-Timeout", op: "=", value: "600")])
                    policy.openSessions = [
                        OpenSession(acctSessionID: "s-a", nasAddress: "192.0.2.1", callingStationID: "02-00-00-00-00-01")
                    ]
                    return policy
                }
            }
            func change(_ rows: [ChangedRow]) throws(StoreError) {}
            func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] { [] }
        }
        func makeStores() -> WorkerStores {
            let stores = Stores()
            return WorkerStores(policy: stores, credentials: stores, accounting: stores)
        }
    }

    private struct Server {
        let site: Site
        let pipeline: Pipeline
        let dictionary: AttributeDictionary

        init(_ site: Site, _ database: TestDatabase, _ pool: WorkPool) throws {
            self.site = site
            dictionary = try testDictionary.get()
            var settings = PipelineSettings()
            settings.sendsAccountingClass = true
            pipeline = Pipeline(
                authentication: [
                    .each(RecogniseAuthorizeOnly(database.engine)), .each(FilterUserName()), .each(OrganizationRealm()),
                    .each(RecogniseMACAddress()), .each(DetectCredential()), .batch(LoadPolicy()), .each(EvaluatePolicy()),
                    .each(SelectAuthType()), .each(AuthorizeEstablished()), .each(PAP()), .each(RequireAuthentication()),
                    .each(AccountingClass()), .each(SimultaneousUse()),
                ], accounting: [], dictionary: dictionary, stores: Policies(), log: NoLog(), pool: pool, trace: NoTrace(),
                settings: settings)
        }

        func ask(_ lines: [(String, String)], after seconds: Int64 = 0, from source: String = "192.0.2.1:40000") throws -> Decision {
            let attributes = try lines.map { try Attribute.parse($0.1, for: #require(dictionary.attribute(named: $0.0))) }
            return try pipeline.decide(
                attributes, client: .test(), source: #require(SocketEndpoint(source)), epoch: Double(Site.start + 1000 + seconds),
                stores: Policies().makeStores())
        }
    }

    private func with(_ engine: Engine, _ body: (Server) async throws -> Void) async throws {
        try await TestDatabase.with(engine, schema: Site.schema) { (database) async throws in
            let pool = WorkPool(threads: 1, capacity: 8)
            defer { pool.stop() }
            let site = try Site(database)
            try await body(try Server(site, database, pool))
        }
    }

    private func issue(_ site: Site, _ id: String) throws -> String {
        String(decoding: try AuthorizeOnlyStore(site.connection).issue(for: id, at: site.micros), as: UTF8.self)
    }

    @Test(arguments: Engine.available) func anIssuedStateGetsWhatPolicyGrantsNow(_ engine: Engine) async throws {
        try await with(engine) { (server) async throws in
            try server.site.begin("a", user: "bob")
            let state = try issue(server.site, "a")
            let request = [("User-Name", "bob"), ("Service-Type", "Authorize-Only"), ("State", state)]
            let decision = try server.ask(request)
            #expect(decision.code == .accessAccept)
            // No new Class, by which accounting would take it for another session; no second place among the user's sessions.
            #expect(decision.attributes.map { "\($0.definition.name)=\($0.printedValue)" } == ["Session-Timeout=600"])
            // The NAS may have to repeat itself.
            #expect(try server.ask(request + [("Acct-Session-Id", "s-a")]).code == .accessAccept)
            // Whose session it is, the State says, not the request.
            #expect(try server.ask([("Service-Type", "Authorize-Only"), ("State", state)]).code == .accessAccept)
        }
    }

    @Test(arguments: Engine.available) func nothingElseIsAccepted(_ engine: Engine) async throws {
        try await with(engine) { (server) async throws in
            let site = server.site
            for id in ["a", "b", "c", "d"] { try site.begin(id, user: id == "c" ? "carol" : "bob") }
            let (state, ofOther, ofCarol, ofStopped) = try (issue(site, "a"), issue(site, "b"), issue(site, "c"), issue(site, "d"))
            try site.stop("d")
            func reason(_ more: [(String, String)], after seconds: Int64 = 0, from source: String = "192.0.2.1:40000") throws
                -> RejectReason?
            {
                let decision = try server.ask(
                    [("User-Name", "bob"), ("Service-Type", "Authorize-Only")] + more, after: seconds, from: source)
                #expect(decision.code == .accessReject)
                return decision.reason
            }
            #expect(try reason([]) == .authorizationUnasked)
            #expect(try reason([("State", "0x00")]) == .authorizationUnasked)
            #expect(try reason([("State", String(repeating: "0", count: 32))]) == .authorizationUnasked)
            // Another session's, another NAS's, too late, or after its end.
            #expect(try reason([("State", ofOther), ("Acct-Session-Id", "s-a")]) == .authorizationUnasked)
            #expect(try reason([("State", state)], from: "192.0.2.9:40000") == .authorizationUnasked)
            #expect(try reason([("State", state)], after: 301) == .authorizationUnasked)
            #expect(try reason([("State", ofStopped)]) == .authorizationUnasked)
            // Whom policy does not know any more.
            #expect(try reason([("State", ofCarol)]) == .userUnknown)
            // Without Service-Type it is a login without a password.
            let login = try server.ask([("User-Name", "bob"), ("State", state)])
            #expect(login.reason == .credentialsMissing)
            // A station's address is no proof here.
            let station = [("User-Name", "02-00-00-00-00-01"), ("Calling-Station-Id", "02-00-00-00-00-01")]
            #expect(try server.ask(station + [("Service-Type", "Authorize-Only")]).reason == .authorizationUnasked)
        }
    }

    @Test(arguments: Engine.available) func aPasswordIsStillAPassword(_ engine: Engine) async throws {
        try await with(engine) { (server) async throws in
            let login = [("User-Name", "bob"), ("Service-Type", "Authorize-Only"), ("Calling-Station-Id", "02-00-00-00-00-01")]
            #expect(try server.ask(login + [("User-Password", "hello")]).code == .accessAccept)
            #expect(try server.ask(login + [("User-Password", "other")]).reason == .passwordMismatch)
        }
    }

    @Test(arguments: Engine.available) func statesAreForgotten(_ engine: Engine) async throws {
        try await with(engine) { (server) async throws in
            try server.site.begin("a", user: "bob")
            let store = AuthorizeOnlyStore(server.site.connection)
            let state = try issue(server.site, "a")
            try store.prune(at: server.site.micros + AuthorizeOnlyStore.lifetime)
            #expect(try store.session(state, at: server.site.micros) != nil)
            try store.prune(at: server.site.micros + AuthorizeOnlyStore.lifetime + 1)
            #expect(try store.session(state, at: server.site.micros) == nil)
            #expect(AuthorizeOnlyStore.draw() != AuthorizeOnlyStore.draw())
        }
    }

    @Test(arguments: Engine.available) func aNAKWithRequestInitiatedIsDone(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .nak(.requestInitiated) })
            try await site.order(actions, "a", .authorizeOnly)
            try await site.work(actions)
            let record = try #require(try site.history().first)
            #expect(record.action == "authorize-only" && record.result == "initiated" && record.errorCause == 507)
            // The session goes on.
            #expect(try site.closing("a")[0] == "NULL")
            #expect(try site.connection.table("SELECT session_id FROM radian_authorize_only") == [["a"]])
            // To anything else the same NAK is a refusal.
            try await site.order(actions, "a", .disconnect)
            try await site.work(actions)
            #expect(try site.history().first?.result == "refused")
        }
    }
}
