import Digests
import RADIUSDictionary
import RADIUSWire
import Testing

@testable import RADIUSClient

@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    private let secret = SharedSecret(Array("testing123".utf8))
    private let dictionary: AttributeDictionary

    init() throws {
        dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE User-Name 1 string
                ATTRIBUTE User-Password 2 string encrypt=1
                ATTRIBUTE Reply-Message 18 string
                ATTRIBUTE Session-Timeout 27 integer
                ATTRIBUTE Acct-Session-Id 44 string
                ATTRIBUTE Tunnel-Password 69 string has_tag,encrypt=2
                """)
    }

    private func exchange(_ server: ScriptedServer, timeout: Duration = .seconds(3), attempts: Int = 3) -> Exchange {
        Exchange(server: server.address, secret: secret, dictionary: dictionary, timeout: timeout, attempts: attempts)
    }

    @Test func decodesAnAccept() throws {
        let server = try ScriptedServer { [secret, dictionary] request, _ in
            #expect(request.verifyMessageAuthenticator(secret))
            #expect(request.text(1) == "bob")
            #expect(request.userPassword(secret) == Array("hello".utf8))
            var encoder = AttributeEncoder(secret: secret, vector: request.authenticator)
            try encoder.append(type: 18, "hi".utf8)
            try encoder.append(type: 27, [0, 0, 0x0e, 0x10])
            let tunnel = try #require(dictionary.attribute(named: "Tunnel-Password"))
            try encoder.append(Attribute(tunnel, tag: 1, value: .text("hidden")))
            return [try Packet.reply(.accessAccept, to: request, attributes: encoder.bytes, secret: secret)]
        }
        let reply = try exchange(server).authenticate(user: "bob", password: "hello", method: .pap)
        #expect(reply.verdict == .accepted)
        #expect(reply.attempts == 1)
        #expect(reply.hasMessageAuthenticator)
        let printed = reply.attributes.filter { $0.definition.number != 80 }.map { "\($0.definition.name)=\($0.printedValue)" }
        #expect(printed == ["Reply-Message=hi", "Session-Timeout=3600", "Tunnel-Password=hidden"])
        #expect(reply.roundTrip > .zero)
    }

    @Test func chapUsesTheRequestAuthenticator() throws {
        let server = try ScriptedServer { [secret] request, _ in
            let value = Array(try #require(request.value(3)))
            let expected = MD5.hash([value[0]] + "hello".utf8 + request.authenticator.bytes).bytes
            let code: PacketCode = Array(value.dropFirst()) == expected ? .accessAccept : .accessReject
            return [try Packet.reply(code, to: request, attributes: [], secret: secret)]
        }
        #expect(try exchange(server).authenticate(user: "bob", password: "hello", method: .chap).verdict == .accepted)
        #expect(try exchange(server).authenticate(user: "bob", password: "other", method: .chap).verdict == .rejected(mschapError: nil))
    }

    @Test func mschapv1AnswersTheChallengeItSends() throws {
        let server = try ScriptedServer { [secret] request, _ in
            let challenge = Array(try #require(MicrosoftAttribute.value(11, in: request)))
            let response = Array(try #require(MicrosoftAttribute.value(1, in: request)))
            let expected = MSCHAP.challengeResponse(challenge: challenge, hash: NTHash.hash(password: "hello"))
            let matches = response.count == 50 && response[1] == 1 && Array(response[26...]) == expected
            return [try Packet.reply(matches ? .accessAccept : .accessReject, to: request, attributes: [], secret: secret)]
        }
        #expect(try exchange(server).authenticate(user: "bob", password: "hello", method: .mschapv1).verdict == .accepted)
    }

    @Test(arguments: [
        ("hello", "hello", ClientReply.Verdict.accepted), ("hello", "forged", .serverNotAuthenticated),
        ("wrong", "hello", .rejected(mschapError: "E=691 R=0 C=00 V=3 M=no")),
    ])
    func mschapv2VerifiesTheServer(typed: String, proven: String, verdict: ClientReply.Verdict) throws {
        let server = try ScriptedServer { [secret] request, _ in
            let challenge = Array(try #require(MicrosoftAttribute.value(11, in: request)))
            let response = Array(try #require(MicrosoftAttribute.value(25, in: request)))
            let peerChallenge = Array(response[2..<18])
            let ntResponse = Array(response[26..<50])
            // The Windows domain of the name is not part of the hash.
            let challengeHash = MSCHAP.challengeHash(
                peerChallenge: peerChallenge, authenticatorChallenge: challenge, userName: Array("bob".utf8))
            let hash = NTHash.hash(password: "hello")
            let isRight = MSCHAP.challengeResponse(challenge: challengeHash, hash: hash) == ntResponse
            let proof = MSCHAP.authenticatorResponse(
                hashOfHash: NTHash.hashOfHash(NTHash.hash(password: proven)), ntResponse: ntResponse, challengeHash: challengeHash)
            let text = [response[0]] + (isRight ? proof + " M=welcome" : "E=691 R=0 C=00 V=3 M=no").utf8
            let attribute = MicrosoftAttribute.vendor + [isRight ? 26 : 2, UInt8(text.count + 2)] + text
            let attributes = [26, UInt8(attribute.count + 2)] + attribute
            return [try Packet.reply(isRight ? .accessAccept : .accessReject, to: request, attributes: attributes, secret: secret)]
        }
        let reply = try exchange(server).authenticate(user: "CORP\\bob", password: typed, method: .mschapv2)
        #expect(reply.verdict == verdict)
    }

    @Test func anAcceptWithoutProofDoesNotAuthenticateTheServer() throws {
        let server = try ScriptedServer { [secret] request, _ in
            [try Packet.reply(.accessAccept, to: request, attributes: [], secret: secret)]
        }
        #expect(try exchange(server).authenticate(user: "bob", password: "x", method: .mschapv2).verdict == .serverNotAuthenticated)
    }

    @Test func accountingIsSignedAndAcknowledged() throws {
        let server = try ScriptedServer { [secret] request, _ in
            #expect(request.code == .accountingRequest)
            #expect(request.verifyRequestAuthenticator(secret))
            #expect(request.integer(40) == 3)
            #expect(request.text(44) == "0001")
            return [try Packet.reply(.accountingResponse, to: request, attributes: [], secret: secret)]
        }
        let session = try Attribute.parse("0001", for: #require(dictionary.attribute(named: "Acct-Session-Id")))
        let reply = try exchange(server).account(.interimUpdate, attributes: [session])
        #expect(reply.verdict == .acknowledged)
        #expect(reply.code == .accountingResponse)
    }

    @Test func statusServerIsAlwaysSigned() throws {
        let server = try ScriptedServer { [secret] request, _ in
            #expect(request.code == .statusServer)
            #expect(request.verifyMessageAuthenticator(secret))
            return [try Packet.reply(.accessAccept, to: request, attributes: [], secret: secret)]
        }
        var exchange = exchange(server)
        exchange.messageAuthenticator = false
        #expect(try exchange.status().verdict == .acknowledged)
    }

    @Test func sendsTheSameOctetsAgain() throws {
        let server = try ScriptedServer { [secret] request, number in
            number < 2 ? [] : [try Packet.reply(.accessReject, to: request, attributes: [], secret: secret)]
        }
        let reply = try exchange(server, timeout: .milliseconds(150)).authenticate(user: "bob", password: "hello", method: .pap)
        #expect(reply.attempts == 3)
        #expect(server.requests.count == 3)
        #expect(Set(server.requests).count == 1)
    }

    @Test func silenceNamesWhatToCheck() throws {
        let server = try ScriptedServer { _, _ in [] }
        #expect(throws: ClientError.noReply(server.address, attempts: 2)) {
            try exchange(server, timeout: .milliseconds(50), attempts: 2).authenticate(user: "bob", password: "hello", method: .pap)
        }
        #expect(server.requests.count == 2)
        #expect("\(ClientError.noReply(server.address, attempts: 2))".contains("shared secret"))
    }

    @Test func aWrongSecretIsNamed() throws {
        let server = try ScriptedServer { request, _ in
            [try Packet.reply(.accessAccept, to: request, attributes: [], secret: SharedSecret([1]), messageAuthenticator: false)]
        }
        #expect(throws: ClientError.badResponseAuthenticator(server.address)) {
            try exchange(server, timeout: .milliseconds(300)).authenticate(user: "bob", password: "hello", method: .pap)
        }
    }

    @Test func aForgedReplyDoesNotHideTheRightOne() throws {
        let server = try ScriptedServer { [secret] request, _ in
            var forged = try Packet.reply(.accessAccept, to: request, attributes: [], secret: secret)
            forged[4] ^= 1
            var foreign = try Packet.reply(.accessAccept, to: request, attributes: [], secret: secret)
            foreign[1] &+= 1
            return [forged, foreign, [2], try Packet.reply(.accessReject, to: request, attributes: [], secret: secret)]
        }
        let reply = try exchange(server).authenticate(user: "bob", password: "hello", method: .pap)
        #expect(reply.verdict == .rejected(mschapError: nil))
    }

    @Test func aWrongMessageAuthenticatorIsRefused() throws {
        let server = try ScriptedServer { [secret] request, _ in
            // Signed for another request, then sealed with the right Response Authenticator.
            var reply = try Packet.reply(.accessAccept, to: request, attributes: [], secret: secret)
            reply[22] ^= 1
            let seal = MD5.hash(Array(reply[0..<4]) + request.authenticator.bytes + Array(reply[20...]) + secret.bytes)
            reply.replaceSubrange(4..<20, with: seal.bytes)
            return [reply]
        }
        #expect(throws: ClientError.badMessageAuthenticator(server.address)) {
            try exchange(server, timeout: .milliseconds(300)).authenticate(user: "bob", password: "hello", method: .pap)
        }
    }

    @Test func aReplyOfTheWrongKindIsRefused() throws {
        let server = try ScriptedServer { [secret] request, _ in
            [try Packet.reply(.accountingResponse, to: request, attributes: [], secret: secret)]
        }
        #expect(throws: ClientError.unexpectedReply(.accountingResponse, to: .accessRequest)) {
            try exchange(server, timeout: .milliseconds(300)).authenticate(user: "bob", password: "hello", method: .pap)
        }
    }

    @Test func aClosedPortIsNamedAtOnce() throws {
        let address = try ServerAddress(
            host: "127.0.0.1", port: DatagramSocket(boundTo: ServerAddress(host: "127.0.0.1", port: 0).resolve()).localPort)
        let exchange = Exchange(server: address, secret: secret, dictionary: dictionary)
        #expect(throws: ClientError.refused(address)) { try exchange.authenticate(user: "bob", password: "x", method: .pap) }
    }

    @Test func echoAnswersAnExchange() throws {
        let echo = try RunningEcho(secret: secret)
        let exchange = Exchange(server: echo.address, secret: secret, dictionary: dictionary)
        #expect(try exchange.authenticate(user: "bob", password: "x", method: .pap).verdict == .accepted)
        #expect(try exchange.account(.start, attributes: []).verdict == .acknowledged)
    }
}
