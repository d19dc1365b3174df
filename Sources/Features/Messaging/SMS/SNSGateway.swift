import Foundation
import FoundationNetworking
import WebRouting

/// Sends text messages by Amazon SNS (action Publish with PhoneNumber). SNS reports no deliveries by HTTP.
public final class SNSGateway: MessageGateway {
    public let name: String
    public let channel = MessageChannel.sms
    public let timeoutSeconds: Double
    public let prices: MessagePrices
    private let terms: SMSGatewayTerms
    private let region: String
    private let endpoint: URL
    private let exchange: HTTPExchange

    /// - Parameters:
    ///   - terms: account and secret are the access key's id and its secret.
    ///   - region: `eu-central-1`.
    ///   - endpoint: nil for the region's.
    /// - Returns: nil when the endpoint is no URL.
    public init?(_ terms: SMSGatewayTerms, region: String, endpoint: String? = nil) {
        guard let url = URL(string: endpoint ?? "https://sns.\(region).amazonaws.com/", encodingInvalidCharacters: false), url.host() != nil
        else { return nil }
        self.endpoint = url
        self.terms = terms
        self.region = region
        name = terms.name
        prices = terms.prices
        timeoutSeconds = terms.timeoutSeconds
        exchange = HTTPExchange(timeoutSeconds: terms.timeoutSeconds)
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        switch await exchange.perform(request(for: message, time: Self.time(Date()))) {
        case .failed(let code): return .failed(code: code, retryAfterSeconds: nil)
        case .answer(let status, let body, let retryAfter): return Self.result(status, body, retryAfter)
        }
    }

    func request(for message: LeasedMessage, time: String) -> URLRequest {
        var fields = [("Action", "Publish"), ("Message", message.text), ("PhoneNumber", message.recipient), ("Version", "2010-03-31")]
        var attributes = [("AWS.SNS.SMS.SMSType", "Transactional")]
        let sender = message.sender ?? terms.sender
        if !sender.isEmpty { attributes.append((sender.hasPrefix("+") ? "AWS.MM.SMS.OriginationNumber" : "AWS.SNS.SMS.SenderID", sender)) }
        for (index, (name, value)) in attributes.enumerated() {
            let entry = "MessageAttributes.entry.\(index + 1)"
            fields += [("\(entry).Name", name), ("\(entry).Value.DataType", "String"), ("\(entry).Value.StringValue", value)]
        }
        let body = Array(fields.map { "\(SMSEscape.percent($0.0))=\(SMSEscape.percent($0.1))" }.joined(separator: "&").utf8)
        let contentType = "application/x-www-form-urlencoded; charset=utf-8"
        let host = (endpoint.host() ?? "") + (endpoint.port.map { ":\($0)" } ?? "")
        let path = endpoint.path().isEmpty ? "/" : endpoint.path()
        let signed = AWSSignature(accessKey: terms.account, secretKey: terms.secret, region: region, service: "sns").sign(
            method: "POST", path: path, headers: ["host": host, "content-type": contentType], body: body, time: time)
        var request = URLRequest(url: endpoint)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue(contentType, forHTTPHeaderField: "Content-Type")
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        request.setValue(signed.date, forHTTPHeaderField: "X-Amz-Date")
        request.setValue(signed.authorization, forHTTPHeaderField: "Authorization")
        return request
    }

    /// What an answer means; it comes as JSON, or as XML from services that imitate SNS.
    static func result(_ status: Int, _ body: [UInt8], _ retryAfter: Int?) -> GatewayResult {
        let json = try? JSONValue(parsing: body)
        let text = String(decoding: body, as: UTF8.self)
        if status == 200 {
            let id =
                json?.text(at: "PublishResponse.PublishResult.MessageId")
                ?? text.firstMatch(of: /<MessageId>([^<]+)</).map { String($0.1) }
            return .sent(providerIDs: id.map { [$0] } ?? [], isDelivered: false)
        }
        let error = json?.text(at: "Error.Code") ?? text.firstMatch(of: /<Code>([^<]+)</).map { String($0.1) }
        let code = "http \(status)" + (error.map { " \($0)" } ?? "")
        // About the message; all else is about the account or the moment.
        let isPermanent = ["InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "OptedOut"].contains(error ?? "")
        return isPermanent ? .refused(code: code) : .failed(code: code, retryAfterSeconds: retryAfter)
    }

    /// `20150830T123600Z`.
    static func time(_ date: Date) -> String {
        date.formatted(.iso8601).replacing("-", with: "").replacing(":", with: "")
    }
}
