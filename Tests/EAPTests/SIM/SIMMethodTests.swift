import Digests
import Testing

@testable import EAP

@Suite struct SIMMethodTests {
    static let variants: [SIMVariant] = [.sim, .aka, .akaPrime]
    static let imsi = "232010000000000"
    static let realm = "@wlan.mnc001.mcc232.3gppnetwork.org"
    static let file = "232010000000000 90dca4eda45b53cf0f12d7c9c3bc6a89 cb9cccc4b9258e6dca4760379fb82581 61df 000000000000"

    private let card = Milenage(key: octets("90dca4eda45b53cf0f12d7c9c3bc6a89"), opc: octets("cb9cccc4b9258e6dca4760379fb82581"))

    private func settings(_ change: (inout SIMSettings) -> Void = { _ in }) throws -> SIMSettings {
        var settings = SIMSettings(vectors: try MilenageVectors(Self.file), key: EAPServerKey([1, 2, 3]))
        change(&settings)
        return settings
    }

    private func peer(_ variant: SIMVariant) throws -> SIMPeer {
        SIMPeer(variant, card: try #require(card), imsi: Self.imsi, realm: Self.realm)
    }

    struct Result {
        var end: EAPStep
        var identities: [String] = []
        var keys: EAPKeys?
        var rounds = 0
    }

    /// Runs one conversation; policy answers as told.
    private func run(_ peer: SIMPeer, _ settings: SIMSettings, from identity: [UInt8]? = nil, accepts: Bool = true) throws -> Result {
        var all = EAPSettings(methods: [peer.variant.type])
        all.sim = settings
        let conversation = EAPConversation(all, maximumSize: nil)
        peer.identity = identity ?? peer.permanentIdentity
        peer.transcript = []
        var result = Result(end: conversation.handle(EAPPacket(.response, identifier: 5, type: .identity, data: peer.identity).bytes))
        while result.rounds < 20 {
            result.rounds += 1
            switch result.end {
            case .challenge(let bytes):
                result.end = conversation.handle(try peer.answer(try EAPPacket(bytes)))
            case .authenticate(let authentication):
                guard case .proven(.sim) = authentication.proof else { throw EAPFailure.unexpected("proof") }
                result.identities.append(String(decoding: authentication.identity, as: UTF8.self))
                result.end = conversation.resume(EAPVerdict(isAccepted: accepts))
            case .accept(_, let keys):
                result.keys = keys
                return result
            case .reject, .discard:
                return result
            }
        }
        return result
    }

    @Test(arguments: variants)
    func fullAuthentication(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let result = try run(peer, try settings())
        let keys = try #require(result.keys)
        #expect(result.identities == [Self.imsi + Self.realm])
        #expect(keys.msk == peer.exported?.msk)
        #expect(keys.emsk == peer.exported?.emsk)
        #expect(keys.sessionID.first == variant.type.rawValue)
        #expect(keys.sessionID.count == (variant == .sim ? 1 + 48 + 16 : 33))
        #expect(peer.asked.isEmpty)
    }

    @Test(arguments: variants)
    func pseudonymStandsForTheSubscriber(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let settings = try settings { $0.maximumReauthentications = 0 }
        #expect(try run(peer, settings).end.isAccept)
        #expect(peer.reauthenticationIdentity == nil)
        let first = try #require(peer.pseudonym)
        #expect(!String(decoding: first, as: UTF8.self).contains(Self.imsi))
        let second = try run(peer, settings, from: first)
        #expect(second.identities == [Self.imsi + Self.realm])
        #expect(second.keys?.msk == peer.exported?.msk)
        #expect(peer.pseudonym != first)
    }

    @Test(arguments: variants)
    func reauthenticationCountsUpAndEnds(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let settings = try settings { $0.maximumReauthentications = 2 }
        #expect(try run(peer, settings).end.isAccept)
        for round in 1...2 as ClosedRange<UInt16> {
            let identity = try #require(peer.reauthenticationIdentity)
            let result = try run(peer, settings, from: identity)
            #expect(result.end.isAccept)
            #expect(result.identities == [Self.imsi + Self.realm])
            #expect(result.keys?.msk == peer.exported?.msk)
            #expect(result.keys?.emsk == peer.exported?.emsk)
            #expect(result.keys?.sessionID.count == 33)
            #expect(peer.counter == round)
        }
        #expect(peer.reauthenticationIdentity == nil)
    }

    /// A peer that comes back with an identity it used before has counted further than that.
    @Test(arguments: variants)
    func usedReauthenticationIdentityLeadsToFullAuthentication(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let settings = try settings()
        #expect(try run(peer, settings).end.isAccept)
        let identity = try #require(peer.reauthenticationIdentity)
        #expect(try run(peer, settings, from: identity).end.isAccept)
        peer.asked = []
        let again = try run(peer, settings, from: identity)
        #expect(again.end.isAccept)
        #expect(again.keys?.msk == peer.exported?.msk)
        #expect(peer.asked == [.fullAuthenticationIDRequest])
        #expect(peer.counter == 0)
    }

    @Test(arguments: variants)
    func unknownIdentitiesAreAskedForInOrder(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        peer.reauthenticationIdentity = [variant.prefixes.reauthentication] + Array("lost\(Self.realm)".utf8)
        peer.pseudonym = [variant.prefixes.pseudonym] + Array("lost\(Self.realm)".utf8)
        let result = try run(peer, try settings(), from: Array("anonymous\(Self.realm)".utf8))
        #expect(result.end.isAccept)
        #expect(result.keys?.msk == peer.exported?.msk)
        #expect(peer.asked == [.anyIDRequest, .fullAuthenticationIDRequest, .permanentIDRequest])
        peer.permanentIdentity = Array("nobody".utf8)
        peer.pseudonym = nil
        peer.reauthenticationIdentity = nil
        #expect(try run(peer, try settings()).end.failure == .proof("unknown identity"))
        #expect(peer.notifications == [16384])
    }

    @Test(arguments: variants)
    func resultIndication(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        peer.wantsResultIndication = true
        let settings = try settings { $0.usesResultIndication = true }
        #expect(try run(peer, settings).end.isAccept)
        #expect(peer.notifications == [32768])
        #expect(peer.reauthenticationIdentity != nil)
        let again = try run(peer, settings, from: peer.reauthenticationIdentity)
        #expect(again.end.isAccept)
        #expect(peer.notifications == [32768, 32768])
        #expect(peer.lastMessage?.decrypted(key: try #require(peer.keys).encryption)?.number(.counter) == 1)
        #expect(try run(peer, settings, accepts: false).end.failure == .refused)
        #expect(peer.notifications.last == 1026)
    }

    @Test(arguments: variants)
    func wrongMACFails(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        peer.breaksMAC = true
        let result = try run(peer, try settings())
        #expect(result.end.failure == .proof("AT_MAC"))
        #expect(result.identities.isEmpty)
        #expect(peer.notifications == [16384])
    }

    @Test(arguments: variants)
    func wrongMACOfReauthenticationFails(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let settings = try settings()
        #expect(try run(peer, settings).end.isAccept)
        peer.breaksMAC = true
        #expect(peer.reauthenticationIdentity != nil)
        let result = try run(peer, settings, from: peer.reauthenticationIdentity)
        #expect(result.end.failure == .proof("AT_MAC"))
        #expect(result.identities.isEmpty)
    }

    @Test(arguments: [SIMVariant.aka, .akaPrime])
    func cardOutOfStepIsFollowedOnce(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        peer.sequence = 0x1_0000
        let settings = try settings()
        let result = try run(peer, settings)
        #expect(result.end.isAccept)
        #expect(result.keys?.msk == peer.exported?.msk)
        peer.sequence = 0xffff_ffff_ffff
        #expect(try run(peer, settings).end.failure == .proof("the card stays out of step"))
    }

    @Test(arguments: [SIMVariant.aka, .akaPrime])
    func wrongResponseFails(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        peer.breaksResponse = true
        #expect(try run(peer, try settings()).end.failure == .proof("AT_RES"))
    }

    @Test(arguments: [SIMVariant.aka, .akaPrime])
    func checkcodeCoversIdentityRounds(_ variant: SIMVariant) throws {
        let settings = try settings { $0.alwaysRequestsIdentity = true }
        let peer = try peer(variant)
        #expect(try run(peer, settings).end.isAccept)
        #expect(peer.asked == [.anyIDRequest])
        peer.breaksCheckcode = true
        peer.reauthenticationIdentity = nil
        #expect(try run(peer, settings).end.failure == .proof("AT_CHECKCODE"))
    }

    @Test func keyDerivationFunctionsBeyondTheOfferedEndTheConversation() throws {
        let peer = try peer(.akaPrime)
        peer.choosesKDF = 2
        #expect(try run(peer, try settings()).end.failure == .proof("peer wants another key derivation function"))
    }

    @Test func biddingTellsThatABetterMethodWasOffered() throws {
        let peer = try peer(.aka)
        #expect(try run(peer, try settings { $0.prefersAKAPrime = true }).end.isAccept)
        let other = try self.peer(.aka)
        #expect(try run(other, try settings()).end.isAccept)
        #expect(other.lastMessage?[.bidding] == nil)
        #expect(peer.lastMessage?.number(.bidding) == 0x8000)
    }

    @Test func anotherCardIsRefused() throws {
        let stranger = try #require(
            Milenage(key: octets("465b5ce8b199b49faa5f0a2ee238a6bc"), opc: octets("cd63cb71954a9f4e48a5994e37a02baf")))
        let aka = SIMPeer(.aka, card: stranger, imsi: Self.imsi)
        #expect(try run(aka, try settings()).end.failure == .proof("the card refuses AUTN"))
        let sim = SIMPeer(.sim, card: stranger, imsi: Self.imsi)
        #expect(try run(sim, try settings()).end.failure == .proof("AT_MAC"))
        let unknown = SIMPeer(.sim, card: stranger, imsi: "999990000000000")
        #expect(try run(unknown, try settings()).end.failure == .proof("unknown subscriber"))
    }

