import Foundation
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// Requests of ours over links that the NAS opened.
@Suite struct LinkRegistryTests {
    @Test func aNASIsAskedBackOverItsOwnConnection() throws {
        let server = try TestStreamServer()
        let nas = try TestStream(to: server.endpoint)
        _ = try nas.exchange(try TestPacket.access(1))
        let link = try #require(server.registry.link(to: .configured("test")))
        let answers = Answers()
        let exchange = link.send(
            OutgoingRequest(code: .disconnectRequest) { _, _ in [1, 5, 98, 111, 98] }, completion: { answers.take($0) })
        let request = try Packet(validating: try #require(try nas.receive()))
        #expect(request.code == .disconnectRequest)
        #expect(request.verifyRequestAuthenticator(testSecret))
        // The NAS's own requests go on meanwhile.
        _ = try nas.exchange(try TestPacket.access(2))
        try nas.send(try Packet.reply(.disconnectACK, to: request, attributes: [], secret: testSecret))
        #expect(try answers.wait(for: 1)[0].get().packet.code == .disconnectACK)
        withExtendedLifetime(exchange) {}
    }

    @Test func aForgedAnswerClosesTheLink() throws {
        let server = try TestStreamServer()
        let nas = try TestStream(to: server.endpoint)
        _ = try nas.exchange(try TestPacket.access(1))
        let link = try #require(server.registry.link(to: .configured("test")))
        let answers = Answers()
        let exchange = link.send(OutgoingRequest(code: .coaRequest) { _, _ in [] }, completion: { answers.take($0) })
        let request = try Packet(validating: try #require(try nas.receive()))
        try nas.send(try Packet.reply(.coaACK, to: request, attributes: [], secret: SharedSecret(Array("wrong".utf8))))
        guard case .failure(.linkDown) = try answers.wait(for: 1)[0] else { Issue.record("believed"); return }
        #expect(nas.isClosedByServer())
        #expect(server.registry.link(to: .configured("test")) == nil)
        withExtendedLifetime(exchange) {}
    }

    @Test func aSessionsNASIsFoundByWhatItsAccountingNames() throws {
        let server = try TestStreamServer()
        let address = try #require(IPAddress("10.9.8.7"))
        do {
            let nas = try TestStream(to: server.endpoint)
            let request = try Packet.request(
                .accountingRequest, identifier: 1, authenticator: nil, attributes: [4, 6, 10, 9, 8, 7], secret: testSecret,
                messageAuthenticator: false)
            _ = try nas.exchange(request)
            #expect(server.registry.client(at: address)?.name == "test")
            #expect(server.registry.client(at: try #require(IPAddress("127.0.0.1")))?.name == "test")
        }
        try TestStreamServer.eventually { server.registry.client(at: address) == nil && server.registry.clients.isEmpty }
    }
}
