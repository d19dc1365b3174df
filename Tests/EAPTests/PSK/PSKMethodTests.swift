import Digests
import Testing

@testable import EAP

@Suite struct PSKMethodTests {
    private static let key = [UInt8](1...16)

    private func conversation() -> EAPConversation { EAPConversation(EAPSettings(methods: [.psk]), maximumSize: nil) }

    private struct Run {
        var last: EAPStep
        var questions: [String] = []
    }

    /// Policy that knows bob's key.
    private func policy(accepts: Bool = true) -> (EAPAuthentication) -> EAPVerdict {
        { authentication in
            guard case .lookup = authentication.proof else { return EAPVerdict(isAccepted: accepts) }
            let isKnown = authentication.identity == Array("bob".utf8)
            var verdict = EAPVerdict(isAccepted: isKnown)
            if isKnown { verdict.preSharedKey = Self.key }
            return verdict
        }
    }

    private func run(
        _ peer: PSKPeer, _ conversation: EAPConversation, name: String = "bob", _ verdict: (EAPAuthentication) -> EAPVerdict,
        change: (Int, [UInt8]) -> [UInt8] = { $1 }
    ) throws -> Run {
        var run = Run(last: conversation.respond(1, .identity, name))
        var sent = 0
        while true {
            switch run.last {
            case .authenticate(let authentication):
                let kind = if case .lookup = authentication.proof { "lookup" } else { "proven" }
                run.questions.append("\(kind) \(String(decoding: authentication.identity, as: UTF8.self))")
                run.last = conversation.resume(verdict(authentication))
            case .challenge(let bytes):
                let request = try EAPPacket(bytes)
                let answer = try #require(peer.answer(request))
                sent += 1
                run.last = conversation.respond(request.identifier, .psk, change(sent, answer))
            case .accept, .reject, .discard: return run
            }
        }
    }

    @Test func bothSidesAgree() throws {
        let peer = PSKPeer(key: Self.key)
        let run = try run(peer, conversation(), policy())
        guard case .accept(_, let keys?) = run.last else {
            Issue.record("\(run.last)")
            return
        }
        #expect(run.questions == ["lookup bob", "proven bob"])
        #expect(peer.isServerProved)
        #expect(peer.heard == .success)
        #expect(keys.msk == peer.keys?.msk && keys.msk.count == 64)
        #expect(keys.emsk == peer.keys?.emsk && keys.emsk.count == 64)
        #expect(keys.sessionID.count == 33 && keys.sessionID.first == 47)
    }

    @Test func whomPolicyRefusesIsToldByTheProtectedChannel() throws {
        let peer = PSKPeer(key: Self.key)
        peer.result = .failure
        let run = try run(peer, conversation(), policy(accepts: false))
        #expect(run.last.failure == .refused)
        #expect(peer.heard == .failure)
    }

    @Test(arguments: ["bob", "nobody"])
    func wrongKeyAndUnknownUserLookAlike(_ name: String) throws {
        let peer = PSKPeer(name, key: [UInt8](repeating: 0, count: 16))
        let run = try run(peer, conversation(), name: name, policy())
        #expect(run.last.failure == .proof("wrong key"))
        #expect(run.questions == ["lookup \(name)"])
    }

    @Test func anotherIdentityThanBeforeIsRefused() throws {
        #expect(try run(PSKPeer("alice", key: Self.key), conversation(), policy()).last.failure == .proof("another identity than before"))
    }

    @Test func peerThatReportsFailure() throws {
        let peer = PSKPeer(key: Self.key)
        peer.result = .failure
        #expect(try run(peer, conversation(), policy()).last.failure == .proof("the peer reports failure"))
    }

    /// Each octet of each message counts.
    @Test func changedMessages() throws {
        for message in 1...2 {
            for place in 0..<(message == 1 ? 52 : 38) {
                let run = try run(PSKPeer(key: Self.key), conversation(), policy()) { number, data in
                    var data = data
                    if number == message { data[place] ^= 1 }
                    return data
                }
                #expect(run.last.isReject, "message \(message), octet \(place)")
            }
        }
    }

    @Test func answerOfAnotherConversationIsRefused() throws {
        let first = try #require(self.first(conversation()))
        let recorded = try #require(PSKPeer(key: Self.key).answer(first))
        let other = conversation()
        let second = try #require(self.first(other))
        #expect(other.respond(second.identifier, .psk, recorded).failure == .proof("another conversation's message"))
    }

    private func first(_ conversation: EAPConversation) -> EAPPacket? {
        guard let question = conversation.respond(1, .identity, "bob").authentication else { return nil }
        return conversation.resume(policy()(question)).request
    }

