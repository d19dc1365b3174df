import TLSEngine
import TestCards
import Testing

@testable import EAP

/// Repeats itself, so that a failure can be found again.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        return mixed ^ (mixed >> 33)
    }
}

extension [UInt8] {
    /// Changed as a broken or hostile sender would: octets, length, repetition.
    func mutated(_ generator: inout TestGenerator) -> [UInt8] {
        var result = self
        for _ in 0...Int.random(in: 0...3, using: &generator) {
            switch Int.random(in: 0...5, using: &generator) {
            case 0 where !result.isEmpty:
                result[Int.random(in: 0..<result.count, using: &generator)] = .random(in: 0...255, using: &generator)
            case 1 where !result.isEmpty:
                result[Int.random(in: 0..<result.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 2: result.removeLast(Int.random(in: 0...result.count, using: &generator))
            case 3: result += (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            case 4 where result.count < 5000: result += result
            default:
                guard result.count > 8 else { continue }
                result[Int.random(in: 0..<8, using: &generator)] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
            }
        }
        return result
    }
}

@Suite(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
struct EAPFuzzTests {
    private let settings: EAPSettings
    private let client: TLSContext

    init() throws {
        let certificates = try #require(TestCertificates.shared)
        var settings = EAPSettings(methods: [.tls, .ttls, .peap, .md5, .gtc, .mschapv2])
        settings.innerMethods = [.ttls: [.gtc, .mschapv2, .md5, .tls], .peap: [.gtc, .mschapv2, .md5, .tls]]
        settings.tls = try certificates.server()
        self.settings = settings
        client = try certificates.client("bob")
    }

    /// A response of one type-data that fits the header, or any octets.
    private func packet(_ request: EAPPacket, _ data: [UInt8], _ generator: inout TestGenerator) -> [UInt8] {
        let bytes = EAPPacket(.response, identifier: request.identifier, type: request.type ?? .identity, data: data).bytes
        return Bool.random(using: &generator) ? bytes : bytes.mutated(&generator)
    }

    private func isOver(_ step: EAPStep) -> Bool { step.isAccept || step.isReject }

    @Test(arguments: [EAPType.md5, .gtc, .mschapv2])
    func plainMethods(_ type: EAPType) throws {
        var generator = TestGenerator(UInt64(type.rawValue))
        var settings = settings
        settings.methods = [type]
        let good: [UInt8] = type == .md5 ? [16] + [UInt8](repeating: 3, count: 16) : [2, 2, 0, 57, 49] + [UInt8](repeating: 1, count: 52)
        for _ in 0..<3000 {
            let conversation = EAPConversation(settings, maximumSize: nil)
            guard var request = conversation.respond(1, .identity, "bob").request else { continue }
            for _ in 0..<6 {
                var step = conversation.handle(packet(request, good.mutated(&generator), &generator))
                if step.authentication != nil { step = conversation.resume(EAPVerdict(isAccepted: false, message: "no")) }
                #expect(!step.isAccept)
                if let next = step.request { request = next }
                if isOver(step) { break }
            }
        }
    }

    /// What a peer may send in place of a new password.
    @Test func passwordChanges() {
        var generator = TestGenerator(7)
        var settings = settings
        settings.methods = [.mschapv2]
        for _ in 0..<2000 {
            let conversation = EAPConversation(settings, maximumSize: nil)
            guard let challenge = conversation.respond(1, .identity, "bob").request,
                let authentication = conversation.handle(MSCHAPv2Peer().response(to: challenge)).authentication,
                let refusal = conversation.resume(TestUser.bob.expired(authentication)).request
            else { continue }
            let good = PasswordChangePeer(new: "wonder land").change(refusal.data)
            var step = conversation.handle(packet(refusal, good.mutated(&generator), &generator))
            if let question = step.authentication { step = conversation.resume(TestUser.bob.expired(question)) }
            #expect(!step.isAccept)
        }
    }

    /// Good packets up to a random round, broken ones from there on.
    @Test(arguments: [EAPType.tls, .ttls, .peap], [TLSVersion.v1_2, .v1_3])
    func tunnelsOutside(_ type: EAPType, _ version: TLSVersion) throws {
        var generator = TestGenerator(UInt64(type.rawValue) << 8 + (version == .v1_2 ? 2 : 3))
        var settings = settings
        settings.methods = [type]
        let speech =
            type == .peap ? TunnelPeer.peapGTC("bob", "hello") : type == .ttls ? TunnelPeer.pap("bob", "hello") : TunnelPeer.silence
        for _ in 0..<150 {
            let conversation = EAPConversation(settings, maximumSize: nil)
            let peer = try TunnelPeer(type, client, fragment: 400, speech)
            let broken = Int.random(in: 0...12, using: &generator)
            var response = peer.firstPacket.bytes
            rounds: for round in 0..<40 {
                for _ in 0..<(round >= broken ? 4 : 0) {
                    guard response.count > 5 else { continue }
                    let data = Array(response.dropFirst(5)).mutated(&generator)
                    let request = EAPPacket(.request, identifier: response[1], type: EAPType(rawValue: response[4]), data: [])
                    var step = conversation.handle(packet(request, data, &generator))
                    if let authentication = step.authentication { step = conversation.resume(TestUser.bob.verdict(authentication)) }
                    if isOver(step) { break rounds }
                }
                var step = conversation.handle(response)
                if let authentication = step.authentication { step = conversation.resume(TestUser.bob.verdict(authentication)) }
                guard let request = step.request, let answer = try? peer.answer(request) else { break }
                response = answer.bytes
            }
        }
    }

    /// What a peer without credentials may say once it has a tunnel.
    @Test(arguments: [EAPType.ttls, .peap])
    func tunnelsInside(_ type: EAPType) throws {
        var generator = TestGenerator(UInt64(type.rawValue))
        var settings = settings
        settings.methods = [type]
        let challenge = [UInt8](repeating: 4, count: 17)
        let seeds: [[UInt8]] =
            type == .ttls
            ? [
                DiameterAVP(code: 1, value: [1]).bytes + DiameterAVP(code: 2, value: [2]).bytes,
                DiameterAVP(code: 1, value: [1]).bytes + DiameterAVP(code: 60, value: Array(challenge.prefix(16))).bytes
                    + DiameterAVP(code: 3, value: challenge).bytes,
                DiameterAVP(code: 79, value: [2, 1, 0, 6, 1, 0x61]).bytes, DiameterAVP(code: 79, value: [2, 2, 0, 6, 3, 26]).bytes,
            ]
            : [
                [1, 0x61], [3, 26], [3, 13], [26, 2, 2, 0, 57, 49] + challenge, [2, 9, 0, 11, 33, 0x80, 3, 0, 2, 0, 1], [6, 1], [13, 0x80],
            ]
        for _ in 0..<300 {
            let conversation = EAPConversation(settings, maximumSize: nil)
            let words = (0..<12).map { _ in (seeds.randomElement(using: &generator) ?? []).mutated(&generator) }
            var said = 0
            let peer = try TunnelPeer(type, client) { _, heard in
                if type == .peap && heard.isEmpty { return [] }
                said += 1
                return words[said % words.count]
            }
            let run = try TunnelRun(conversation, peer) { _ in EAPVerdict(isAccepted: false) }
            #expect(run.last.isReject)
            #expect(run.requests <= settings.maximumRounds)
        }
    }

    @Test func memoryIsBoundedByTheMessageLimit() throws {
        var settings = settings
        settings.methods = [.tls]
        settings.maximumRounds = 10_000
        settings.maximumMessageOctets = 5000
        let conversation = EAPConversation(settings, maximumSize: nil)
        _ = conversation.respond(1, .identity, "bob")
        #expect(conversation.respond(2, .tls, [0xc0, 0, 0, 0x13, 0x89] + [UInt8](repeating: 0, count: 3000)).failure == .limit("octets"))
        let other = EAPConversation(settings, maximumSize: nil)
        _ = other.respond(1, .identity, "bob")
        let fragment = [UInt8](repeating: 0, count: 2400)
        #expect(other.respond(2, .tls, [0xc0, 0, 0, 0x13, 0x88] + fragment).request != nil)
        #expect(other.respond(3, .tls, [0x40] + fragment).request != nil)
        #expect(other.respond(4, .tls, [0x40] + fragment).failure == .malformed("message length"))
    }
}
