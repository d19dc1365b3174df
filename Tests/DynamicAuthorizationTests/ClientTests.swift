import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSWire
import Testing

@testable import DynamicAuthorization

/// A link whose peer answers by a closure: given the number of the packet, the reply or nil.
final class ScriptedLink: OutgoingLink {
    final class Exchange: OutgoingExchange {
        let transmit: @Sendable () -> Void
        let isCancelled = NIOLockedValueBox(false)
        init(_ transmit: @escaping @Sendable () -> Void) { self.transmit = transmit }
        func retransmit() { transmit() }
        func cancel() { isCancelled.withLockedValue { $0 = true } }
    }

    let name = "test"
    let isDatagram: Bool
    let transmissions = NIOLockedValueBox(0)
    let exchanges = NIOLockedValueBox<[Exchange]>([])
    private let answer: @Sendable (Int) -> Result<OutgoingReply, OutgoingError>?

    init(isDatagram: Bool = true, _ answer: @escaping @Sendable (Int) -> Result<OutgoingReply, OutgoingError>?) {
        self.isDatagram = isDatagram
        self.answer = answer
    }

    func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        let exchange = Exchange { [self] in
            let number = transmissions.withLockedValue { number in
                number += 1
                return number
            }
            if let result = answer(number) { completion(result) }
        }
        exchanges.withLockedValue { $0.append(exchange) }
        exchange.retransmit()
        return exchange
    }

    static func reply(_ code: PacketCode, cause: UInt32? = nil) -> Result<OutgoingReply, OutgoingError> {
        let secret = SharedSecret(Array("testing123".utf8))
        let attributes = cause.map { [101, 6] + withUnsafeBytes(of: $0.bigEndian, Array.init) } ?? []
        do throws(WireError) {
            let request = try Packet(
                validating: Packet.request(
                    .disconnectRequest, identifier: 1, authenticator: nil, attributes: [], secret: secret, messageAuthenticator: false))
            let packet = try Packet(validating: Packet.reply(code, to: request, attributes: attributes, secret: secret))
            return .success(OutgoingReply(packet: packet, requestAuthenticator: request.authenticator, secret: secret))
        } catch {
            return .failure(.unencodable(error))
        }
    }
}

@Suite struct ClientTests {
    /// Time passes at once; the task yields so that replies get their turn.
    private func send(over link: ScriptedLink, slept: NIOLockedValueBox<[Duration]> = NIOLockedValueBox([])) async
        -> DynamicAuthorizationResult
    {
        let client = DynamicAuthorizationClient(
            timers: RetransmissionTimers(),
            sleep: { duration in
                slept.withLockedValue { $0.append(duration) }
                for _ in 0..<100 {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }, jitter: { 0 })
        return await client.send(OutgoingRequest(code: .disconnectRequest) { _, _ in [] }, over: link)
    }

    @Test(arguments: [
        (PacketCode.disconnectACK, nil, DynamicAuthorizationResult.acknowledged(nil)),
        (.coaACK, 201, .acknowledged(.residualContextRemoved)), (.disconnectNAK, 503, .refused(.sessionContextNotFound)),
        (.coaNAK, nil, .refused(nil)), (.coaNAK, 999, .refused(ErrorCause(rawValue: 999))),
        (.accessAccept, nil, .unreachable("Access-Accept is no answer to the request")),
    ])
    func repliesBecomeResults(_ code: PacketCode, _ cause: UInt32?, _ result: DynamicAuthorizationResult) async {
        let link = ScriptedLink { _ in ScriptedLink.reply(code, cause: cause) }
        #expect(await send(over: link) == result)
        #expect(link.transmissions.withLockedValue { $0 } == 1)
        #expect(link.exchanges.withLockedValue { $0.allSatisfy { $0.isCancelled.withLockedValue { $0 } } })
    }

    @Test func silenceIsRetransmittedAndThenTimesOut() async {
        let slept = NIOLockedValueBox<[Duration]>([])
        let link = ScriptedLink { _ in nil }
        #expect(await send(over: link, slept: slept) == .timedOut(attempts: 4))
        #expect(link.transmissions.withLockedValue { $0 } == 4)
        #expect(link.exchanges.withLockedValue { $0.count } == 1)
        #expect(slept.withLockedValue { $0 } == [.seconds(2), .seconds(4), .seconds(8), .seconds(16)])
    }

    @Test func aLateReplyToARetransmissionCounts() async {
        let link = ScriptedLink { $0 == 3 ? ScriptedLink.reply(.disconnectACK) : nil }
        #expect(await send(over: link) == .acknowledged(nil))
        #expect(link.transmissions.withLockedValue { $0 } == 3)
    }

    @Test func streamsAreNotRetransmitted() async {
        let link = ScriptedLink(isDatagram: false) { _ in nil }
        #expect(await send(over: link) == .timedOut(attempts: 1))
        #expect(link.transmissions.withLockedValue { $0 } == 1)
    }

    @Test(arguments: [
        (OutgoingError.linkDown("connection refused"), "connection refused"),
        (.tooManyOutstanding, "too many requests to this NAS are under way"),
    ])
    func brokenLinksAreUnreachable(_ error: OutgoingError, _ text: String) async {
        let link = ScriptedLink { _ in .failure(error) }
        #expect(await send(over: link) == .unreachable(text))
    }

    @Test func everyCauseIsExplained() {
        let unknown = ErrorCause(rawValue: 999).explanation
        for number: UInt32 in [201, 202, 401, 402, 403, 404, 405, 406, 407, 501, 502, 503, 504, 505, 506, 507, 508, 509, 601] {
            #expect(ErrorCause(rawValue: number).explanation != unknown)
        }
    }
}
