import Digests
import Testing

@testable import EAP

@Suite struct EAPConversationTests {
    private func conversation(_ methods: [EAPType], _ change: (inout EAPSettings) -> Void = { _ in }) -> EAPConversation {
        var settings = EAPSettings(methods: methods)
        change(&settings)
        return EAPConversation(settings, maximumSize: nil)
    }

    @Test(arguments: [[], [0, 0]] as [[UInt8]])
    func startAsksForTheIdentity(_ start: [UInt8]) {
        let conversation = conversation([.md5])
        #expect(conversation.handle(start).request == EAPPacket(.request, identifier: 0, type: .identity, data: []))
        #expect(conversation.handle(start).failure == .unexpected("EAP-Start"))
        let request = conversation.respond(0, .identity, "bob").request
        #expect(request?.type == .md5)
        #expect(request?.identifier == 1)
        #expect(conversation.identity == Array("bob".utf8))
    }

    @Test func firstRequestFollowsThePeersIdentifier() {
        let conversation = conversation([.gtc])
        #expect(conversation.respond(255, .identity, "bob").request?.identifier == 0)
        #expect(conversation.methodName == "GTC")
        #expect(conversation.facts.map(\.name) == ["EAP-Type"])
    }

    @Test func anotherTypeBeforeIdentityFails() {
        let conversation = conversation([.gtc])
        guard case .reject(let bytes, .unexpected) = conversation.respond(9, .gtc, "x") else {
            Issue.record("expected a reject")
            return
        }
        #expect(bytes == [4, 9, 0, 4])
    }

    @Test func gtcAccepts() throws {
        let conversation = conversation([.gtc])
        let request = try #require(conversation.respond(4, .identity, "bob").request)
        #expect(request.data == Array("Password: ".utf8))
        let authentication = try #require(conversation.respond(5, .gtc, "hello").authentication)
        #expect(authentication.identity == Array("bob".utf8))
        guard case .accept(let bytes, let keys) = conversation.resume(TestUser.bob.verdict(authentication)) else {
            Issue.record("expected acceptance")
            return
        }
        #expect(bytes == [3, 5, 0, 4])
        #expect(keys == nil)
        #expect(conversation.respond(5, .gtc, "hello").isDiscard)
        #expect(conversation.resume(EAPVerdict(isAccepted: true)).isDiscard)
    }

    @Test func md5HashesTheRequestsIdentifier() throws {
        let conversation = conversation([.md5])
        let request = try #require(conversation.respond(41, .identity, "bob").request)
        #expect(request.data.count == 17)
        let response = MD5.hash([42] + Array("hello".utf8) + request.data.dropFirst()).bytes
        let authentication = try #require(conversation.respond(42, .md5, [16] + response + Array("bob".utf8)).authentication)
        #expect(conversation.resume(TestUser.bob.verdict(authentication)).isAccept)
    }

    @Test func refusedByPolicy() throws {
        let conversation = conversation([.gtc])
        _ = conversation.respond(4, .identity, "bob")
        let authentication = try #require(conversation.respond(5, .gtc, "wrong").authentication)
        let step = conversation.resume(TestUser.bob.verdict(authentication))
        #expect(step.failure == .refused)
        #expect(step.isReject)
    }

    @Test func refusalIsNotifiedWhereWanted() throws {
        let conversation = conversation([.gtc]) { $0.notifiesRefusal = true }
        _ = conversation.respond(4, .identity, "bob")
        let authentication = try #require(conversation.respond(5, .gtc, "wrong").authentication)
        let notification = conversation.resume(TestUser.bob.verdict(authentication)).request
        #expect(notification == EAPPacket(.request, identifier: 6, type: .notification, data: Array("Wrong password".utf8)))
        #expect(conversation.respond(6, .gtc, "again").isDiscard)
        #expect(conversation.respond(6, .notification, []).isReject)
    }

