import RADIUSDictionary
import Digests
import Dispatch
import EAP
import NIOConcurrencyHelpers
import RADIUSPipeline
@testable import RADIUSTransport
import RADIUSWire
import Testing

/// Batches as the transport hands them over.
struct PipelineWorkerTests {
    /// Waits for the answer of a deferred request.
    private final class Mailbox: Sendable {
        private let arrived = DispatchSemaphore(value: 0)
        private let box = NIOLockedValueBox<Disposition?>(nil)

        func put(_ disposition: Disposition?) {
            box.withLockedValue { $0 = disposition }
            arrived.signal()
        }

        func take() -> Disposition? {
            _ = arrived.wait(timeout: .now() + .seconds(30))
            return box.withLockedValue { $0 }
        }
    }

    private func request(_ installation: Installation, _ user: String, _ password: String, mailbox: Mailbox = Mailbox()) throws
        -> ReceivedRequest
    {
        try request(
            installation, [installation.attribute("User-Name", user), installation.attribute("User-Password", password)], mailbox: mailbox)
    }

    private func request(_ installation: Installation, _ attributes: [Attribute], mailbox: Mailbox = Mailbox()) throws -> ReceivedRequest {
        var generator = SystemRandomNumberGenerator()
        let authenticator = Authenticator.random(using: &generator)
        var encoder = AttributeEncoder(secret: installation.client.secret, vector: authenticator)
        for attribute in attributes { try encoder.append(attribute) }
        let packet = try Packet(
            validating: Packet.request(
                .accessRequest, identifier: 1, authenticator: authenticator, attributes: encoder.bytes, secret: installation.client.secret,
                messageAuthenticator: false))
        return ReceivedRequest(
            packet: packet, client: installation.client, source: installation.source, destination: installation.source, receivedAt: 0,
            receivedEpoch: Installation.noon, hadMessageAuthenticator: false, blastWarning: nil,
            responder: ReplyHandle { mailbox.put($0) })
    }

    private func code(_ disposition: Disposition?) -> PacketCode? {
        guard case .reply(let reply)? = disposition else { return nil }
        return reply.code
    }

