import NIOCore
import Testing

@testable import Messaging

@Suite struct SMPPCodecTests {
    private func octets(_ hexadecimal: String) -> [UInt8] {
        hexadecimal.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    @Test func `a bind is written as section 4.1.5 says`() {
        let bind = SMPPBind(systemID: "SMPP3TEST", password: "secret08", systemType: "SUBMIT1")
        let pdu = SMPPPDU(command: SMPPPDU.Command.bindTransceiver, sequence: 1, body: bind.octets)
        #expect(
            pdu.octets
                == octets(
                    """
                    00 00 00 2F 00 00 00 09 00 00 00 00 00 00 00 01 53 4D 50 50 33 54 45 53 54 00 73 65 63 72 65 74 30 38 00 \
                    53 55 42 4D 49 54 31 00 34 00 00 00
                    """))
        // Fields keep to their lengths, whatever the configuration says.
        let long = SMPPBind(systemID: String(repeating: "x", count: 40), password: String(repeating: "y", count: 40))
        #expect(long.octets.count == 16 + 9 + 1 + 4)
    }

    @Test func `a message is written as section 4.4.1 says`() {
        var message = SMPPMessage(source: SMPPAddress("Cafe"), destination: SMPPAddress("+393331"), text: Array("hi".utf8))
        message.registeredDelivery = 1
        #expect(
            message.octets
                == octets(
                    "00 05 00 43 61 66 65 00 01 01 33 39 33 33 33 31 00 00 00 00 00 00 01 00 00 00 02 68 69"))
        message.options = [SMPPMessage.Tag.messageState: [2]]
        message.esmClass = 0x40
        message.dataCoding = 8
        #expect(SMPPMessage(message.octets) == message)
    }

    @Test(arguments: [("+39333", 1, 1, "39333"), ("12345", 0, 1, "12345"), ("Cafe 1", 5, 0, "Cafe 1"), ("", 5, 0, ""), ("+", 5, 0, "+")])
    func `addresses`(_ text: String, _ type: UInt8, _ plan: UInt8, _ written: String) {
        #expect(SMPPAddress(text) == SMPPAddress(type: type, plan: plan, text: written))
    }

    @Test func `units are cut out of the stream wherever it is cut`() throws {
        let units = [
            SMPPPDU(command: SMPPPDU.Command.enquireLink, sequence: 7),
            SMPPPDU(command: SMPPPDU.Command.deliver, status: 3, sequence: 0x7fff_ffff, body: [1, 2, 3]),
        ]
        let stream = units.flatMap(\.octets)
        for cut in 0...stream.count {
            var buffer = ByteBuffer(bytes: stream[..<cut])
            var found: [SMPPPDU] = []
            while let pdu = try SMPPFrameDecoder.next(&buffer) { found.append(pdu) }
            buffer.writeBytes(stream[cut...])
            while let pdu = try SMPPFrameDecoder.next(&buffer) { found.append(pdu) }
            #expect(found == units)
        }
    }

    @Test(arguments: [0, 15, 70_001, UInt32.max]) func `a length that no unit has ends the connection`(_ length: UInt32) {
        var buffer = ByteBuffer()
        buffer.writeInteger(length)
        #expect(throws: SMPPFrameError(length: length)) { try SMPPFrameDecoder.next(&buffer) }
    }

    private func receipt(_ text: String, options: [UInt16: [UInt8]] = [:], esmClass: UInt8 = 4) -> DeliveryReceipt? {
        var message = SMPPMessage(source: SMPPAddress("+39"), destination: SMPPAddress("Cafe"), text: Array(text.utf8))
        message.options = options
        message.esmClass = esmClass
        return SMPPReceipt.read(message)
    }

    @Test func `receipts are read from their text and from their parameters`() {
        let text = "id:0123456789 sub:001 dlvrd:001 submit date:2601311200 done date:2601311201 stat:DELIVRD err:000 text:hello"
        #expect(receipt(text) == DeliveryReceipt(providerID: "0123456789", state: .delivered))
        #expect(
            receipt("ID: ab-1 STAT: undeliv ERR: 011") == DeliveryReceipt(providerID: "ab-1", state: .failed, code: "UNDELIV 011"))
        #expect(receipt(text, esmClass: 0) == nil)
        #expect(receipt(text.replacing("DELIVRD", with: "ENROUTE")) == nil)
        #expect(receipt("nonsense") == nil)
        let options: [UInt16: [UInt8]] = [SMPPMessage.Tag.receiptedMessageID: Array("xyz\0".utf8), SMPPMessage.Tag.messageState: [8]]
        #expect(receipt("", options: options) == DeliveryReceipt(providerID: "xyz", state: .failed, code: "REJECTD"))
        #expect(receipt("", options: [SMPPMessage.Tag.messagePayload: Array(text.utf8)])?.providerID == "0123456789")
    }

    @Test func `no octets make the reader fall`() {
        var generator = SeededGenerator(state: 0x5eed)
        var message = SMPPMessage(source: SMPPAddress("+39333"), destination: SMPPAddress("Cafe"), text: Array("id:1 stat:DELIVRD".utf8))
        message.options = [SMPPMessage.Tag.receiptedMessageID: Array("xyz\0".utf8), SMPPMessage.Tag.messageState: [2]]
        message.esmClass = 4
        let valid = SMPPPDU(command: SMPPPDU.Command.deliver, sequence: 1, body: message.octets).octets
        for _ in 0..<20_000 {
            var octets = valid
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: octets[Int.random(in: octets.indices, using: &generator)] = .random(in: 0...255, using: &generator)
                case 1 where octets.count > 1: octets.removeLast(Int.random(in: 1..<octets.count, using: &generator))
                default: octets.insert(.random(in: 0...255, using: &generator), at: Int.random(in: octets.indices, using: &generator))
                }
            }
            var buffer = ByteBuffer(bytes: octets)
            while let pdu = try? SMPPFrameDecoder.next(&buffer) {
                _ = SMPPMessage(pdu.body).flatMap(SMPPReceipt.read)
            }
        }
    }
}

/// The same numbers each time (xorshift).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