    @Test func wrongIdentifierTypeAndCodeAreDiscarded() {
        let conversation = conversation([.gtc])
        _ = conversation.respond(4, .identity, "bob")
        #expect(conversation.respond(4, .gtc, "late").failure == .unexpected("identifier"))
        #expect(conversation.respond(5, .md5, [16]).failure == .unexpected("type MD5"))
        #expect(conversation.respond(5, .identity, "eve").isDiscard)
        #expect(conversation.respond(5, .notification, []).isDiscard)
        #expect(conversation.handle([1, 5, 0, 6, 6, 1]).failure == .unexpected("code"))
        #expect(conversation.handle([3, 5, 0, 4]).failure == .unexpected("code"))
        #expect(conversation.handle([2, 5, 0, 9, 6]).failure == .malformed("length"))
        #expect(conversation.identity == Array("bob".utf8))
        #expect(conversation.respond(5, .gtc, "hello").authentication != nil)
    }

    @Test func nakChoosesThePeersFirstThatWeHave() {
        let conversation = conversation([.md5, .gtc, .mschapv2])
        #expect(conversation.respond(1, .identity, "bob").request?.type == .md5)
        #expect(conversation.respond(2, .nak, [13, 26, 6]).request?.type == .mschapv2)
        #expect(conversation.respond(3, .nak, [6]).request?.type == .gtc)
        let step = conversation.respond(4, .nak, [4])
        #expect(step.failure == .noCommonMethod(wanted: [4]))
        #expect(step.isReject)
    }

    @Test func aWantedMethodComesFirstAndTheOthersStay() {
        let settings = EAPSettings(methods: [.md5, .gtc, .mschapv2])
        let conversation = EAPConversation(settings, maximumSize: nil, wanted: .mschapv2)
        #expect(conversation.respond(1, .identity, "bob").request?.type == .mschapv2)
        #expect(conversation.methodInsteadOfAnother == nil)
        #expect(conversation.respond(2, .nak, [4]).request?.type == .md5)
        #expect(conversation.methodInsteadOfAnother == .md5)
        // What is not offered is not offered because somebody wants it.
        let other = EAPConversation(settings, maximumSize: nil, wanted: .otp)
        #expect(other.respond(1, .identity, "bob").request?.type == .md5)
    }

    @Test(arguments: [[0], [], [1, 2, 3], [254, 0, 255]] as [[UInt8]])
    func nakForNothingWeHave(_ wanted: [UInt8]) {
        let conversation = conversation([.md5, .gtc])
        _ = conversation.respond(1, .identity, "bob")
        #expect(conversation.respond(2, .nak, wanted).failure == .noCommonMethod(wanted: wanted))
    }

    @Test func expandedNakChooses() {
        let conversation = conversation([.md5, .gtc])
        _ = conversation.respond(1, .identity, "bob")
        #expect(conversation.respond(2, .expanded, [0, 0, 0, 0, 0, 0, 4]).isDiscard)
        let nak: [UInt8] = [0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 6]
        #expect(conversation.respond(2, .expanded, nak).request?.type == .gtc)
    }

    @Test func nakAfterTheMethodHasBegunIsDiscarded() throws {
        let conversation = conversation([.mschapv2, .gtc])
        let challenge = try #require(conversation.respond(1, .identity, "bob").request)
        let authentication = try #require(conversation.handle(MSCHAPv2Peer().response(to: challenge)).authentication)
        let success = try #require(conversation.resume(TestUser.bob.verdict(authentication)).request)
        #expect(conversation.respond(success.identifier, .nak, [6]).isDiscard)
        #expect(conversation.respond(success.identifier, .mschapv2, [3]).isAccept)
    }

    @Test func roundsAreLimited() {
        let conversation = conversation([.md5, .gtc]) { $0.maximumRounds = 1 }
        #expect(conversation.respond(1, .identity, "bob").request != nil)
        let step = conversation.respond(2, .nak, [6])
        #expect(step.failure == .limit("rounds"))
        #expect(step.isReject)
    }

    @Test func noMethodWithoutItsRequirements() {
        #expect(conversation([EAPType(rawValue: 99)]).respond(1, .identity, "bob").failure == .noCommonMethod(wanted: []))
    }

    @Test func randomOctetsHaveTheirLengthAndDiffer() {
        for count in 0...40 { #expect(EAPSettings(methods: []).random(count).count == count) }
        #expect(EAPSettings(methods: []).random(16) != EAPSettings(methods: []).random(16))
    }
}