    @Test func aBatchVisitsTheStoreOnce() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        let worker = installation.pipeline.makeWorker(for: .authentication, duty: .general)
        let answers = worker.process([
            try request(installation, "bob", "hello"), try request(installation, "nobody", "x"), try request(installation, "bob", "wrong"),
            try request(installation, "b\u{1}b", "x"),
        ])
        #expect(answers.map { code($0) } == [.accessAccept, .accessReject, .accessReject, .accessReject])
        let batches = installation.stores.state.withLockedValue { $0.batches }
        #expect(batches.map { $0.map(\.userName) } == [["bob", "nobody", "bob"]])
        let counts = installation.pipeline.counters.current
        #expect(counts.rejects == [.userUnknown: 1, .passwordMismatch: 1, .userNameInvalid: 1])
        #expect(counts.latency[.authentication]?.count == 4)
        #expect(counts.latency[.authentication]?.buckets.reduce(0, +) == 4)
        #expect(installation.trace.records.isEmpty)
    }

    @Test func slowHashesLeaveTheBatchOnceUntilTheyAreRemembered() throws {
        let pool = WorkPool(threads: 1, capacity: 8)
        defer { pool.stop() }
        let installation = try Installation(isTraced: true, pool: pool)
        installation.stores["slow"] = UserPolicy(checks: rows(.radcheck, ("Crypt-Password", ":=", slowHello)))
        installation.stores["fast"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        let worker = installation.pipeline.makeWorker(for: .authentication, duty: .general)
        let mailbox = Mailbox()
        let answers = worker.process([
            try request(installation, "slow", "hello", mailbox: mailbox), try request(installation, "fast", "hello"),
        ])
        guard case .deferred = answers[0] else {
            Issue.record("expected the slow hash to be deferred")
            return
        }
        #expect(code(answers[1]) == .accessAccept)
        #expect(code(mailbox.take()) == .accessAccept)
        // The same password is known now; another one is not.
        #expect(code(worker.process([try request(installation, "slow", "hello")])[0]) == .accessAccept)
        let second = Mailbox()
        guard case .deferred = worker.process([try request(installation, "slow", "other", mailbox: second)])[0] else {
            Issue.record("expected a wrong password to be deferred")
            return
        }
        #expect(code(second.take()) == .accessReject)
        // Unknown users cost the same now.
        let third = Mailbox()
        guard case .deferred = worker.process([try request(installation, "nobody", "hello", mailbox: third)])[0] else {
            Issue.record("expected a decoy for the unknown user")
            return
        }
        #expect(code(third.take()) == .accessReject)
        #expect(installation.trace.records.map(\.outcome).filter { $0 == "Access-Accept" }.count == 3)
        #expect(installation.log.entries.count == 5)
    }

    @Test func shedWorkIsSilent() throws {
        let pool = WorkPool(threads: 1, capacity: 1)
        pool.stop()
        let installation = try Installation(pool: pool)
        installation.stores["slow"] = UserPolicy(checks: rows(.radcheck, ("Crypt-Password", ":=", slowHello)))
        let mailbox = Mailbox()
        _ = installation.pipeline.makeWorker(for: .authentication, duty: .general).process([
            try request(installation, "slow", "hello", mailbox: mailbox)
        ])
        guard case .silence(.queueFull)? = mailbox.take() else {
            Issue.record("expected silence")
            return
        }
    }

    /// Type and length, then the value.
    private func value(_ type: UInt8, of disposition: Disposition?) -> [UInt8]? {
        guard case .reply(let reply)? = disposition else { return nil }
        var rest = reply.attributes[...]
        while let kind = rest.first, rest.count > 2 {
            if kind == type { return Array(rest.prefix(Int(rest[rest.startIndex + 1])).dropFirst(2)) }
            rest = rest.dropFirst(Int(rest[rest.startIndex + 1]))
        }
        return nil
    }

    @Test func `what a stand-in cannot decide without the database is left for another thread, EAP too`() throws {
        let installation = try Installation(authentication: [.each(AuthenticateEAP())] + Installation.authentication) { settings in
            settings.rejectsWithoutDatabase = true
            settings.eap = { _, _ in EAPSettings(methods: [.md5]) }
        }
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        let standIn = installation.pipeline.makeWorker(for: .authentication, duty: .standIn)
        let worker = installation.pipeline.makeWorker(for: .authentication, duty: .general)
        let name = try installation.attribute("User-Name", "bob")
        installation.stores.state.withLockedValue { $0.failure = .unavailable("away") }

        let login = try request(installation, "bob", "hello")
        // Who needs no database yet is answered.
        let identity = try installation.attribute("EAP-Message", octets: [2, 1, 0, 8, 1] + Array("bob".utf8))
        let first = standIn.process([login, try request(installation, [name, identity])])
        guard case .silence(.databaseUnavailable) = first[0] else {
            Issue.record("expected silence, not \(first[0])")
            return
        }
        #expect(code(first[1]) == .accessChallenge)
        let challenge = try value(79, of: first[1]).orThrow()
        let hash = MD5.hash([challenge[1]] + Array("hello".utf8) + challenge[6..<22]).bytes
        let answer = try request(
            installation,
            [
                name, installation.attribute("EAP-Message", octets: [2, challenge[1], 0, 22, 4, 16] + hash),
                installation.attribute("State", octets: value(24, of: first[1]).orThrow()),
            ])
        guard case .silence(.databaseUnavailable) = standIn.process([answer])[0] else {
            Issue.record("expected silence")
            return
        }
        #expect(installation.log.entries.isEmpty)
        #expect(code(worker.process([login])[0]) == .accessReject)

        installation.stores.state.withLockedValue { $0.failure = nil }
        #expect(worker.process([login, answer]).map { code($0) } == [.accessAccept, .accessAccept])
    }

    @Test func aStageMayBeAddedByConformingToStage() throws {
        struct Quota: Stage {
            let name = "Quota"
            func run(_ context: inout RequestContext) -> StageResult {
                context.limitSession(to: 42)
                return .next
            }
        }
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        let pipeline = Pipeline(
            authentication: Installation.authentication + [.each(Quota())], accounting: [],
            dictionary: installation.pipeline.environment.dictionary,
            stores: installation.stores, log: installation.log, pool: WorkPool(threads: 1, capacity: 1), trace: installation.trace,
            settings: PipelineSettings())
        let decision = try pipeline.decide(
            [installation.attribute("User-Name", "bob"), installation.attribute("User-Password", "hello")], client: installation.client,
            source: installation.source, epoch: Installation.noon, stores: installation.stores.makeStores())
        #expect(decision.lines == ["Session-Timeout = 42"])
    }
}
