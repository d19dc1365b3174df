import NIOConcurrencyHelpers

@testable import Messaging

/// A gateway that does what the test says, and remembers.
final class RecordingGateway: MessageGateway {
    let name: String
    let channel: MessageChannel
    let timeoutSeconds = 1.0
    let prices: MessagePrices
    private let script: @Sendable (LeasedMessage, Int) async -> GatewayResult
    private let messages = NIOLockedValueBox<[LeasedMessage]>([])

    /// - Parameter script: the message and how many came before it.
    init(
        _ name: String, _ channel: MessageChannel = .sms, prices: MessagePrices = MessagePrices(),
        _ script: @escaping @Sendable (LeasedMessage, Int) async -> GatewayResult = { message, _ in
            .sent(providerIDs: ["p-\(message.id)"], isDelivered: false)
        }
    ) {
        self.name = name
        self.channel = channel
        self.prices = prices
        self.script = script
    }

    var sent: [LeasedMessage] { messages.withLockedValue { $0 } }

    func send(_ message: LeasedMessage) async -> GatewayResult {
        let before = messages.withLockedValue { messages in
            messages.append(message)
            return messages.count - 1
        }
        return await script(message, before)
    }
}
