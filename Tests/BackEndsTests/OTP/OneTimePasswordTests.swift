import Accounts
import Database
import Digests
import Foundation
import Logging
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel
import TestSupport
import Testing

@testable import BackEnds

@Suite struct OneTimePasswordTests {
    typealias Engine = TestDatabase.Engine

    /// Users in memory and secrets in a database.
    private final class Stores: StoreFactory {
        let users: UsersInMemory
        let engine: any DatabaseEngine

        init(_ users: [String: UserPolicy], _ engine: any DatabaseEngine) {
            self.users = UsersInMemory(users)
            self.engine = engine
        }

        func makeStores() -> WorkerStores {
            var stores = users.makeStores()
            stores.oneTimePasswords = OneTimePasswordTable(KeptConnection(engine, .packets))
            return stores
        }
    }

    private struct Fixture {
        let pipeline: Pipeline
        let stores: WorkerStores
        let secrets: OneTimePasswordSecrets
        var client = NASClient(name: "gate", prefix: IPPrefix(IPAddress(ipv4: 0xc000_0201)), secret: SharedSecret([1, 2, 3]))

        func decide(_ attributes: [(String, String)], at epoch: Double, isRehearsal: Bool = false) throws -> Decision {
            let dictionary = try BackEndFixture.dictionary.get()
            let parsed = try attributes.map { name, value in
                guard let definition = dictionary.attribute(named: name) else { throw BackEndFixture.Unknown(name: name) }
                return try Attribute.parse(value, for: definition)
            }
            return try pipeline.decide(
                parsed, client: client, source: SocketEndpoint(address: client.prefix.address, port: 1), epoch: epoch, stores: stores,
                isRehearsal: isRehearsal)
        }

        func logIn(_ user: String, _ password: String, state: String? = nil, at epoch: Double = noon, isRehearsal: Bool = false) throws
            -> Decision
        {
            let more = state.map { [("State", $0)] } ?? []
            return try decide([("User-Name", user), ("User-Password", password)] + more, at: epoch, isRehearsal: isRehearsal)
        }
    }

    static let noon = BackEndFixture.noon
    private static let key = Array("12345678901234567890".utf8)

    private static func code(_ epoch: Double = noon, _ distance: Int64 = 0) -> String {
        let totp = TOTP(OneTimePasswordSecret(userName: "", secret: key))
        return totp.code(totp.counter(at: epoch) + distance)
    }

