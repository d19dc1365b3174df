import Foundation
import RADIUSWire
import TestSupport
import Testing

/// Packets of EAP conversations that come twice, late, from elsewhere, or never should have come.
@PeerThread
@Suite
struct EAPConversationTests {
    private func start(_ site: Site, _ methods: String, _ more: [String: String] = [:]) throws -> ServerUnderTest {
        try site.addUser("alice", check: ["Cleartext-Password := wonder land"])
        return try ServerUnderTest.start(
            site.database.url, Certificates.shared.get().settings.merging(["RADIAN_EAP_METHODS": methods]) { $1 }.merging(more) { $1 })
    }

    @Test("a repeated Access-Request gets the same reply, and a State is good once, for the NAS that got it")
    func repeatedAndReused() throws {
        try Site.with(.sqlite) { site in
            try site.addNAS("127.0.0.2")
            let server = try start(site, "MD5")
            var nas = try EAPCarrier(server)
            var other = try EAPCarrier(server, from: 2)

            let begin = try nas.request(nas.identity())
            nas.socket.send(begin)
            let reply = try #require(nas.socket.receive())
            nas.socket.send(begin)
            #expect(nas.socket.receive() == reply)

            let challenge = try Packet(validating: reply)
            #expect(challenge.code == .accessChallenge && challenge.state.count == 16)
            let answer = EAPCarrier.md5(challenge, password: "wonder land")

            let stolen = try #require(try other.exchange(answer, state: challenge.state))
            #expect(stolen.code == .accessReject && stolen.eap == [4, answer[1], 0, 4])

            let end = try nas.request(answer, state: challenge.state)
            nas.socket.send(end)
            let accept = try #require(nas.socket.receive())
            #expect(accept[0] == PacketCode.accessAccept.rawValue)
            nas.socket.send(end)
            #expect(nas.socket.receive() == accept)

            let late = try #require(try nas.exchange(answer, state: challenge.state))
            #expect(late.code == .accessReject && late.eap == [4, answer[1], 0, 4])
            #expect(try server.metric("radian_radius_duplicates_resent_total{role=\"authentication\"}") == 2)
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE reason = 'eap.conversation-unknown'") == 2)
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE reply = 'Access-Accept'") == 1)
        }
    }

