/// What gateways for text messages have in common.
public struct SMSGatewayTerms: Sendable, Equatable {
    public var name: String
    /// What telephones show where the organization says nothing else; digits, or up to 11 letters.
    public var sender = ""
    /// `{account}` and `{secret}` of templates, user and password of others.
    public var account = ""
    public var secret = ""
    public var prices = MessagePrices()
    /// Seconds for one message.
    public var timeoutSeconds = 15.0

    public init(name: String) {
        self.name = name
    }
}
