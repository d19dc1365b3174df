/// Sends text messages as e-mails to a service that turns them into such.
public final class EmailToSMSGateway: MessageGateway {
    public let name: String
    public let channel = MessageChannel.sms
    public let timeoutSeconds: Double
    public let prices: MessagePrices
    private let terms: SMSGatewayTerms
    private let address: String
    private let subject: String
    private let transport: SMTPTransport

    /// - Parameters:
    ///   - address: with placeholders, such as `{number}@sms.example.org`.
    ///   - subject: with placeholders; services take the sender or a password there.
    public init(_ terms: SMSGatewayTerms, address: String, subject: String, transport: SMTPTransport) {
        self.terms = terms
        self.address = address
        self.subject = subject
        self.transport = transport
        name = terms.name
        prices = terms.prices
        timeoutSeconds = transport.settings.timeoutSeconds + 1
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        let value = { [terms] (name: String) -> String? in
            switch name {
            case "to": message.recipient
            case "number": String(message.recipient.drop { $0 == "+" })
            case "sender": message.sender ?? terms.sender
            case "id": message.id
            case "account": terms.account
            case "secret": terms.secret
            default: nil
            }
        }
        let to = HTTPSMSGateway.fill(address, value) { $0 }
        guard EmailAddress.isValid(to) else { return .refused(code: "address") }
        return await transport.send(
            id: message.id, to: to, subject: HTTPSMSGateway.fill(subject, value) { $0 }, text: message.text, html: nil, sender: nil)
    }
}
