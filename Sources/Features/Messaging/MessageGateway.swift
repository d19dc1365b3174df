/// What a gateway made of a message.
public enum GatewayResult: Sendable, Equatable {
    /// It has the message.
    /// - Parameters:
    ///   - providerIDs: its own ids of the message's parts, by which its receipts name them; empty where it sends none.
    ///   - isDelivered: nobody will say more about it.
    case sent(providerIDs: [String], isDelivered: Bool)
    /// No attempt will be better: there is no such recipient, for instance.
    case refused(code: String)
    /// A later attempt may succeed; the gateway works, but not for this message now.
    case deferred(code: String)
    /// Another gateway or a later attempt may succeed; the gateway is in trouble.
    /// - Parameter retryAfterSeconds: when the gateway wants to be asked again, where it says.
    case failed(code: String, retryAfterSeconds: Int?)
}

/// A way out for the messages of one channel.
public protocol MessageGateway: Sendable {
    /// Unique among the gateways of its channel; stored with messages.
    var name: String { get }
    var channel: MessageChannel { get }
    /// Seconds after which ``send(_:)`` has returned.
    var timeoutSeconds: Double { get }
    /// What a part of a text message costs.
    var prices: MessagePrices { get }
    /// Sends a message once. Blocks no thread of the caller's, and is not cut short by a cancelled task: what was sent must be recorded.
    func send(_ message: LeasedMessage) async -> GatewayResult
    /// Runs until the program ends, where the gateway keeps a connection.
    /// - Parameter onReceipt: records a delivery receipt; false when that was not possible.
    func run(onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool) async
}

extension MessageGateway {
    public var prices: MessagePrices { MessagePrices() }
    public func run(onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool) async {}
}

/// What a gateway says later about a message that it took.
public struct DeliveryReceipt: Sendable, Equatable {
    /// Of one part of the message.
    public let providerID: String
    public let state: ReceiptState
    /// Why it failed, in the gateway's own words.
    public let code: String?

    public init(providerID: String, state: ReceiptState, code: String? = nil) {
        self.providerID = providerID
        self.state = state
        self.code = code
    }
}

/// Prices of text messages by the beginning of the recipient's number; the longest that fits counts.
public struct MessagePrices: Sendable, Equatable {
    /// Millionths of the currency for each part, by prefix such as `+39`; empty for all other numbers.
    public var byPrefix: [String: Int64]

    public init(_ byPrefix: [String: Int64] = [:]) {
        self.byPrefix = byPrefix
    }

    /// The prefix that counts and its price; without one, an empty prefix and 0.
    public func price(of recipient: String) -> (prefix: String, price: Int64) {
        let best = byPrefix.filter { recipient.hasPrefix($0.key) }.max { $0.key.utf8.count < $1.key.utf8.count }
        return best.map { ($0.key, $0.value) } ?? ("", 0)
    }
}
