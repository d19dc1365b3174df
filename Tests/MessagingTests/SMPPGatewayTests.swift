import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Messaging

/// The gateway and a center over TCP.
@Suite struct SMPPGatewayTests {
    private func gateway(_ port: Int, timeout: Double = 10, enquire: Double = 30) -> SMPPGateway {
        var settings = SMPPSettings(host: "127.0.0.1", port: port)
        settings.reconnectSeconds = 0.01
        settings.enquireLinkSeconds = enquire
        var terms = SMSGatewayTerms(name: "center")
        terms.account = "radian"
        terms.secret = "s3cr3t"
        terms.sender = "Radian"
        terms.timeoutSeconds = timeout
        return SMPPGateway(settings, terms, logger: quiet)
    }

    /// Runs the gateway while the body waits.
    private func run(
        _ gateway: SMPPGateway, onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool = { _ in true },
        _ body: @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await gateway.run(onReceipt: onReceipt) }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func bound(_ gateway: SMPPGateway) async {
        let isBound = await eventually { gateway.isBound }
        #expect(isBound)
    }

    private func message(_ text: String, sender: String? = nil) -> LeasedMessage {
        LeasedMessage(id: "m1", channel: .sms, recipient: "+393331234567", text: text, sender: sender)
    }

    @Test func `messages are submitted, whole or in parts, and the center says goodbye`() async throws {
        let center = try await ScriptedCenter(ScriptedCenter.friendly)
        let gateway = gateway(center.port)
        #expect(await gateway.send(message("x")) == .failed(code: "not bound", retryAfterSeconds: nil))
        try await run(gateway) {
            await bound(gateway)
            #expect(await gateway.send(message("code 123456", sender: "Cafe")) == .sent(providerIDs: ["id-1"], isDelivered: false))
            let long = String(repeating: "я", count: 100)
            #expect(await gateway.send(message(long)) == .sent(providerIDs: ["id-2", "id-3"], isDelivered: false))
        }
        let bind = try #require(center.received(SMPPPDU.Command.bindTransceiver).first)
        #expect(bind.body == SMPPBind(systemID: "radian", password: "s3cr3t").octets)
        let messages = center.received(SMPPPDU.Command.submit).compactMap { SMPPMessage($0.body) }
        #expect(messages.count == 3)
        #expect(messages[0].text == Array("code 123456".utf8))
        #expect(messages[0].source == SMPPAddress(type: 5, plan: 0, text: "Cafe"))
        #expect(messages[0].destination == SMPPAddress(type: 1, plan: 1, text: "393331234567"))
        #expect(messages.map(\.dataCoding) == [0, 8, 8])
        #expect(messages.map(\.esmClass) == [0, 0x40, 0x40])
        #expect(messages.map(\.registeredDelivery) == [1, 1, 1])
        #expect(Array(messages[2].text.prefix(6)) == [5, 0, 3, messages[1].text[3], 2, 2])
        #expect(center.received(SMPPPDU.Command.unbind).count == 1)
    }

    @Test func `statuses about the message and about the moment are told apart`() async throws {
        let center = try await ScriptedCenter { pdu in
            switch pdu.command {
            case SMPPPDU.Command.bindTransceiver: [pdu.response(body: [0])]
            case SMPPPDU.Command.submit:
                SMPPMessage(pdu.body)?.text == [1]
                    ? [pdu.response(status: 0x0b)]
                    : [SMPPPDU(command: SMPPPDU.Command.genericNack, status: 0x58, sequence: pdu.sequence)]
            default: [pdu.response()]
            }
        }
        let gateway = gateway(center.port)
        try await run(gateway) {
            await bound(gateway)
            // "£" is code 1 of the alphabet.
            #expect(await gateway.send(message("£")) == .refused(code: "smpp 0xb"))
            #expect(await gateway.send(message("x")) == .failed(code: "smpp 0x58", retryAfterSeconds: nil))
        }
    }

