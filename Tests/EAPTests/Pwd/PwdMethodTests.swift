import Digests
import Testing

@testable import EAP

@Suite struct PwdMethodTests {
    private func conversation(_ change: (inout EAPSettings) -> Void = { _ in }) -> EAPConversation {
        var settings = EAPSettings(methods: [.pwd, .md5])
        change(&settings)
        return EAPConversation(settings, maximumSize: nil)
    }

    struct Result {
        var end: EAPStep
        var keys: EAPKeys?
        var questions: [String] = []
        var longestPacket = 0
    }

    private func run(
        _ peer: PwdPeer, _ conversation: EAPConversation, outer: String? = nil, lookup: (String) -> EAPVerdict
    ) throws -> Result {
        let identity = outer.map { Array($0.utf8) } ?? peer.identity
        var result = Result(end: conversation.handle(EAPPacket(.response, identifier: 9, type: .identity, data: identity).bytes))
        for _ in 0..<60 {
            switch result.end {
            case .challenge(let bytes):
                result.longestPacket = max(result.longestPacket, bytes.count)
                let request = try EAPPacket(bytes)
                result.end = conversation.respond(request.identifier, .pwd, try peer.answer(request.data))
            case .authenticate(let authentication):
                let name = String(decoding: authentication.identity, as: UTF8.self)
                if case .lookup = authentication.proof {
                    result.questions.append("lookup \(name)")
                    result.end = conversation.resume(lookup(name))
                } else if case .proven(.password) = authentication.proof {
                    result.questions.append("proven \(name)")
                    result.end = conversation.resume(EAPVerdict(isAccepted: true))
                }
            case .accept(_, let keys):
                result.keys = keys
                return result
            case .reject, .discard:
                return result
            }
        }
        return result
    }

    private func clear(_ password: String) -> (String) -> EAPVerdict {
        { name in
            var verdict = EAPVerdict(isAccepted: name == "bob")
            if name == "bob" { verdict.clearPasswords = [Array(password.utf8)] }
            return verdict
        }
    }

    @Test(arguments: PwdGroup.allCases, [1024, 100])
    func agreesOnKeys(_ group: PwdGroup, fragmentSize: Int) throws {
        let conversation = conversation {
            $0.pwd.group = group
            $0.fragmentSize = fragmentSize
        }
        let peer = try PwdPeer(group, identity: "bob", password: "hello", fragmentSize: fragmentSize == 100 ? 60 : 1024)
        let result = try run(peer, conversation, lookup: clear("hello"))
        let keys = try #require(result.keys)
        #expect(keys == peer.keys)
        #expect(keys.msk.count == 64)
        #expect(keys.emsk.count == 64)
        #expect(keys.sessionID.count == 33)
        #expect(keys.sessionID.first == 52)
        #expect(result.questions == ["lookup bob", "proven bob"])
        #expect(result.longestPacket <= fragmentSize)
    }

    @Test func ntHashServesThroughItsHash() throws {
        let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
        let result = try run(peer, conversation()) { _ in
            var verdict = EAPVerdict(isAccepted: true)
            verdict.ntHashes = [NTHash.hash(password: "hello")]
            return verdict
        }
        #expect(peer.preparation == 1)
        #expect(result.keys != nil)
        #expect(result.keys == peer.keys)
    }

    @Test(arguments: [PwdPreparation.saltedSHA1, .saltedSHA256, .saltedSHA512])
    func saltedHashes(_ preparation: PwdPreparation) throws {
        let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
        let salt = Array("NaCl".utf8)
        let algorithm: DigestAlgorithm = [.saltedSHA1: .sha1, .saltedSHA256: .sha256, .saltedSHA512: .sha512][preparation] ?? .md5
        let result = try run(peer, conversation()) { _ in
            var verdict = EAPVerdict(isAccepted: true)
            verdict.saltedHashes = [
                SaltedPasswordHash(preparation: preparation, hash: algorithm.hash(Array("hello".utf8) + salt), salt: salt)
            ]
            return verdict
        }
        #expect(peer.preparation == preparation.rawValue)
        #expect(peer.salt == salt)
        #expect(result.keys != nil)
        #expect(result.keys == peer.keys)
    }

    /// A password as LDAP keeps it, all the way from its text.
    @Test func saltedDigestOfADatabase() throws {
        let stored = try #require(StoredPassword(attribute: "Password-With-Header", value: "{ssha}FPvT+WAOz8Kj1D5MB6mKh1x5EKJzYWx0"))
        let digest = try #require(stored.saltedDigest)
        let salted = try #require(SaltedPasswordHash(algorithm: digest.algorithm, hash: digest.hash, salt: digest.salt))
        #expect(salted.preparation == .saltedSHA1)
        let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
        let result = try run(peer, conversation()) { _ in
            var verdict = EAPVerdict(isAccepted: true)
            verdict.saltedHashes = [salted]
            return verdict
        }
        #expect(peer.salt == Array("salt".utf8))
        #expect(result.keys != nil)
        #expect(result.keys == peer.keys)
        #expect(SaltedPasswordHash(algorithm: .md5, hash: [], salt: [1]) == nil)
    }

    @Test(arguments: ["bob", "nobody"])
    func wrongPasswordAndUnknownUserLookAlike(_ name: String) throws {
        let peer = try PwdPeer(.p256, identity: name, password: "wrong")
        let result = try run(peer, conversation(), lookup: clear("hello"))
        #expect(result.end.failure == .proof("confirm does not match"))
        #expect(peer.requests == 3)
        #expect(result.questions == ["lookup \(name)"])
    }

