import Digests
import TestCards
import Testing

@testable import EAP

/// The peer's half of EAP-MSCHAPv2.
struct MSCHAPv2Peer {
    var user = TestUser.bob
    var peerChallenge = [UInt8](0..<16)

    /// The response to a challenge's type-data.
    func answer(_ challenge: [UInt8], name: String? = nil) -> [UInt8] {
        let name = Array((name ?? user.name).utf8)
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: Array(challenge[5..<21]), peerChallenge: peerChallenge, userName: name,
            ntHash: NTHash.hash(password: user.password))
        let length = UInt8(54 + name.count)
        return [2, challenge[1], 0, length, 49] + peerChallenge + [UInt8](repeating: 0, count: 8) + response + [0] + name
    }

    func response(to request: EAPPacket) -> [UInt8] {
        EAPPacket(.response, identifier: request.identifier, type: .mschapv2, data: answer(request.data)).bytes
    }
}

@Suite struct MSCHAPv2MethodTests {
    private static let challenge: [UInt8] = [
        0x5b, 0x5d, 0x7c, 0x7d, 0x7b, 0x3f, 0x2f, 0x3e, 0x3c, 0x2c, 0x60, 0x21, 0x32, 0x26, 0x26, 0x28,
    ]

    private func conversation(_ change: (inout EAPSettings) -> Void = { _ in }) -> EAPConversation {
        var settings = EAPSettings(methods: [.mschapv2])
        settings.random = { Array(Self.challenge.prefix($0)) }
        change(&settings)
        return EAPConversation(settings, maximumSize: nil)
    }

    /// RFC 2759 §9.2 and RFC 3079 §3.5.3 through the method's packets.
    @Test func publishedExample() throws {
        let user = TestUser(name: "User", password: "clientPass")
        let peer = MSCHAPv2Peer(user: user, peerChallenge: Array(try #require(Hexadecimal.decode("21402324255e262a28295f2b3a337c7e".utf8))))
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "User").request)
        #expect(challenge.data == [1, 7, 0, 27, 16] + Self.challenge + Array("radian".utf8))
        let answer = peer.answer(challenge.data)
        #expect(Hexadecimal.encode(answer[29..<53]) == "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df")
        let authentication = try #require(conversation.respond(7, .mschapv2, answer).authentication)
        let success = try #require(conversation.resume(user.verdict(authentication)).request)
        #expect(success.identifier == 8)
        #expect(success.data == [3, 7, 0, 51] + Array("S=407A5589115FD0D6209F510FE9C04566932CDA56 M=OK".utf8))
        guard case .accept([3, 8, 0, 4], let keys?) = conversation.respond(8, .mschapv2, [3]) else {
            Issue.record("expected acceptance")
            return
        }
        #expect(Hexadecimal.encode(keys.msk[16..<32]) == "8b7cdc149b993a1ba118cb153f56dccb")
        #expect(Array(keys.msk[..<16]) == user.verdict(authentication).mppeReceiveKey)
        #expect(Array(keys.msk[..<16]) != Array(keys.msk[16..<32]))
        #expect(keys.msk.count == 64)
        #expect(keys.msk[32...].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [[3], [], [3, 7, 0, 4]] as [[UInt8]])
    func acknowledgements(_ acknowledgement: [UInt8]) throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        let authentication = try #require(conversation.handle(MSCHAPv2Peer().response(to: challenge)).authentication)
        _ = conversation.resume(TestUser.bob.verdict(authentication))
        #expect(conversation.respond(8, .mschapv2, acknowledgement).isAccept)
    }