    @Test func `a receipt is acknowledged when it is recorded`() async throws {
        let center = try await ScriptedCenter(ScriptedCenter.friendly)
        let gateway = gateway(center.port)
        let receipts = NIOLockedValueBox<[DeliveryReceipt]>([])
        try await run(gateway) { receipt in
            receipts.withLockedValue { $0.append(receipt) }
            return receipt.state == .delivered
        } _: {
            await bound(gateway)
            for (number, state) in [(1, "DELIVRD"), (2, "UNDELIV")] {
                var message = SMPPMessage(
                    source: SMPPAddress("+39333"), destination: SMPPAddress("Radian"),
                    text: Array("id:id-\(number) stat:\(state) err:005".utf8))
                message.esmClass = 4
                center.send(SMPPPDU(command: SMPPPDU.Command.deliver, sequence: UInt32(number), body: message.octets))
            }
            // A subscriber's message, and a broken one.
            let other = SMPPMessage(source: SMPPAddress("+39333"), destination: SMPPAddress("Radian"), text: Array("hello".utf8))
            center.send(SMPPPDU(command: SMPPPDU.Command.deliver, sequence: 3, body: other.octets))
            center.send(SMPPPDU(command: SMPPPDU.Command.deliver, sequence: 4, body: [1]))
            center.send(SMPPPDU(command: 0x0103, sequence: 5))
            let isAnswered = await eventually {
                center.received(SMPPPDU.Command.deliver | SMPPPDU.Command.response).count == 4
                    && center.received(SMPPPDU.Command.genericNack).count == 1
            }
            #expect(isAnswered)
        }
        let answers = center.received(SMPPPDU.Command.deliver | SMPPPDU.Command.response).sorted { $0.sequence < $1.sequence }
        #expect(answers.map(\.status) == [0, SMPPPDU.Status.temporaryApplicationError, 0, 0])
        #expect(center.received(SMPPPDU.Command.genericNack).map(\.sequence) == [5])
        #expect(
            Set(receipts.withLockedValue { $0.map(\.providerID) }) == ["id-1", "id-2"])
    }

    @Test func `a lost connection is made again, and nobody waits for ever`() async throws {
        let center = try await ScriptedCenter(ScriptedCenter.friendly)
        let gateway = gateway(center.port)
        try await run(gateway) {
            await bound(gateway)
            center.dropConnections()
            let isBack = await eventually { center.connections == 2 && gateway.isBound }
            #expect(isBack)
            let result = await gateway.send(message("x"))
            #expect(result == .sent(providerIDs: ["id-1"], isDelivered: false))
        }
    }

    @Test func `a center that falls silent is left`() async throws {
        let center = try await ScriptedCenter { pdu in
            pdu.command == SMPPPDU.Command.bindTransceiver ? [pdu.response(body: [0])] : []
        }
        let gateway = gateway(center.port, timeout: 0.2, enquire: 0.05)
        try await run(gateway) {
            await bound(gateway)
            let result = await gateway.send(message("x"))
            #expect(
                result == .failed(code: "timeout", retryAfterSeconds: nil)
                    || result == .failed(code: "connection closed", retryAfterSeconds: nil))
            let isNew = await eventually { center.connections > 1 }
            #expect(isNew)
            #expect(!center.received(SMPPPDU.Command.enquireLink).isEmpty)
        }
    }

    @Test func `a refused bind is tried again`() async throws {
        let isRefusing = NIOLockedValueBox(true)
        let center = try await ScriptedCenter { pdu in
            guard pdu.command == SMPPPDU.Command.bindTransceiver else { return [pdu.response()] }
            return [pdu.response(status: isRefusing.withLockedValue { $0 } ? 0x0e : 0, body: [0])]
        }
        let gateway = gateway(center.port)
        try await run(gateway) {
            let isRefused = await eventually { center.connections > 1 }
            #expect(isRefused)
            #expect(!gateway.isBound)
            isRefusing.withLockedValue { $0 = false }
            await bound(gateway)
        }
    }
}
