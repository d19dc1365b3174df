import Digests
import EAP
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import Testing

@testable import RADIUSPipeline

/// EAP carried by RADIUS, with the methods that need no TLS.
@Suite struct EAPTests {
    private static let steps: [PipelineStep] = [.each(AuthenticateEAP())] + Installation.authentication

    private func installation(_ methods: [EAPType], _ adjust: (inout PipelineSettings) -> Void = { _ in }) throws -> Installation {
        try Installation(isTraced: true, authentication: Self.steps) { settings in
            settings.eap = { _, _ in EAPSettings(methods: methods) }
            adjust(&settings)
        }
    }

    /// A supplicant that speaks MD5 and remembers State.
    private struct Peer {
        let installation: Installation
        var state: [UInt8]?
        var last: [UInt8] = []

        mutating func send(_ message: [UInt8], name: String = "bob") throws -> Decision {
            var attributes = [try installation.attribute("User-Name", name), try installation.attribute("EAP-Message", octets: message)]
            if let state { attributes.append(try installation.attribute("State", octets: state)) }
            let decision = try installation.decide(attributes)
            for attribute in decision.attributes {
                guard case .bytes(let value) = attribute.value else { continue }
                if attribute.definition.name == "State" { state = value }
                if attribute.definition.name == "EAP-Message" { last = value }
            }
            return decision
        }

        mutating func identity(_ name: String) throws -> Decision {
            try send([2, 1, 0, UInt8(5 + name.utf8.count), 1] + Array(name.utf8), name: name)
        }

        /// Answers the MD5 challenge received last.
        mutating func answerMD5(_ password: String) throws -> Decision {
            let challenge = Array(last[6..<22])
            let hash = MD5.hash([last[1]] + Array(password.utf8) + challenge).bytes
            return try send([2, last[1], 0, 22, 4, 16] + hash)
        }
    }