    @Test func unknownUsersHaveSaltsThatStay() throws {
        let settings = PwdSettings(unknownUserPreparation: .saltedSHA256, key: EAPServerKey([9]))
        let salts = try ["eve", "eve", "mallory"].map { name in
            let peer = try PwdPeer(.p256, identity: name, password: "x")
            _ = try run(peer, conversation { $0.pwd = settings }, lookup: clear("hello"))
            #expect(peer.preparation == 4)
            return peer.salt
        }
        #expect(salts[0].count == 8)
        #expect(salts[0] == salts[1])
        #expect(salts[0] != salts[2])
    }

    @Test func nameOfTheIDExchangeCounts() throws {
        let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
        let result = try run(peer, conversation(), outer: "anonymous", lookup: clear("hello"))
        #expect(result.questions == ["lookup anonymous", "lookup bob", "proven bob"])
        #expect(result.keys != nil)
        #expect(result.keys == peer.keys)
    }

    @Test func peerMayStillRefuseTheMethod() throws {
        let conversation = conversation()
        #expect(conversation.respond(1, .identity, "bob").authentication != nil)
        let request = try #require(conversation.resume(clear("hello")("bob")).request)
        #expect(request.type == .pwd)
        #expect(conversation.respond(request.identifier, .nak, [EAPType.md5.rawValue]).request?.type == .md5)
    }

    enum Attack: CaseIterable {
        case reflectsElement, reflectsScalar, scalarZero, scalarOne, scalarOrder, elementOffCurve, elementBeyondPrime, elementInfinity
        case shortCommit, otherSuite, otherToken, otherExchange
    }

    @Test(arguments: Attack.allCases)
    func hostileValuesFailBeforeConfirm(_ attack: Attack) throws {
        let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
        peer.attack = attack
        let result = try run(peer, conversation(), lookup: clear("hello"))
        #expect(result.end.isReject)
        #expect(result.questions == ["lookup bob"])
        #expect(peer.requests < 3)
    }

    @Test func reflectedConfirmFails() throws {
        let peer = try PwdPeer(.p256, identity: "bob", password: "unknown")
        peer.reflectsConfirm = true
        #expect(try run(peer, conversation(), lookup: clear("hello")).end.failure == .proof("confirm does not match"))
    }

    @Test(arguments: ["", "00", "c1", "c10401", "8104", "410102", "c1ffff01", "810002010203", "c00004"])
    func brokenFramesFail(_ data: String) throws {
        let conversation = conversation()
        _ = conversation.respond(1, .identity, "bob")
        let request = try #require(conversation.resume(clear("hello")("bob")).request)
        #expect(conversation.respond(request.identifier, .pwd, octets(data)).isReject)
    }

    @Test func fragmentsPastTheAnnouncedLengthFail() {
        var framing = PwdFraming(fragmentSize: 100)
        _ = framing.send(.id, [1])
        guard case .answer([1]) = framing.receive([0xc1, 0, 4, 1, 2]) else {
            Issue.record("no acknowledgement")
            return
        }
        guard case .failure = framing.receive([0x41, 3, 4, 5]) else {
            Issue.record("five octets of four")
            return
        }
    }

    @Test func derivationIsTheStandards() throws {
        // NIST SP 800-108's counter mode with feedback, as RFC 5931 §2.5 writes it, computed with another implementation.
        #expect(PwdKeys.derive([1, 2, 3], label: Array("label".utf8), bits: 521).count == 66)
        #expect((PwdKeys.derive([1, 2, 3], label: Array("label".utf8), bits: 521).last ?? 1) & 0x7f == 0)
        let first = KeyedHash.sha256.authenticate([0, 1] + Array("label".utf8) + [1, 0], key: [1, 2, 3])
        #expect(PwdKeys.derive([1, 2, 3], label: Array("label".utf8), bits: 256) == first)
    }

    @Test func mutatedMessagesNeverProveAPassword() throws {
        var generator = SeededGenerator(state: 5)
        for _ in 0..<60 {
            let conversation = conversation()
            let peer = try PwdPeer(.p256, identity: "bob", password: "hello")
            var step = conversation.respond(1, .identity, "bob")
            var isChanged = false
            var questions = 0
            for _ in 0..<10 {
                if case .authenticate = step {
                    questions += 1
                    step = conversation.resume(clear("hello")("bob"))
                }
                guard let request = step.request, var reply = try? peer.answer(request.data) else { break }
                if !isChanged, request.data[0] == 3 || Bool.random(using: &generator) {
                    isChanged = true
                    let index = Int.random(in: 0..<reply.count, using: &generator)
                    reply[index] ^= UInt8.random(in: 1...255, using: &generator)
                }
                step = conversation.respond(request.identifier, .pwd, reply)
            }
            // A changed name is asked for, and its password is not the peer's.
            #expect(!step.isAccept)
            #expect(questions <= 2)
        }
    }

    /// The element of a password never depends on anything but the four inputs, and is a point of the curve.
    @Test(arguments: PwdGroup.allCases)
    func passwordElementIsDeterminate(_ group: PwdGroup) throws {
        let curve = try #require(PwdCurve(group))
        func element(_ password: String) -> [UInt8]? {
            curve.passwordElement(token: [1, 2, 3, 4], peerIdentity: [5], serverIdentity: [6], password: Array(password.utf8))
                .flatMap(curve.octets)
        }
        for index in 0..<10 {
            let point = try #require(element("password \(index)"))
            #expect(point == element("password \(index)"))
            #expect(curve.point(point) != nil)
        }
        #expect(element("a") != element("b"))
    }
}