    @Test func peerThatDoubtsUs() throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        let authentication = try #require(conversation.handle(MSCHAPv2Peer().response(to: challenge)).authentication)
        _ = conversation.resume(TestUser.bob.verdict(authentication))
        #expect(conversation.respond(8, .mschapv2, [4]).isReject)
    }

    @Test(arguments: [(691, "Wrong\npassword", "Wrong password"), (648, "", "Authentication failed")])
    func refusal(_ code: Int, _ message: String, _ shown: String) throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        _ = conversation.handle(MSCHAPv2Peer(user: TestUser(name: "bob", password: "wrong")).response(to: challenge))
        var verdict = EAPVerdict(isAccepted: false, message: message)
        verdict.mschapError = code
        let failure = try #require(conversation.resume(verdict).request)
        let text = "E=\(code) R=0 C=5B5D7C7D7B3F2F3E3C2C602132262628 V=3 M=\(shown)"
        #expect(failure.data == [4, 7, 0, UInt8(4 + text.utf8.count)] + Array(text.utf8))
        #expect(conversation.respond(8, .mschapv2, [4]).failure == .refused)
    }

    @Test func refusalWithoutErrorPacket() throws {
        let conversation = conversation { $0.sendsMSCHAPError = false }
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        _ = conversation.handle(MSCHAPv2Peer().response(to: challenge))
        #expect(conversation.resume(EAPVerdict(isAccepted: false)).isReject)
    }

    @Test func acceptedWithoutPasswordFails() throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        _ = conversation.handle(MSCHAPv2Peer().response(to: challenge))
        #expect(conversation.resume(EAPVerdict(isAccepted: true)).isReject)
    }

    @Test func nameMayDifferFromTheIdentity() throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "DOMAIN\\bob").request)
        let authentication = try #require(conversation.respond(7, .mschapv2, MSCHAPv2Peer().answer(challenge.data)).authentication)
        #expect(authentication.identity == Array("DOMAIN\\bob".utf8))
        guard case .mschapv2(_, _, _, _, let name) = authentication.proof else {
            Issue.record("expected MS-CHAPv2")
            return
        }
        #expect(name == Array("bob".utf8))
    }

    // Password change (draft-kamath-pppext-eap-mschapv2 §2.7, RFC 2759 §7).

    /// A conversation whose peer has been told that its password has expired.
    private func expired() throws -> (EAPConversation, refusal: EAPPacket) {
        let conversation = EAPConversation(EAPSettings(methods: [.mschapv2]), maximumSize: nil)
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        let authentication = try #require(conversation.handle(MSCHAPv2Peer().response(to: challenge)).authentication)
        let refusal = try #require(conversation.resume(TestUser.bob.expired(authentication)).request)
        let text = String(decoding: refusal.data.dropFirst(4), as: UTF8.self)
        #expect(text.wholeMatch(of: /E=648 R=0 C=[0-9A-F]{32} V=3 M=Password expired/) != nil)
        #expect(conversation.pendingFailure == .refused)
        return (conversation, refusal)
    }

    @Test func expiredPasswordIsChanged() throws {
        let (conversation, refusal) = try expired()
        let data = PasswordChangePeer(new: "wonder land").change(refusal.data)
        #expect(data.count == 586)
        let authentication = try #require(conversation.respond(8, .mschapv2, data).authentication)
        #expect(authentication.identity == Array("bob".utf8))
        let verdict = TestUser.bob.expired(authentication)
        #expect(verdict.isAccepted)
        let success = try #require(conversation.resume(verdict).request)
        #expect(success.data.prefix(2) == [3, refusal.data[1] &+ 1])
        #expect(String(decoding: success.data.dropFirst(4), as: UTF8.self) == "\(verdict.authenticatorResponse ?? "") M=OK")
        guard case .accept(_, let keys?) = conversation.respond(9, .mschapv2, [3]) else {
            Issue.record("expected acceptance")
            return
        }
        // Those of the new password.
        #expect(Array(keys.msk[..<32]) == verdict.mppeReceiveKey + verdict.mppeSendKey)
    }

    /// The same as EAP in TTLS.
    @Test(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
    func expiredPasswordIsChangedInATunnel() throws {
        let certificates = try #require(TestCertificates.shared)
        var settings = EAPSettings(methods: [.ttls])
        settings.innerMethods = [.ttls: [.mschapv2]]
        settings.tls = try certificates.server()
        let user = PasswordChangePeer(new: "wonder land")
        let peer = try TunnelPeer(.ttls, certificates.client("bob")) { _, heard in
            let request = heard.isEmpty ? nil : (try? TTLSCredentials(heard).eapMessage).flatMap { try? EAPPacket($0) }
            guard let request else { return TTLSCredentials.eapMessage([2, 0, 0, 8, 1] + "bob".utf8) }
            let data =
                switch request.data.first {
                case 1: user.response(request.data)
                case 4: user.change(request.data)
                default: [3] as [UInt8]
                }
            return TTLSCredentials.eapMessage(
                EAPPacket(.response, identifier: request.identifier, type: .mschapv2, data: data).bytes)
        }
        var questions: [EAPAuthentication] = []
        let conversation = EAPConversation(settings, maximumSize: nil)
        let run = try TunnelRun(conversation, peer) { question in
            questions.append(question)
            return TestUser.bob.expired(question)
        }
        #expect(run.last.isAccept)
        #expect(questions.count == 2)
        #expect(conversation.methodName == "TTLS/MSCHAPv2")
    }

    @Test func changeWithTheWrongOldPasswordIsRefusedForGood() throws {
        let (conversation, refusal) = try expired()
        let peer = PasswordChangePeer(old: "guess", new: "wonder land")
        let authentication = try #require(conversation.respond(8, .mschapv2, peer.change(refusal.data)).authentication)
        let second = try #require(conversation.resume(TestUser.bob.expired(authentication)).request)
        #expect(String(decoding: second.data.dropFirst(4), as: UTF8.self).hasPrefix("E=691 R=0 C="))
        let again = PasswordChangePeer(new: "wonder land").change(second.data)
        #expect(conversation.respond(9, .mschapv2, again).failure == .refused)
    }

    @Test func changeComesOnceOnly() throws {
        let (conversation, refusal) = try expired()
        let data = PasswordChangePeer(new: "wonder land").change(refusal.data)
        _ = conversation.respond(8, .mschapv2, data)
        var verdict = EAPVerdict(isAccepted: false)
        verdict.mschapError = 648
        let second = try #require(conversation.resume(verdict).request)
        let again = PasswordChangePeer(new: "wonder land").change(second.data)
        #expect(conversation.respond(9, .mschapv2, again).failure == .refused)
    }

    @Test(arguments: [[4], [], [7], [2, 7, 0, 4]] as [[UInt8]])
    func whoWantsNoNewPasswordIsRefused(_ data: [UInt8]) throws {
        let (conversation, _) = try expired()
        #expect(conversation.respond(8, .mschapv2, data).isReject)
    }

    @Test(arguments: [0, 4, 519, 585, 587])
    func changeOfAnotherLengthIsMalformed(_ length: Int) throws {
        let (conversation, refusal) = try expired()
        let data = PasswordChangePeer(new: "wonder land").change(refusal.data) + [0]
        #expect(conversation.respond(8, .mschapv2, Array(data.prefix(length))).isReject)
    }

    @Test func nobodyChangesWhatHasNotExpired() throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        let peer = MSCHAPv2Peer(user: TestUser(name: "bob", password: "wrong"))
        let authentication = try #require(conversation.handle(peer.response(to: challenge)).authentication)
        let refusal = try #require(conversation.resume(TestUser.bob.expired(authentication)).request)
        #expect(String(decoding: refusal.data.dropFirst(4), as: UTF8.self).hasPrefix("E=691"))
        let data = PasswordChangePeer(old: "wrong", new: "wonder land").change(refusal.data)
        #expect(conversation.respond(8, .mschapv2, data).failure == .refused)
    }

    @Test func malformedResponses() throws {
        let conversation = conversation()
        let challenge = try #require(conversation.respond(6, .identity, "bob").request)
        let answer = MSCHAPv2Peer().answer(challenge.data)
        for data in [Array(answer.prefix(53)), [], [7] + answer.dropFirst(), Array(answer[..<4]) + [48] + answer[5...]] {
            let conversation = self.conversation()
            _ = conversation.respond(6, .identity, "bob")
            #expect(conversation.respond(7, .mschapv2, data).isReject)
        }
    }
}