    @Test(arguments: variants)
    func policyDecides(_ variant: SIMVariant) throws {
        let peer = try peer(variant)
        let result = try run(peer, try settings(), accepts: false)
        #expect(result.end.failure == .refused)
        #expect(result.keys == nil)
        #expect(peer.notifications == [1026])
    }

    /// RFC 4186 §8.1: lengths of zero, beyond the end, and unknown attributes that must be understood.
    @Test(arguments: [
        "", "0a", "0a0000", "0a00000e00", "0a00000e02", "0a00000e010000 0e010000", "0a00007f010000", "ff0000", "0b00000b010000",
    ])
    func brokenMessagesFail(_ data: String) throws {
        var all = EAPSettings(methods: [.sim])
        all.sim = try settings()
        let conversation = EAPConversation(all, maximumSize: nil)
        let request = try #require(conversation.respond(1, .identity, "x").request)
        let step = conversation.respond(request.identifier, .sim, octets(data))
        let notification = try #require(step.request)
        #expect(notification.data == [12, 0, 0, 12, 1, 0x40, 0])
        #expect(conversation.respond(notification.identifier, .sim, [12, 0, 0]).isReject)
    }

    @Test(arguments: variants)
    func mutatedResponsesNeverAuthenticate(_ variant: SIMVariant) throws {
        var generator = SeededGenerator(state: 42)
        for round in 0..<300 {
            var all = EAPSettings(methods: [variant.type])
            all.sim = try settings { $0.alwaysRequestsIdentity = round.isMultiple(of: 2) }
            let conversation = EAPConversation(all, maximumSize: nil)
            let peer = try peer(variant)
            var step = conversation.handle(EAPPacket(.response, identifier: 5, type: .identity, data: peer.permanentIdentity).bytes)
            while let request = step.request, request.data.first != SIMSubtype.notification.rawValue {
                var reply = try peer.answer(request)
                let isLast = [1, 11].contains(request.data[0])
                if isLast || Bool.random(using: &generator) {
                    let index = Int.random(in: 8..<reply.count, using: &generator)
                    reply[index] ^= UInt8.random(in: 1...255, using: &generator)
                }
                step = conversation.handle(reply)
            }
            // Reserved octets aside, a changed octet breaks AT_MAC or the format.
            #expect(step.authentication == nil)
        }
    }
}

/// A generator whose sequence a test can repeat.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
