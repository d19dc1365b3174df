import Logging
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@testable import SessionActions

@Suite struct KnownSessionTests {
    private struct NoLog: AuthenticationLog { func append(_ entry: AuthenticationLogEntry) {} }
    private struct NoTrace: TraceSink {
        let isArmed = false
        func record(_ record: DecisionRecord) {}
    }
    private struct NoStores: StoreFactory {
        private final class Stores: PolicyStore, CredentialStore, AccountingStore {
            func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] { [] }
            func change(_ rows: [ChangedRow]) throws(StoreError) {}
            func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] { [] }
        }
        func makeStores() -> WorkerStores {
            let stores = Stores()
            return WorkerStores(policy: stores, credentials: stores, accounting: stores)
        }
    }

    @Test(arguments: Engine.available) func unroutedRequestsTellWhetherTheSessionIsKnown(_ engine: Engine) async throws {
        try await TestDatabase.with(engine, schema: Site.schema) { (database) async throws in
            let site = try Site(database)
            try site.begin("a", user: "bob")
            try site.begin("b", user: "carol")
            try site.stop("b")
            let dictionary = try testDictionary.get()
            let pool = WorkPool(threads: 1, capacity: 8)
            defer { pool.stop() }
            let pipeline = Pipeline(
                authentication: [], accounting: [], dictionary: dictionary, stores: NoStores(), log: NoLog(), pool: pool, trace: NoTrace(),
                settings: PipelineSettings(), dynamicAuthorization: [.each(KnownSession(database.engine))])
            func cause(_ lines: [(String, String)]) throws -> AttributeValue? {
                let attributes = try lines.map { try Attribute.parse($0.1, for: #require(dictionary.attribute(named: $0.0))) }
                let decision = try pipeline.decide(
                    attributes, code: .disconnectRequest, client: .test(), source: #require(SocketEndpoint("192.0.2.9:40000")),
                    epoch: 1_700_000_000, stores: NoStores().makeStores())
                #expect(decision.code == .disconnectNAK)
                return decision.attributes.first?.value
            }
            #expect(try cause([("User-Name", "bob")]) == .unsigned(502))
            #expect(try cause([("User-Name", "bob"), ("Acct-Session-Id", "s-a")]) == .unsigned(502))
            #expect(try cause([("User-Name", "bob"), ("Acct-Session-Id", "other")]) == .unsigned(503))
            #expect(try cause([("User-Name", "carol")]) == .unsigned(503))
            #expect(try cause([("Calling-Station-Id", "02-00-00-00-00-01")]) == .unsigned(502))
            #expect(try cause([("NAS-IP-Address", "192.0.2.1")]) == .unsigned(402))
        }
    }
}
