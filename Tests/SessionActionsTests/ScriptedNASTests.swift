import Accounts
import AccessPolicy
import DynamicAuthorization
import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import SessionActions

/// Against a NAS over UDP.
@Suite struct ScriptedNASTests {
    private static var hasty: RetransmissionTimers {
        var timers = RetransmissionTimers()
        timers.initial = .milliseconds(50)
        timers.total = .milliseconds(400)
        return timers
    }

    private static var session: ControlledSession {
        var session = ControlledSession(
            uniqueID: "a", identity: SessionIdentity(), nasAddress: "127.0.0.1", organizationID: nil, isOpen: true)
        session.identity.userName = "bob"
        session.identity.acctSessionID = "0001"
        return session
    }

    private func disconnect(_ script: @escaping ScriptedNAS.Script) async throws -> (SessionActionOutcome, [[UInt8]]) {
        let nas = try ScriptedNAS(script)
        let receiver = try OutgoingReceiver()
        defer {
            nas.stop()
            receiver.stop()
        }
        let control = SessionControl(
            dictionary: try testDictionary.get(), links: UDPNASLinks(receiver: receiver), timers: Self.hasty)
        let prepared = try control.prepare(
            .disconnect, on: Self.session, in: NASTable([.test("127.0.0.1")]),
            target: { NASTarget(nas: $0, port: Int(nas.endpoint.port)) }, epoch: 1_700_000_000)
        let outcome = await control.send(prepared, action: "disconnect")
        return (outcome, nas.received.withLockedValue { $0 })
    }

    @Test func anACKIsTheEnd() async throws {
        let (outcome, received) = try await disconnect { _, request in [try ScriptedNAS.answer(.disconnectACK, to: request)] }
        #expect(outcome.result == .acknowledged && outcome.errorCause == nil)
        let packet = try Packet(validating: #require(received.first))
        #expect(received.count == 1)
        #expect(packet.code == .disconnectRequest && packet.text(1) == "bob" && packet.text(44) == "0001")
        #expect(packet.integer(55) == 1_700_000_000)
        #expect(packet.verifyRequestAuthenticator(testSecret) && packet.verifyMessageAuthenticator(testSecret))
        #expect(packet.attributes.first { _ in true }?.type == 80)
    }

    @Test func aNAKTellsItsCause() async throws {
        let (outcome, _) = try await disconnect { _, request in [try ScriptedNAS.answer(.disconnectNAK, to: request, cause: 503)] }
        #expect(outcome.result == .refused && outcome.errorCause == .sessionContextNotFound)
    }

    @Test func silenceIsRetransmittedWithTheSameOctets() async throws {
        let (outcome, received) = try await disconnect { _, _ in [] }
        #expect(outcome.result == .timedOut)
        #expect(outcome.attempts == received.count && received.count >= 2)
        #expect(Set(received).count == 1)
    }

    @Test func answersWithAWrongSecretOrIdentifierAreIgnored() async throws {
        let (outcome, received) = try await disconnect { number, request in
            var other = try ScriptedNAS.answer(.disconnectACK, to: request)
            other[1] &+= 1
            let forged = [try ScriptedNAS.answer(.disconnectACK, to: request, secret: SharedSecret(Array("wrong".utf8))), other]
            return number < 3 ? forged : forged + [try ScriptedNAS.answer(.disconnectNAK, to: request, cause: 501)]
        }
        #expect(outcome.result == .refused && outcome.errorCause == .administrativelyProhibited)
        #expect(received.count == 3)
    }

    @Test func repeatedAnswersCountOnce() async throws {
        let (outcome, _) = try await disconnect { _, request in
            let ack = try ScriptedNAS.answer(.disconnectACK, to: request)
            return [ack, ack, try ScriptedNAS.answer(.disconnectNAK, to: request)]
        }
        #expect(outcome.result == .acknowledged)
    }

    /// From a change that another process makes in the database to the packet at the NAS and the line in the history.
    @Test(arguments: Engine.available) func aUserDisabledElsewhereIsDisconnected(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            let nas = try ScriptedNAS { _, request in [try ScriptedNAS.answer(.disconnectACK, to: request)] }
            let receiver = try OutgoingReceiver()
            defer {
                nas.stop()
                receiver.stop()
            }
            try NASTargetStore(site.connection).set(NASTarget(nas: "gate", port: Int(nas.endpoint.port)))
            try UserProvisioning(site.connection).add(User(username: "alice"), credential: UserProvisioning.cleartext("x"))
            try site.begin("of-alice", user: "alice", nas: "127.0.0.1")
            try site.begin("of-bob", user: "bob", nas: "127.0.0.1")
            var settings = DynamicAuthorizationSettings()
            settings.pollInterval = .milliseconds(20)
            let actions = try site.actions(UDPNASLinks(receiver: receiver), nas: [.test("127.0.0.1")], settings: settings)
            let runner = SessionActionRunner(
                actions: actions, inbox: SessionActionInbox(), settings: settings,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await runner.run() }
                    try UserProvisioning(site.connection).setActive(false, "alice")
                    let isDone = try await eventually { try site.history().first?.result != nil }
                    #expect(isDone)
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(
                try site.history().map { "\($0.sessionID) \($0.action) \($0.reason) \($0.result ?? "")" } == [
                    "of-alice disconnect user.disabled acknowledged"
                ])
            let packets = nas.received.withLockedValue { $0 }
            #expect(try packets.map { try Packet(validating: $0).text(1) } == ["alice"])
        }
    }
}