    private func with(
        _ engine: Engine, users: [String: UserPolicy]? = nil, secret: OneTimePasswordSecret?, _ body: (Fixture) throws -> Void
    ) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            try Migrator([AccountsModule.migrations, BackEndsModule.migrations]).migrate(connection)
            let secrets = OneTimePasswordSecrets(connection)
            if let secret { try secrets.set(secret) }
            let stages = OneTimePasswords(OneTimePasswordSettings())
            let factory = Stores(users ?? ["alice": .checks(("Cleartext-Password", ":=", "secret"))], database.engine)
            let pipeline = Pipeline(
                authentication: [
                    .each(FilterUserName()), .each(DetectCredential()), .batch(LoadPolicy()), .each(EvaluatePolicy()),
                    .each(SelectAuthType()), .batch(stages.read), .each(PAP()), .each(CHAP()), .each(RequireAuthentication()),
                    .batch(stages.require),
                ], accounting: [], dictionary: try BackEndFixture.dictionary.get(), stores: factory, log: Silence(),
                pool: WorkPool(threads: 1, capacity: 1), trace: Silence(), settings: PipelineSettings())
            try body(Fixture(pipeline: pipeline, stores: factory.makeStores(), secrets: secrets))
        }
    }

    @Test(arguments: Engine.available) func `a code behind the password counts once`(_ engine: Engine) throws {
        try with(engine, secret: OneTimePasswordSecret(userName: "alice", secret: Self.key)) { (fixture) throws in
            #expect(try fixture.logIn("alice", "secret" + Self.code(), isRehearsal: true).code == .accessAccept)
            #expect(try fixture.logIn("alice", "wrong" + Self.code()).reason == .passwordMismatch)
            #expect(try fixture.logIn("alice", "secret" + Self.code()).code == .accessAccept)
            #expect(try fixture.logIn("alice", "secret" + Self.code()).reason == .oneTimePasswordUsed)
            // A code of an earlier period is not new either.
            #expect(try fixture.logIn("alice", "secret" + Self.code(Self.noon, -1)).reason == .oneTimePasswordUsed)
            #expect(try fixture.logIn("alice", "secret" + Self.code(Self.noon, 1)).code == .accessAccept)
            #expect(try fixture.logIn("alice", "secret" + Self.code(Self.noon, 5)).reason == .oneTimePasswordWrong)
            #expect(try fixture.logIn("alice", "secret").reason == .oneTimePasswordMissing)
            #expect(try fixture.logIn("alice", "secret" + Self.code(Self.noon + 90), at: Self.noon + 90).code == .accessAccept)
        }
    }

    @Test(arguments: Engine.available) func `users without a secret and other methods`(_ engine: Engine) throws {
        let users: [String: UserPolicy] = [
            "alice": .checks(("Cleartext-Password", ":=", "secret")), "bob": .checks(("Cleartext-Password", ":=", "secret123456")),
        ]
        try with(engine, users: users, secret: OneTimePasswordSecret(userName: "alice", secret: Self.key)) { (fixture) throws in
            #expect(try fixture.logIn("bob", "secret123456").code == .accessAccept)
            #expect(try fixture.logIn("Alice", "x").reason == .userUnknown)
            let chap = [("User-Name", "alice"), ("CHAP-Password", "0x01" + String(repeating: "00", count: 16))]
            #expect(try fixture.decide(chap, at: Self.noon).reason == .oneTimePasswordMissing)
            #expect(try fixture.secrets.remove(userName: "alice", organizationID: nil))
            #expect(try fixture.logIn("alice", "secret").code == .accessAccept)
        }
    }

    @Test(arguments: Engine.available) func `a challenge asks for the code, and its State is valid once`(_ engine: Engine) throws {
        try with(engine, secret: OneTimePasswordSecret(userName: "alice", secret: Self.key, mode: .challenge)) { (fixture) throws in
            #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
            func challenge() throws -> String {
                let decision = try fixture.logIn("alice", "secret")
                #expect(decision.code == .accessChallenge)
                #expect(decision.lines.first == "Reply-Message = Enter the code of your authenticator")
                let state = try #require(decision.attributes.first { $0.definition.name == "State" })
                return state.printedValue
            }
            let first = try challenge()
            let accepted = try fixture.logIn("alice", Self.code(), state: first)
            #expect(accepted.code == .accessAccept)
            // The second time the same packet is a login with the code as the password.
            #expect(try fixture.logIn("alice", Self.code(), state: first).reason == .passwordMismatch)
            #expect(try fixture.logIn("alice", Self.code(), state: challenge()).reason == .oneTimePasswordUsed)
            #expect(try fixture.logIn("alice", "000000", state: challenge()).reason == .oneTimePasswordWrong)
            #expect(try fixture.logIn("bob", Self.code(), state: challenge()).reason == .userUnknown)
            let late = try challenge()
            #expect(try fixture.logIn("alice", Self.code(Self.noon + 61), state: late, at: Self.noon + 61).reason == .passwordMismatch)
            var elsewhere = fixture
            elsewhere.client.name = "other"
            #expect(try elsewhere.logIn("alice", Self.code(Self.noon, 1), state: challenge()).reason == .passwordMismatch)
        }
    }

    @Test(arguments: Engine.available) func `too many wrong codes lock the user out for a while`(_ engine: Engine) throws {
        try with(engine, secret: OneTimePasswordSecret(userName: "alice", secret: Self.key)) { (fixture) throws in
            let wrong = Self.code(Self.noon, 50)
            for _ in 0..<4 { #expect(try fixture.logIn("alice", "secret" + wrong).reason == .oneTimePasswordWrong) }
            // Wrong passwords do not count: whoever does not know the password cannot lock anybody out.
            for _ in 0..<10 { #expect(try fixture.logIn("alice", "nonsense" + wrong).reason == .passwordMismatch) }
            #expect(try fixture.logIn("alice", "secret" + Self.code()).code == .accessAccept)
            for _ in 0..<5 { #expect(try fixture.logIn("alice", "secret" + wrong).reason == .oneTimePasswordWrong) }
            let soon = Self.noon + 31
            #expect(try fixture.logIn("alice", "secret" + Self.code(soon), at: soon).reason == .oneTimePasswordWrong)
            let later = Self.noon + 61
            #expect(try fixture.logIn("alice", "secret" + Self.code(later), at: later).code == .accessAccept)
        }
    }

    @Test(arguments: Engine.available) func `FreeRADIUS's control attributes hold secrets too`(_ engine: Engine) throws {
        let users = [
            "alice": UserPolicy.checks(
                ("Cleartext-Password", ":=", "secret"), ("TOTP-Secret", ":=", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")),
            "bob": UserPolicy.checks(("Cleartext-Password", ":=", "secret"), ("TOTP-Secret", ":=", "no base32!")),
        ]
        try with(engine, users: users, secret: nil) { (fixture) throws in
            #expect(try fixture.logIn("alice", "secret" + Self.code()).code == .accessAccept)
            #expect(try fixture.logIn("alice", "secret" + Self.code()).reason == .oneTimePasswordUsed)
            #expect(try fixture.logIn("bob", "secret" + Self.code()).reason == .policyMisconfigured)
        }
    }

    @Test func `what waits is bounded`() {
        var settings = OneTimePasswordSettings()
        settings.challengeCapacity = 10
        let state = OneTimePasswordState(settings)
        let first = state.ask(userName: "a", clientName: "n", now: 0)
        for index in 0..<100 {
            _ = state.ask(userName: "u\(index)", clientName: "n", now: 0)
            state.failed("u\(index)", now: 0)
        }
        #expect(state.waitingChallenges == 10)
        #expect(!state.take(first, userName: "a", clientName: "n", now: 0))
    }
}