    @Test func `MD5 ends in Success for the right password, with the policy's attributes`() throws {
        let installation = try installation([.md5])
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")),
            replies: rows(.radreply, ("Session-Timeout", "=", "600"), ("Reply-Message", "=", "hi")))
        var peer = Peer(installation: installation)
        #expect(try peer.identity("bob").code == .accessChallenge)
        #expect(peer.state?.count == 16)
        let visits = installation.stores.state.withLockedValue { $0.batches.count }
        let decision = try peer.answerMD5("hello")
        #expect(decision.code == .accessAccept)
        #expect(peer.last == [3, 2, 0, 4])
        #expect(decision.lines.contains("Session-Timeout = 600"))
        // Not beside EAP-Message (RFC 3579 §2.6.5).
        #expect(!decision.lines.contains { $0.hasPrefix("Reply-Message") })
        #expect(installation.stores.state.withLockedValue { $0.batches.count } == visits + 1)
        #expect(installation.log.entries.map(\.replyName) == ["Access-Accept"])
    }

    @Test func `a wrong password ends in Reject with EAP-Failure`() throws {
        let installation = try installation([.md5])
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var peer = Peer(installation: installation)
        _ = try peer.identity("bob")
        let decision = try peer.answerMD5("hullo")
        #expect(decision.code == .accessReject)
        #expect(decision.reason == .passwordMismatch)
        #expect(peer.last == [4, 2, 0, 4])
    }

    @Test func `a State is good once, for its NAS, and not for ever`() throws {
        var installation = try installation([.md5]) { $0.eapLifetimeSeconds = 60 }
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var peer = Peer(installation: installation)
        _ = try peer.identity("bob")
        let (state, challenge) = (peer.state, peer.last)
        #expect(try peer.answerMD5("hello").code == .accessAccept)
        (peer.state, peer.last) = (state, challenge)
        #expect(try peer.answerMD5("hello").reason == .eapConversationUnknown)

        var late = Peer(installation: installation)
        _ = try late.identity("bob")
        let attributes = [
            try installation.attribute("EAP-Message", octets: [2, 2, 0, 6, 3, 0]),
            try installation.attribute("State", octets: late.state ?? []),
        ]
        #expect(try installation.decide(attributes, at: Installation.noon + 61).reason == .eapConversationUnknown)

        var other = Peer(installation: installation)
        _ = try other.identity("bob")
        installation.client.name = "another gate"
        other = Peer(installation: installation, state: other.state, last: other.last)
        #expect(try other.answerMD5("hello").reason == .eapConversationUnknown)
    }

    @Test func `a Nak chooses another method, or ends with its reason`() throws {
        let installation = try installation([.gtc, .md5])
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var peer = Peer(installation: installation)
        _ = try peer.identity("bob")
        #expect(peer.last[4] == EAPType.gtc.rawValue)
        _ = try peer.send([2, peer.last[1], 0, 6, 3, 4])
        #expect(peer.last[4] == EAPType.md5.rawValue)
        #expect(try peer.answerMD5("hello").code == .accessAccept)

        var stubborn = Peer(installation: installation)
        _ = try stubborn.identity("bob")
        #expect(try stubborn.send([2, stubborn.last[1], 0, 6, 3, 99]).reason == .eapNoCommonMethod)
    }

    @Test func `a packet with a wrong identifier changes nothing`() throws {
        let installation = try installation([.md5])
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var peer = Peer(installation: installation)
        _ = try peer.identity("bob")
        let stray = try peer.send([2, peer.last[1] &+ 7, 0, 6, 3, 4])
        #expect(stray.code == nil)
        #expect(try peer.answerMD5("hello").code == .accessAccept)
    }

    @Test func `without settings for the NAS, and with the method denied, EAP is refused with EAP-Failure`() throws {
        for adjust in [{ $0.eap = { _, _ in nil } }, { $0.deniedMethods = [.eap] }] as [(inout PipelineSettings) -> Void] {
            var peer = Peer(installation: try installation([.md5], adjust))
            let decision = try peer.identity("bob")
            #expect(decision.reason == .eapUnsupported)
            #expect(peer.last == [4, 1, 0, 4])
        }
    }

    @Test func `while the database is away the NAS hears nothing, and its repetition is answered`() throws {
        let installation = try installation([.md5])
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var peer = Peer(installation: installation)
        _ = try peer.identity("bob")
        installation.stores.state.withLockedValue { $0.failure = .unavailable("away") }
        #expect(try peer.answerMD5("hello").code == nil)
        // Not the packet that was asked about.
        #expect(try peer.answerMD5("hullo").code == nil)
        installation.stores.state.withLockedValue { $0.failure = nil }
        #expect(try peer.answerMD5("hullo").code == nil)
        #expect(try peer.answerMD5("hello").code == .accessAccept)
    }

    @Test func `a peer that falls silent is logged once it has taken part`() throws {
        let installation = try installation([.mschapv2, .md5])
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        var idle = Peer(installation: installation)
        _ = try idle.identity("idle")
        var refused = Peer(installation: installation)
        _ = try refused.identity("bob")
        // A wrong response, answered by a failure that the peer has yet to acknowledge.
        let name = Array("bob".utf8)
        let response = [2, refused.last[5], 0, UInt8(54 + name.count), 49] + [UInt8](repeating: 7, count: 49) + name
        #expect(try refused.send([2, refused.last[1], 0, UInt8(5 + response.count), 26] + response).code == .accessChallenge)
        #expect(installation.log.entries.isEmpty)
        installation.pipeline.endAbandonedConversations(now: Installation.noon + 59)
        #expect(installation.log.entries.isEmpty)
        installation.pipeline.endAbandonedConversations(now: Installation.noon + 61)
        #expect(installation.log.entries.map(\.userName) == ["bob"])
        #expect(installation.log.entries.map(\.replyName) == ["Access-Challenge"])
        #expect(installation.log.entries.map(\.reason) == [RejectReason.passwordMismatch.rawValue])
        #expect(installation.pipeline.environment.eapConversations.waiting == 0)
        #expect(installation.pipeline.environment.eapConversations.counts.abandoned == 2)
    }

    @Test func `no more conversations than the table holds, one for each station, and none for ever`() {
        let table = EAPConversations(lifetimeSeconds: 10, capacity: 32)
        func exchange(_ station: String?) -> EAPExchange {
            EAPExchange(
                EAPConversation(EAPSettings(methods: [.md5]), maximumSize: nil), station: station,
                beginning: AuthenticationLogEntry(
                    userName: "bob", replyName: "Access-Challenge", reason: nil, nasName: "gate", nasAddress: "192.0.2.1",
                    epochMicroseconds: 0))
        }
        func take(_ state: [UInt8], _ client: String = "gate", now: Double) -> EAPExchange? {
            if case .exchange(let exchange) = table.take(state, clientName: client, now: now) { exchange } else { nil }
        }
        func isBusy(_ state: [UInt8]) -> Bool {
            if case .busy = table.take(state, clientName: "gate", now: 1) { true } else { false }
        }
        let first = table.keep(exchange("aa"), now: 0)
        let second = table.keep(exchange("aa"), now: 1)
        #expect(table.waiting == 1)
        #expect(take(first, now: 1) == nil)
        #expect(take(second, "other", now: 1) == nil)
        let taken = take(second, now: 1)
        #expect(taken != nil)
        // While a packet is worked on, another one with its State is no stranger's.
        #expect(isBusy(second))
        if let taken { table.end(taken, accepted: true) }
        #expect(!isBusy(second))
        for number in 0..<1000 { _ = table.keep(exchange("station \(number)"), now: 2) }
        #expect(table.waiting <= 32)
        #expect(table.counts.refused >= 968)
        // The newest has its place, whatever came before.
        let last = table.keep(exchange("last"), now: 3)
        #expect(take(last, now: 3) != nil)
        for number in 0..<1000 { _ = table.keep(exchange("later \(number)"), now: 13) }
        #expect(table.waiting <= 32)
        #expect(table.counts.abandoned > 20)
    }

    @Test func `what a station wants is known for a day, if the method proves the server, and never too many of them`() {
        var methods = StationMethods(capacity: 3)
        methods.learn(.ttls, of: "a", now: 0)
        methods.learn(.gtc, of: "b", now: 0)
        methods.learn(.md5, of: "a", now: 1)
        #expect(methods.method(of: "a", now: 86_399) == .ttls)
        #expect(methods.method(of: "a", now: 86_400) == nil)
        #expect(methods.method(of: "b", now: 1) == nil)
        methods.learn(.peap, of: "a", now: 100)
        #expect(methods.method(of: "a", now: 86_400) == .peap)
        for (number, station) in ["b", "c", "d"].enumerated() { methods.learn(.tls, of: station, now: 200 + Double(number)) }
        #expect(["a", "b", "c", "d"].filter { methods.method(of: $0, now: 300) != nil } == ["d"])
        // Those of yesterday make room first.
        methods.learn(.tls, of: "e", now: 50_000)
        methods.learn(.tls, of: "f", now: 50_000)
        methods.learn(.tls, of: "g", now: 87_000)
        #expect(["d", "e", "f", "g"].filter { methods.method(of: $0, now: 87_000) != nil } == ["e", "f", "g"])
    }
}