    @Test func fuzz() throws {
        var generator = TestGenerator(47)
        for _ in 0..<3000 {
            let broken = Int.random(in: 1...2, using: &generator)
            let run = try run(PSKPeer(key: Self.key), conversation(), policy()) { number, data in
                var changed = data
                while number == broken, changed == data { changed = data.mutated(&generator) }
                return changed
            }
            #expect(run.last.isReject)
        }
    }
}

/// AES in the modes that EAP-PSK is made of, by published examples.
@Suite struct BlockCipherTests {
    private func octets(_ digits: String) -> [UInt8] { Hexadecimal.decode(digits.utf8) ?? [] }

    /// RFC 4493 §4.
    @Test(arguments: [
        ("", "bb1d6929e95937287fa37d129b756746"),
        ("6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"),
        ("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411", "dfa66747de9ae63030ca32611497c827"),
    ])
    func cmac(_ message: String, _ mac: String) {
        #expect(BlockCipher.mac(octets(message), key: octets("2b7e151628aed2a6abf7158809cf4f3c")) == octets(mac))
    }

    /// Bellare, Rogaway, Wagner: The EAX Mode of Operation, appendix G.
    @Test(arguments: [
        (
            "", "233952dee4d5ed5f9b9c6d6ff80ff478", "62ec67f9c3a4a407fcb2a8c49031a8b3", "6bfb914fd07eae6b",
            "e037830e8389f27b025a2d6527e79d01"
        ),
        (
            "f7fb", "91945d3f4dcbee0bf45ef52255f095a4", "becaf043b0a23d843194ba972c66debd", "fa3bfd4806eb53fa",
            "19dd5c4c9331049d0bdab0277408f67967e5"
        ),
        (
            "1a47cb4933", "01f74ad64077f2e704c0f60ada3dd523", "70c3db4f0d26368400a10ed05d2bff5e", "234a3463c1264ac6",
            "d851d5bae03a59f238a23e39199dc9266626c40f80"
        ),
    ])
    func eax(_ message: String, _ key: String, _ nonce: String, _ header: String, _ result: String) throws {
        let sealed = try #require(
            BlockCipher.sealEAX(octets(message), key: octets(key), nonce: octets(nonce), header: octets(header)))
        #expect(sealed.ciphertext + sealed.tag == octets(result))
        func open(_ tag: [UInt8]) -> [UInt8]? {
            BlockCipher.openEAX(sealed.ciphertext, tag: tag, key: octets(key), nonce: octets(nonce), header: octets(header))
        }
        #expect(open(sealed.tag) == octets(message))
        #expect(open([sealed.tag[0] ^ 1] + sealed.tag.dropFirst()) == nil)
        #expect(open([]) == nil)
    }

    @Test func keysOfAnotherLengthAreNone() {
        #expect(BlockCipher.mac([1], key: [1, 2]) == nil)
        #expect(PSKKeys([UInt8](repeating: 0, count: 15)) == nil)
    }
}

/// wpa_supplicant's EAP-PSK against ours.
@Suite(.enabled(if: EAPOLTest.isInstalled, "needs eapol_test and openssl"))
struct PSKEAPOLTests {
    private static let bob = TestUser(name: "bob", password: "0102030405060708090a0b0c0d0e0f10")

    @Test func keysMatch() throws {
        let network = ["eap=PSK", #"identity="bob""#, "password=\(Self.bob.password)"]
        let result = try EAPOLTest.run(EAPSettings(methods: [.psk]), network, ["-e"], policy: Self.bob.verdict)
        #expect(result.isSuccess && result.keysMatch, "\(result)")
        #expect(result.outcomes.map(\.method) == ["PSK"])
    }

    @Test func refusals() throws {
        let wrong = ["eap=PSK", #"identity="bob""#, "password=\(String(Self.bob.password.reversed()))"]
        let result = try EAPOLTest.run(EAPSettings(methods: [.psk]), wrong, ["-n"], policy: Self.bob.verdict)
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.proof("wrong key")])
        let right = ["eap=PSK", #"identity="bob""#, "password=\(Self.bob.password)"]
        let barred = try EAPOLTest.run(EAPSettings(methods: [.psk]), right, ["-n"]) { authentication in
            if case .lookup = authentication.proof { Self.bob.verdict(authentication) } else { EAPVerdict(isAccepted: false) }
        }
        #expect(!barred.isSuccess)
        #expect(barred.outcomes.map(\.failure) == [.refused])
    }
}
