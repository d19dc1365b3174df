import TLSEngine
import Testing

@testable import EAP

@Suite(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
struct FASTMethodTests {
    private func settings(now: Int64 = 1_000, provisions: Bool = true) throws -> EAPSettings {
        var settings = EAPSettings(methods: [.fast])
        settings.innerMethods = [.fast: [.mschapv2]]
        let tls = try #require(TestCertificates.shared).server {
            $0.maximumVersion = .v1_2
            $0.ciphers = FASTSettings.ciphers
        }
        settings.fast = FASTSettings(
            tls: tls, key: EAPServerKey([5]), authorityID: Array("authority".utf8), allowsAuthenticatedProvisioning: provisions,
            pacLifetimeSeconds: 1_000, now: { now })
        return settings
    }

    private func peer(_ credential: FASTPeer.Credential? = nil) throws -> FASTPeer {
        try FASTPeer(try #require(TestCertificates.shared).client { $0.maximumVersion = .v1_2 }, credential)
    }

    private struct Result {
        var end: EAPStep
        var keys: EAPKeys?
        var questions: [String] = []
        var conversation: EAPConversation

        var tunnel: String? { conversation.facts.first { $0.name == "EAP-FAST-Tunnel" }?.value }
    }

    private func run(_ settings: EAPSettings, _ peer: FASTPeer) throws -> Result {
        let conversation = EAPConversation(settings, maximumSize: nil)
        var result = Result(
            end: conversation.handle(EAPPacket(.response, identifier: 1, type: .identity, data: Array("x".utf8)).bytes),
            conversation: conversation)
        for _ in 0..<60 {
            switch result.end {
            case .challenge(let bytes):
                result.end = conversation.handle(try peer.answer(try EAPPacket(bytes)))
            case .authenticate(let authentication):
                result.questions.append(String(decoding: authentication.identity, as: UTF8.self))
                result.end = conversation.resume(TestUser.bob.verdict(authentication))
            case .accept(_, let keys):
                result.keys = keys
                return result
            case .reject, .discard:
                return result
            }
        }
        return result
    }

    @Test func credentialIsGivenOnRequestAndUsed() throws {
        let first = try peer()
        first.asksForCredential = true
        let full = try run(settings(), first)
        #expect(full.keys?.msk == first.msk)
        #expect(full.keys?.emsk == first.emsk)
        #expect(full.tunnel == "certificate")
        #expect(first.authority == [0, 4, 0, 9] + Array("authority".utf8))
        let credential = try #require(first.credential)
        #expect(credential.key.count == 32)
        // PAC-Lifetime, A-ID, I-ID, A-ID-Info, PAC-Type.
        let expected =
            octets("00030004 000007d0 00040009") + Array("authority".utf8) + octets("00050003 626f62 00070006") + Array("radian".utf8)
            + octets("000a0002 0001")
        #expect(credential.information == expected)
        let second = try peer(credential)
        let short = try run(settings(), second)
        #expect(short.keys?.msk == second.msk)
        #expect(short.tunnel == "PAC")
        #expect(short.questions == ["bob"])
        #expect(second.credential == nil)
    }

    @Test func credentialsEnd() throws {
        let first = try peer()
        first.asksForCredential = true
        #expect(try run(settings(), first).end.isAccept)
        let late = try peer(first.credential)
        #expect(try run(settings(now: 1_900), late).tunnel == "PAC")
        // The last quarter: a new one comes unasked.
        #expect(late.credential != nil)
        #expect(try run(settings(now: 2_000), try peer(first.credential)).tunnel == "certificate")
        var broken = try #require(first.credential)
        broken.opaque[20] ^= 1
        #expect(try run(settings(), try peer(broken)).tunnel == "certificate")
    }

    @Test func credentialIsRefusedWhereNotAllowed() throws {
        let peer = try peer()
        peer.asksForCredential = true
        #expect(try run(settings(provisions: false), peer).end.isAccept)
        #expect(peer.credential == nil)
    }

    @Test func wrongBindingFails() throws {
        let peer = try peer()
        peer.breaksMAC = true
        let result = try run(settings(), peer)
        #expect(result.end.failure == .proof("wrong crypto-binding"))
        #expect(peer.results.last == false)
    }

    @Test func wrongPasswordIsTold() throws {
        let peer = try peer()
        peer.password = "wrong"
        #expect(try run(settings(), peer).end.failure == .refused)
        #expect(peer.results == [false])
    }

    @Test func noMessageOfPhase2DoesHarm() throws {
        var generator = SeededGenerator(state: 11)
        let settings = try settings()
        for round in 0..<80 {
            let peer = try peer()
            let octets = (0..<Int.random(in: 1..<80, using: &generator)).map { _ in UInt8.random(in: 0...20, using: &generator) }
            peer.garbage = (round % 4, round.isMultiple(of: 2) ? octets : [0x80, octets[0], 0, UInt8(octets.count)] + octets)
            #expect(try run(settings, peer).keys == nil)
        }
    }
}