    @Test("a conversation ends after its time, and a station that begins anew replaces its old one")
    func timeAndReplacement() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, "MD5", ["RADIAN_EAP_TIMEOUT": "5"])
            var nas = try EAPCarrier(server)
            let replaced = try #require(try nas.exchange(nas.identity()))
            let second = try #require(try nas.exchange(nas.identity()))
            #expect(try nas.exchange(EAPCarrier.md5(replaced, password: "wonder land"), state: replaced.state)?.code == .accessReject)
            #expect(try nas.exchange(EAPCarrier.md5(second, password: "wonder land"), state: second.state)?.code == .accessAccept)

            let slow = try #require(try nas.exchange(nas.identity()))
            let end = Date(timeIntervalSinceNow: 5.2)
            try eventually("the time is over") { Date() > end }
            #expect(try nas.exchange(EAPCarrier.md5(slow, password: "wonder land"), state: slow.state)?.code == .accessReject)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("EAP-Start, and no common method by Nak, by an empty Nak and by an Expanded Nak")
    func negotiation() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, "PEAP,TTLS,MD5")
            var nas = try EAPCarrier(server)
            let request = try #require(try nas.exchange([]))
            #expect(request.code == .accessChallenge && request.eap == [1, 0, 0, 5, 1])
            let peap = try #require(try nas.exchange(nas.identity(identifier: 0), state: request.state))
            #expect(peap.eap.count == 6 && peap.eap[4] == 25)
            let md5 = try #require(try nas.exchange(EAPCarrier.response(3, [4], identifier: peap.eap[1]), state: peap.state))
            #expect(md5.eap[4] == 4)
            #expect(try nas.exchange(EAPCarrier.md5(md5, password: "wonder land"), state: md5.state)?.code == .accessAccept)

            let expanded: [UInt8] = [0, 0, 0, 0, 0, 0, 3]
            let refusals: [(UInt8, [UInt8])] = [
                (3, [17]), (3, [0]), (3, []), (3, [1, 2, 3]), (3, [25]), (254, expanded + [254, 0, 0, 0, 0, 0, 0, 17]),
                (254, expanded + [254, 0, 0x37, 0x2a, 0, 0, 0, 1]),
            ]
            for (type, data) in refusals {
                let offer = try #require(try nas.exchange(nas.identity()))
                let reply = try #require(try nas.exchange(EAPCarrier.response(type, data, identifier: offer.eap[1]), state: offer.state))
                #expect(reply.code == .accessReject && reply.eap.first == 4, "\(type) \(data)")
            }
            let offer = try #require(try nas.exchange(nas.identity()))
            let wanted = EAPCarrier.response(254, expanded + [254, 0, 0, 0, 0, 0, 0, 21], identifier: offer.eap[1])
            #expect(try nas.exchange(wanted, state: offer.state)?.eap[4] == 21)
            #expect(try server.stop() == .code(0))
            #expect(
                try site.count("SELECT count(*) FROM radpostauth WHERE reason = 'eap.no-common-method'") == Int64(refusals.count))
        }
    }

    @Test(
        "a device that declined the first method is offered the one it logged in with, until it wants another",
        .enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
    func wantedBefore() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, "PEAP,TTLS")
            let (ttls, peap) = (try network("TTLS"), try network("PEAP"))
            let wrong = ttls.map { $0.replacingOccurrences(of: "wonder land", with: "wrong") }
            func declines(_ network: [String], succeeds: Bool = true, station: String = "02:00:00:00:00:01") throws -> Bool {
                let result = try EAPOLTest.run(network, port: server.authPort, station: station)
                #expect(result.succeeded == succeeds, "\(result.summary)")
                return result.output.contains("EAP: Building EAP-Nak")
            }
            #expect(try declines(wrong, succeeds: false))
            #expect(try declines(ttls))
            #expect(try !declines(ttls))
            #expect(try declines(ttls, station: "02:00:00:00:00:02"))
            #expect(try declines(peap))
            #expect(try !declines(peap))
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("the name in EAP is who logs in, whatever User-Name says, and the NAS is told")
    func anotherUserName() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("mallory", check: ["Cleartext-Password := mine"], reply: ["Session-Timeout = 1"])
            let server = try start(site, "MD5")
            var nas = try EAPCarrier(server)
            nas.userName = "mallory"
            let challenge = try #require(try nas.exchange(nas.identity("alice")))
            let accept = try #require(
                try nas.exchange(EAPCarrier.md5(challenge, password: "wonder land"), state: challenge.state))
            #expect(accept.code == .accessAccept && accept.value(1).map { Array($0) } == Array("alice".utf8) && accept.value(27) == nil)
            let again = try #require(try nas.exchange(nas.identity("alice")))
            #expect(try nas.exchange(EAPCarrier.md5(again, password: "mine"), state: again.state)?.code == .accessReject)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "packets that come twice or get lost on the way cost no login",
        .enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"), arguments: ["PEAP", "TTLS", "TLS"])
    func disturbedNetwork(method: String) throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, "PEAP,TTLS,TLS")
            let network = try network(method)
            let twice = try PacketRelay(to: server.authPort) { direction, _, packet in
                direction == .request ? [packet, packet] : [packet]
            }
            let result = try EAPOLTest.run(network, port: twice.port)
            twice.stop()
            #expect(result.succeeded && result.keysMatch, "\(result.summary)")
            // One reply, however often it was sent.
            var replies: [UInt8: [UInt8]] = [:]
            for reply in twice.seen(.reply) { #expect(replies.updateValue(reply, forKey: reply[1]) ?? reply == reply) }
            #expect(replies.count == twice.seen(.request).count)

            // The supplicant repeats after three seconds.
            let lossy = try PacketRelay(to: server.authPort) { direction, number, packet in
                direction == .reply && number == 2 || direction == .request && number == 4 ? [] : [packet]
            }
            let slow = try EAPOLTest.run(network, port: lossy.port, seconds: 30)
            lossy.stop()
            #expect(slow.succeeded && slow.keysMatch, "\(slow.summary)")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "garbage in every state: what no peer could mean is ignored, the rest ends its own conversation only",
        .enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"), arguments: ["PEAP", "TTLS", "TLS"])
    func garbage(method: String) throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, "PEAP,TTLS,TLS")
            let network = try network(method)
            // Wrong identifier, a request, a success, too short, a length beyond the packet.
            let ignored: [@Sendable (UInt8) -> [UInt8]] = [
                { EAPCarrier.response(25, [0], identifier: $0 &+ 99) }, { [1, $0, 0, 6, 25, 0] }, { [3, $0, 0, 4] }, { [2, $0, 0, 4] },
                { [2, $0, 0xff, 0xff, 25, 0] }, { [2, $0, 0] }, { [9, $0, 0, 5, 1] },
            ]
            let relay = try PacketRelay(to: server.authPort) { direction, _, packet in
                guard direction == .request, let request = try? Packet(validating: packet), !request.state.isEmpty else { return [packet] }
                let forged = ignored.enumerated().map { request.forged($1(request.eap[1]), identifier: 200 + UInt8($0)) }
                return forged + [packet]
            }
            // A packet that meets garbage on its way through is repeated.
            let result = try EAPOLTest.run(network, port: relay.port, seconds: 60)
            relay.stop()
            #expect(result.succeeded && result.keysMatch, "\(result.summary)\n\(server.log.suffix(1000))")
            let rounds = result.rounds

            let type: UInt8 = ["PEAP": 25, "TTLS": 21, "TLS": 13][method] ?? 0
            let fatal: [[UInt8]] = [
                [0xff], [0x80, 0xff, 0xff, 0xff, 0xff], [0xc0, 0, 1, 0, 0, 1], [0x40, 1, 2, 3], [0] + [UInt8](repeating: 0x16, count: 200),
                [0, 0x16, 3, 3, 0, 4, 1, 0, 0, 0], [0, 0x15, 3, 3, 0, 2, 2, 48],
                [0, 0x17, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32),
            ]
            for number in 1..<rounds {
                let garbage = fatal[number % fatal.count]
                let relay = try PacketRelay(to: server.authPort) { direction, count, packet in
                    guard direction == .request, count == number, let request = try? Packet(validating: packet) else { return [packet] }
                    return [request.forged(EAPCarrier.response(type, garbage, identifier: request.eap[1]), identifier: packet[1])]
                }
                // A device that is offered another method first, as above.
                let result = try EAPOLTest.run(network, port: relay.port, station: "02:00:00:00:00:02", seconds: 2)
                relay.stop()
                #expect(!result.succeeded && result.accepted.isEmpty, "garbage in round \(number)")
            }
            #expect(try EAPOLTest.run(network, port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))
        }
    }

    private func network(_ method: String) throws -> [String] {
        let certificates = try Certificates.shared.get()
        let lines = method == "TLS" ? certificates.client("alice") : EAPOLTest.user("alice", "wonder land")
        let phase2 = ["PEAP": ["phase2=\"auth=MSCHAPV2\""], "TTLS": ["phase2=\"auth=MSCHAPV2\""]][method] ?? []
        return EAPOLTest.tunnel(method, lines + certificates.authority + phase2)
    }
}

extension Packet {
    /// The same request with another EAP packet.
    fileprivate func forged(_ eap: [UInt8], identifier: UInt8) -> [UInt8] {
        var rest: [UInt8] = []
        for attribute in attributes where attribute.type != 79 && attribute.type != 80 {
            rest += bytes[(attribute.offset - 2)..<(attribute.offset + attribute.length)]
        }
        for start in stride(from: 0, to: eap.count, by: 253) {
            let piece = eap[start..<min(start + 253, eap.count)]
            rest += [79, UInt8(piece.count + 2)] + piece
        }
        let forged = try? Packet.request(
            .accessRequest, identifier: identifier, authenticator: authenticator, attributes: rest, secret: Site.secret,
            messageAuthenticator: true)
        return forged ?? []
    }
}
