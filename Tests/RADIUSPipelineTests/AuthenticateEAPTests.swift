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

    @Test func `no more conversations than the table holds, one for each station, and none for ever`() {
        let table = EAPConversations(lifetimeSeconds: 10, capacity: 32)
        func exchange(_ station: String?) -> EAPExchange {
            EAPExchange(EAPConversation(EAPSettings(methods: [.md5]), maximumSize: nil), clientName: "gate", station: station)
        }
        let first = table.keep(exchange("aa"), isNew: true, now: 0)
        let second = table.keep(exchange("aa"), isNew: true, now: 1)
        #expect(first != nil && second != nil && table.waiting == 1)
        #expect(table.take(first ?? [], clientName: "gate", now: 1) == nil)
        #expect(table.take(second ?? [], clientName: "other", now: 1) == nil)
        #expect(table.take(second ?? [], clientName: "gate", now: 1) != nil)
        for number in 0..<1000 { _ = table.keep(exchange("station \(number)"), isNew: true, now: 2) }
        #expect(table.waiting <= 32)
        #expect(table.counts.refused >= 968)
        for number in 0..<1000 { _ = table.keep(exchange("later \(number)"), isNew: true, now: 13) }
        #expect(table.waiting <= 32)
        #expect(table.counts.abandoned > 20)
    }
}
