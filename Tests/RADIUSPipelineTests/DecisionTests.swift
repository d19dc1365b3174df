import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

struct DecisionTests {
    private let password = rows(.radcheck, ("Cleartext-Password", ":=", "hello-secret"))

    @Test func recordShowsTheWayToTheDecision() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: password, replies: rows(.radreply, ("Session-Timeout", "=", "60")))
        let decision = try installation.logIn(
            "bob", "wrong", [("Calling-Station-Id", "02-00-00-00-00-09"), ("Called-Station-Id", "00-11-22-33-44-55:guest: 2")])
        let record = try #require(decision.record)
        #expect(record.userName == "bob")
        #expect(record.callingStationID == "02-00-00-00-00-09")
        #expect(record.ssid == "guest: 2")
        #expect(record.method == "PAP")
        #expect(record.decidedBy == "PAP")
        #expect(record.outcome == "Access-Reject")
        #expect(record.stages.map(\.name).prefix(3) == ["User name", "Realm", "MAC address"])
        let text = record.render()
        #expect(text.hasPrefix("2026-06-21T12:00:00.000Z #"))
        #expect(text.contains("Access-Request from gate (192.0.2.1)"))
        #expect(text.contains("=> Access-Reject [password.mismatch]"))
        #expect(text.contains(RejectReason.passwordMismatch.nextStep))
    }

    @Test func noSecretIsEverRendered() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: password
                + rows(.radcheck, ("NT-Password", ":=", "066ddfd4ef0e9cd7c256fe77191ef43c"), ("Cleartext-Password", "?", "hidden-1")),
            replies: rows(.radreply, ("Tunnel-Password:1", "=", "hidden-2"), ("MS-MPPE-Send-Key", "=", "0x68696464656e2d33")))
        for password in ["hello-secret", "wrong-secret"] {
            let text = try installation.logIn("bob", password).record.orThrow().render()
            for secret in ["hello-secret", "wrong-secret", "066ddfd4", "hidden-", "68696464656e", "testing123"] {
                #expect(!text.contains(secret))
            }
        }
        #expect(try installation.logIn("bob", "hello-secret").lines == ["Tunnel-Password:1 = <secret>", "MS-MPPE-Send-Key = <secret>"])
    }

    @Test func namesCannotForgeLines() throws {
        let installation = try Installation { $0.userNames.refusesControlCharacters = false }
        let text = try installation.logIn("bob\n  => Access-Accept", "x").record.orThrow().render()
        #expect(!text.contains("\n  => Access-Accept"))
    }

    @Test func everyReasonHasTexts() {
        #expect(Set(RejectReason.allCases.map(\.rawValue)).count == RejectReason.allCases.count)
        for reason in RejectReason.allCases {
            #expect(reason.explanation.hasSuffix("."))
            #expect(reason.nextStep.hasSuffix("."))
        }
    }

    @Test func decisionsAreLoggedWithoutThePassword() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: password, replies: rows(.radreply, ("Class", "=", "0x6162")))
        _ = try installation.logIn("bob", "hello-secret", [("Called-Station-Id", "ap"), ("Calling-Station-Id", "sta")])
        _ = try installation.logIn("bob", "wrong-secret")
        let entries = installation.log.entries
        #expect(entries.map(\.replyName) == ["Access-Accept", "Access-Reject"])
        #expect(entries.map(\.reason) == [nil, "password.mismatch"])
        #expect(entries[0].accepted)
        #expect(entries[0].classText == "0x6162")
        #expect(entries[0].calledStationID == "ap")
        #expect(entries[0].callingStationID == "sta")
        #expect(entries[0].epochMicroseconds == 1_782_043_200_000_000)
        #expect(!"\(entries)".contains("secret"))
    }

    @Test func databaseFailureIsSilentUnlessTheSettingsAskForAReject() throws {
        let silent = try Installation()
        silent.stores.state.withLockedValue { $0.failure = .unavailable("gone") }
        guard case .silence(.databaseUnavailable) = try silent.logIn("bob", "x").disposition else {
            Issue.record("expected silence")
            return
        }
        #expect(silent.log.entries.isEmpty)
        let loud = try Installation { $0.rejectsWithoutDatabase = true }
        loud.stores.state.withLockedValue { $0.failure = .unavailable("gone") }
        #expect(try loud.logIn("bob", "x").reason == .databaseUnavailable)
    }

    @Test func eapIsRefusedWithItsReason() throws {
        let installation = try Installation()
        let decision = try installation.decide([
            installation.attribute("User-Name", "bob"), installation.attribute("EAP-Message", octets: [2, 0, 0, 8, 1] + Array("bob".utf8)),
        ])
        #expect(decision.reason == .eapUnsupported)
    }

    @Test func aPipelineThatForgetsToAuthenticateRejects() throws {
        let stores = MemoryStores()
        let client = NASClient(name: "gate", prefix: try #require(IPPrefix("192.0.2.1")), secret: SharedSecret(Array("s".utf8)))
        let pipeline = Pipeline(
            authentication: [.each(FilterUserName())], accounting: [], dictionary: try Installation.dictionary.get(), stores: stores,
            log: MemoryLog(), pool: WorkPool(threads: 1, capacity: 1), trace: MemoryTrace(isArmed: false), settings: PipelineSettings())
        let name = try Attribute.parse("bob", for: #require(pipeline.environment.dictionary.attribute(named: "User-Name")))
        let source = SocketEndpoint(address: client.prefix.address, port: 1)
        #expect(
            try pipeline.decide([name], client: client, source: source, epoch: 0, stores: stores.makeStores()).reason == .credentialsMissing
        )
        let accounting = try pipeline.decide(
            [name], code: .accountingRequest, client: client, source: source, epoch: 0, stores: stores.makeStores())
        #expect(accounting.code == nil)
    }
}
