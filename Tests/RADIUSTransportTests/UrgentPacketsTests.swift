import Dispatch
import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct UrgentPacketsTests {
    @Test("while all threads are busy with new requests, Status-Server and those that go on with a login are answered")
    func overtake() throws {
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try TestListener { request in
            if request.packet.value(24) == nil {
                entered.signal()
                gate.wait()
            }
            return .reply(ReplyPacket(code: .accessAccept))
        }
        let client = try server.client()
        for identifier in 1...9 as ClosedRange<UInt8> { client.send(try TestPacket.access(identifier)) }
        entered.wait()
        let state: [UInt8] = [24, 4, 1, 2]
        #expect(try client.exchange(TestPacket.access(50, attributes: state))[1] == 50)
        // Behind an EAP message in many attributes, whose octets look like a State.
        let message = (0..<16).flatMap { _ in [79, 255] + [UInt8](repeating: 24, count: 253) }.prefix(3 * 255)
        #expect(try client.exchange(TestPacket.access(51, attributes: Array(message) + [UInt8](repeating: 4, count: 4) + state))[1] == 51)
        #expect(try client.exchange(TestPacket.status(60))[1] == 60)
        for _ in 1...9 { gate.signal() }
        var others: Set<UInt8> = []
        for _ in 1...9 { others.insert(try client.receive()[1]) }
        #expect(others == Set(1...9))
    }

    @Test("octets of a value that look like a State do not make a new request urgent")
    func onlyAttributesCount() throws {
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try TestListener { request in
            if request.packet.identifier == 1 {
                entered.signal()
                gate.wait()
            }
            return .reply(ReplyPacket(code: .accessAccept))
        }
        let client = try server.client()
        client.send(try TestPacket.access(1))
        entered.wait()
        client.send(try TestPacket.access(2, attributes: [79, 6, 24, 4, 24, 4]))
        #expect(try client.exchange(TestPacket.access(3, attributes: [24, 3, 1]))[1] == 3)
        gate.signal()
        #expect(Set([try client.receive()[1], try client.receive()[1]]) == [1, 2])
    }

    @Test("a second server on the same address does not start")
    func addressIsTaken() throws {
        let server = try TestListener()
        let endpoint = try #require(server.listener.boundEndpoints.first)
        #expect(throws: ListenerError.self) { try TestListener(addresses: ["\(endpoint)"]) }
    }
}
