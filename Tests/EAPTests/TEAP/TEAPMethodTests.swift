import TLSEngine
import Testing

@testable import EAP

@Suite(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
struct TEAPMethodTests {
    static let versions = ["1.2", "1.3"]

    private struct Result {
        var end: EAPStep
        var keys: EAPKeys?
        var questions: [String] = []
        var kinds: [String] = []
        var conversation: EAPConversation
    }

    private func settings(
        _ version: String, resumption: TLSResumption? = nil, _ change: (inout EAPSettings) -> Void = { _ in }
    ) throws -> EAPSettings {
        var settings = EAPSettings(methods: [.teap])
        settings.tls = try #require(TestCertificates.shared).server {
            $0.maximumVersion = TLSVersion(rawValue: version) ?? .v1_3
            $0.resumption = resumption
        }
        settings.maximumRounds = 100
        change(&settings)
        return settings
    }

    private func peer(_ version: String, resumption: TLSResumption? = nil) throws -> TEAPPeer {
        let certificates = try #require(TestCertificates.shared)
        let context = try certificates.client {
            $0.maximumVersion = TLSVersion(rawValue: version) ?? .v1_3
            $0.resumption = resumption
        }
        let peer = try TEAPPeer(context)
        peer.machine = try certificates.client("bob") { $0.maximumVersion = TLSVersion(rawValue: version) ?? .v1_3 }
        return peer
    }

    /// Policy that knows the user's password and proven names.
    private func run(_ settings: EAPSettings, _ peer: TEAPPeer, refused: Set<String> = []) throws -> Result {
        let conversation = EAPConversation(settings, maximumSize: nil)
        var result = Result(
            end: conversation.handle(EAPPacket(.response, identifier: 1, type: .identity, data: Array("anonymous".utf8)).bytes),
            conversation: conversation)
        for _ in 0..<120 {
            switch result.end {
            case .challenge(let bytes):
                result.end = conversation.handle(try peer.answer(try EAPPacket(bytes)))
            case .authenticate(let authentication):
                let name = String(decoding: authentication.identity, as: UTF8.self)
                result.questions.append(name)
                result.kinds.append(authentication.facts.last { $0.name == "EAP-TEAP-Identity-Type" }?.value ?? "")
                var verdict = EAPVerdict(isAccepted: true)
                if case .proven = authentication.proof {} else { verdict = TestUser.bob.verdict(authentication) }
                if refused.contains(name) { verdict = EAPVerdict(isAccepted: false) }
                result.end = conversation.resume(verdict)
            case .accept(_, let keys):
                result.keys = keys
                return result
            case .reject, .discard:
                return result
            }
        }
        return result
    }

    private func expectAgreement(_ result: Result, _ peer: TEAPPeer, _ location: SourceLocation = #_sourceLocation) {
        #expect(result.end.isAccept, "\(String(describing: result.end.failure))", sourceLocation: location)
        #expect(result.keys?.msk == peer.msk, sourceLocation: location)
        #expect(result.keys?.emsk == peer.emsk, sourceLocation: location)
        #expect(result.keys?.sessionID.first == 55, sourceLocation: location)
        #expect(peer.results.last == true, sourceLocation: location)
    }

    @Test(arguments: versions)
    func userByMSCHAPv2(_ version: String) throws {
        let peer = try peer(version)
        let result = try run(settings(version), peer)
        expectAgreement(result, peer)
        #expect(result.questions == ["bob"])
        #expect(result.kinds == ["User"])
        #expect(peer.asked == [1])
        #expect(peer.intermediateResults == [true])
        #expect(result.conversation.methodName == "TEAP/MSCHAPv2")
        #expect(result.conversation.identity == Array("bob".utf8))
        #expect(peer.serverOuterTLVs == [0, 1, 0, 6] + Array("radian".utf8))
        // The binding and its Intermediate-Result come together, and only once.
        #expect(peer.messages.flatMap { $0 }.filter { $0 == 12 }.count == 1)
        let sessionLength = version == "1.3" ? 65 : 13
        #expect(result.keys?.sessionID.count == sessionLength)
    }

    @Test(arguments: versions)
    func machineByTLSThenUser(_ version: String) throws {
        let peer = try peer(version)
        let result = try run(settings(version) { $0.teap.identities = .both }, peer)
        expectAgreement(result, peer)
        #expect(result.questions == ["bob", "bob"])
        #expect(result.kinds == ["Machine", "User"])
        #expect(peer.asked == [2, 1])
        #expect(peer.intermediateResults == [true, true])
        #expect(peer.bindings == 2)
        // Both keys of EAP-TLS, the one of MSCHAPv2.
        #expect(peer.bindingFlags == [0x30, 0x20])
        #expect(result.conversation.facts.contains { $0.name == "EAP-TEAP-Machine-Identity" && $0.value == "bob" })
    }

    @Test(arguments: versions)
    func bindingByEMSK(_ version: String) throws {
        let peer = try peer(version)
        peer.wantedUserType = .tls
        let result = try run(settings(version) { $0.teap.identities = .user }, peer)
        expectAgreement(result, peer)
        #expect(peer.bindingFlags == [0x30])
        let other = try self.peer(version)
        other.wantedUserType = .tls
        other.offersEMSK = false
        expectAgreement(try run(settings(version), other), other)
    }

    @Test(arguments: versions)
    func basicPassword(_ version: String) throws {
        let peer = try peer(version)
        let result = try run(settings(version) { $0.teap.userMethods = [] }, peer)
        expectAgreement(result, peer)
        #expect(peer.prompts == ["Password"])
        #expect(result.questions == ["bob"])
        let wrong = try self.peer(version)
        wrong.password = "wrong"
        let refusal = try run(settings(version) { $0.teap.userMethods = [] }, wrong)
        #expect(refusal.end.failure == .refused)
        #expect(wrong.intermediateResults == [false])
        #expect(wrong.results == [false])
    }

    @Test(arguments: versions)
    func machineByTLSThenBasicPassword(_ version: String) throws {
        let peer = try peer(version)
        let result = try run(
            settings(version) {
                $0.teap.identities = .both
                $0.teap.userMethods = []
            }, peer)
        expectAgreement(result, peer)
        #expect(result.kinds == ["Machine", "User"])
    }

    @Test(arguments: versions)
    func whoIsThereGetsIn(_ version: String) throws {
        let settings = try settings(version) { $0.teap.identities = .available }
        let machineOnly = try peer(version)
        machineOnly.hasUser = false
        let first = try run(settings, machineOnly)
        expectAgreement(first, machineOnly)
        #expect(first.kinds == ["Machine"])
        let userOnly = try peer(version)
        userOnly.hasMachine = false
        let second = try run(settings, userOnly)
        expectAgreement(second, userOnly)
        #expect(second.kinds == ["User"])
        let strict = try peer(version)
        strict.hasUser = false
        let third = try run(self.settings(version) { $0.teap.identities = .both }, strict)
        #expect(third.end.failure == .proof("the peer has no user identity"))
        #expect(strict.results == [false])
    }

    @Test(arguments: versions)
    func wrongPassword(_ version: String) throws {
        let peer = try peer(version)
        peer.password = "wrong"
        let result = try run(settings(version), peer)
        #expect(result.end.failure == .refused)
        #expect(peer.intermediateResults == [false])
        #expect(peer.results == [false])
        #expect(peer.bindings == 0)
    }

    @Test(arguments: versions)
    func machineRefusedEndsTheChain(_ version: String) throws {
        let peer = try peer(version)
        let result = try run(settings(version) { $0.teap.identities = .both }, peer, refused: ["bob"])
        #expect(result.end.failure == .refused)
        #expect(result.questions.count == 1)
        #expect(peer.asked == [2])
    }

    static let faults: [TEAPPeer.Fault] = [.macOfMSK, .nonce, .version, .subType, .requestReflected, .noBinding]

    @Test(arguments: versions, 0..<6)
    func wrongBindingFails(_ version: String, _ fault: Int) throws {
        let peer = try peer(version)
        peer.fault = Self.faults[fault]
        let result = try run(settings(version), peer)
        #expect(result.end.failure == .proof("wrong crypto-binding"))
        #expect(peer.errors == [[0, 0, 0x07, 0xd1]])
        #expect(peer.results.last == false)
        #expect(result.keys == nil)
    }

    @Test(arguments: versions)
    func wrongBindingOfTheEMSKFails(_ version: String) throws {
        let peer = try peer(version)
        peer.fault = .macOfEMSK
        let result = try run(settings(version) { $0.teap.identities = .both }, peer)
        #expect(result.end.failure == .proof("wrong crypto-binding"))
        #expect(result.kinds == ["Machine"])
    }

    @Test(arguments: versions)
    func wrongSecondBindingFails(_ version: String) throws {
        let peer = try peer(version)
        peer.fault = .macOfMSK
        peer.faultyBinding = 2
        let result = try run(settings(version) { $0.teap.identities = .both }, peer)
        #expect(result.end.failure == .proof("wrong crypto-binding"))
        #expect(result.kinds == ["Machine", "User"])
    }

    @Test(arguments: versions)
    func peerRefuses(_ version: String) throws {
        for fault in [TEAPPeer.Fault.resultFailure, .requestsAction(status: 2), .fatalError] {
            let peer = try peer(version)
            peer.fault = fault
            #expect(try run(settings(version), peer).end.isReject)
        }
        let peer = try peer(version)
        peer.fault = .requestsAction(status: 1)
        #expect(try run(settings(version), peer).end.isAccept)
    }

    @Test(arguments: versions)
    func unknownMandatoryTLVsAreAnsweredWithNAK(_ version: String) throws {
        let peer = try peer(version)
        peer.fault = .unknownMandatoryTLV
        let result = try run(settings(version), peer)
        expectAgreement(result, peer)
        #expect(peer.naks == [[0, 0, 0, 0, 3, 9], [0, 0, 1, 55, 0, 7]])
    }

    @Test(arguments: versions)
    func twoPayloadsAreTooMany(_ version: String) throws {
        let peer = try peer(version)
        peer.fault = .twoPayloads
        let result = try run(settings(version), peer)
        #expect(result.end.failure == .unexpected("second TLV 9"))
        #expect(peer.errors == [[0, 0, 0x07, 0xd2]])
    }

    @Test(arguments: versions)
    func outerTLVsOfThePeerAreBound(_ version: String) throws {
        let peer = try peer(version)
        peer.outerTLVs = [0, 7, 0, 5, 0, 0, 1, 55, 9]
        expectAgreement(try run(settings(version), peer), peer)
    }

    @Test(arguments: versions)
    func smallFragments(_ version: String) throws {
        let peer = try peer(version)
        peer.fragmentSize = 70
        expectAgreement(
            try run(
                settings(version) {
                    $0.fragmentSize = 120
                    $0.teap.identities = .both
                    $0.maximumRounds = 200
                }, peer), peer)
    }

    @Test(arguments: versions, [TEAPSettings.Identities.user, .both])
    func resumption(_ version: String, _ identities: TEAPSettings.Identities) throws {
        let server = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let client = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let settings = try settings(version, resumption: server) { $0.teap.identities = identities }
        let expected = identities == .user ? ["User"] : ["Machine", "User"]
        for round in 0..<3 {
            let peer = try peer(version, resumption: client)
            let result = try run(settings, peer)
            expectAgreement(result, peer)
            #expect(result.kinds == expected)
            #expect(peer.session.isResumed == (round > 0))
            #expect(peer.intermediateResults.isEmpty == (round > 0))
            #expect(result.conversation.identity == Array("bob".utf8))
        }
        let refused = try peer(version, resumption: client)
        #expect(try run(settings, refused, refused: ["bob"]).end.failure == .refused)
        // A refused session is not resumed again.
        let after = try peer(version, resumption: client)
        expectAgreement(try run(settings, after), after)
        #expect(!after.session.isResumed)
    }

    /// One in the middle has the tunnel's keys and not the inner ones: what it leaves behind must not let it in later.
    @Test(arguments: versions)
    func unboundSessionsAreNotResumed(_ version: String) throws {
        let server = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let client = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let settings = try settings(version, resumption: server)
        let peer = try peer(version, resumption: client)
        peer.fault = .noBinding
        #expect(try run(settings, peer).end.isReject)
        #expect(server.count == 0)
        let again = try self.peer(version, resumption: client)
        expectAgreement(try run(settings, again), again)
        #expect(!again.session.isResumed)
    }

    @Test func innerTLSIsNeverResumed() throws {
        let server = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let settings = try settings("1.2", resumption: server) { $0.teap.identities = .machine }
        let peer = try peer("1.2")
        expectAgreement(try run(settings, peer), peer)
        #expect(server.count == 1)
    }

    @Test func mutatedPhase2NeverGetsIn() throws {
        var generator = SeededGenerator(state: 3)
        let settings = try settings("1.2")
        for _ in 0..<60 {
            let conversation = EAPConversation(settings, maximumSize: nil)
            let peer = try peer("1.2")
            var step = conversation.handle(EAPPacket(.response, identifier: 1, type: .identity, data: [1]).bytes)
            var rounds = 0
            while let request = step.request, rounds < 40 {
                rounds += 1
                guard var reply = try? peer.answer(request) else { break }
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    let index = Int.random(in: 5..<reply.count, using: &generator)
                    reply[index] ^= UInt8.random(in: 1...255, using: &generator)
                }
                step = conversation.handle(reply)
                if case .authenticate = step { step = conversation.resume(EAPVerdict(isAccepted: false)) }
            }
            #expect(!step.isAccept)
        }
    }
}
