import Foundation
import FoundationNetworking
import WebRouting

/// Sends text messages by HTTP, as a template says.
public final class HTTPSMSGateway: MessageGateway {
    public let name: String
    public let channel = MessageChannel.sms
    public let timeoutSeconds: Double
    public let prices: MessagePrices
    private let template: HTTPSMSTemplate
    private let terms: SMSGatewayTerms
    private let exchange: HTTPExchange

    public init(_ template: HTTPSMSTemplate, _ terms: SMSGatewayTerms) {
        self.template = template
        self.terms = terms
        name = terms.name
        prices = terms.prices
        timeoutSeconds = terms.timeoutSeconds
        exchange = HTTPExchange(timeoutSeconds: terms.timeoutSeconds)
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        guard let request = request(for: message) else { return .refused(code: "template") }
        switch await exchange.perform(request) {
        case .failed(let code): return .failed(code: code, retryAfterSeconds: nil)
        case .answer(let status, let body, let retryAfter): return result(status, body, retryAfter)
        }
    }

    /// - Returns: nil when the URL is none, with the values put in.
    func request(for message: LeasedMessage) -> URLRequest? {
        let values = values(message)
        guard let url = URL(string: Self.fill(template.url, values, SMSEscape.percent), encodingInvalidCharacters: false) else {
            return nil
        }
        var request = URLRequest(url: url)
        request.httpMethod = template.method
        if !template.user.isEmpty {
            let plain = { (text: String) in Self.fill(text, values) { $0 } }
            let credentials = Data("\(plain(template.user)):\(plain(template.password))".utf8).base64EncodedString()
            request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        }
        if !template.body.isEmpty {
            request.setValue(template.bodyType.contentType, forHTTPHeaderField: "Content-Type")
            let escape: (String) -> String =
                switch template.bodyType {
                case .form: SMSEscape.percent
                case .json: SMSEscape.json
                case .xml: EmailFrame.escaped
                case .text: { $0 }
                }
            request.httpBody = Data(Self.fill(template.body, values, escape).utf8)
        }
        for (name, value) in template.headers { request.setValue(Self.fill(value, values, SMSEscape.header), forHTTPHeaderField: name) }
        return request
    }

    private func values(_ message: LeasedMessage) -> (String) -> String? {
        let metadata = message.metadata.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        return { [terms] name in
            switch name {
            case "to": message.recipient
            case "number": String(message.recipient.drop { $0 == "+" })
            case "text": message.text
            case "sender": message.sender ?? terms.sender
            case "id": message.id
            case "account": terms.account
            case "secret": terms.secret
            // What the organization does not say is empty.
            case _ where name.hasPrefix("meta."): metadata?.text(at: String(name.dropFirst(5))) ?? ""
            default: nil
            }
        }
    }

    /// Puts values where their names stand; other braces stay.
    static func fill(_ template: String, _ value: (String) -> String?, _ escape: (String) -> String) -> String {
        template.replacing(/\{([A-Za-z_.]+)\}/) { match in value(String(match.1)).map(escape) ?? String(match.0) }
    }

    /// What an answer means.
    func result(_ status: Int, _ body: [UInt8], _ retryAfter: Int?) -> GatewayResult {
        let json = try? JSONValue(parsing: body)
        let value = { (path: String) in path.isEmpty ? nil : json?.text(at: path) }
        let taken = template.successPath.isEmpty || Self.matches(template.successPattern, value(template.successPath) ?? "")
        if template.successStatus.contains(status), taken {
            let id = value(template.idPath) ?? Self.group(template.idPattern, String(decoding: body, as: UTF8.self))
            return .sent(providerIDs: id.map { [$0] } ?? [], isDelivered: false)
        }
        let error = value(template.errorPath)
        let code = "http \(status)" + (error.map { " " + SMSEscape.header(String($0.prefix(100))) } ?? "")
        if let error, !template.permanentPattern.isEmpty, Self.matches(template.permanentPattern, error) { return .refused(code: code) }
        // Without a word about it, requests that are wrong stay so, unless the account or the moment is to blame.
        let isPermanent = template.permanentPattern.isEmpty && [400, 404, 410, 413, 422].contains(status)
        return isPermanent ? .refused(code: code) : .failed(code: code, retryAfterSeconds: retryAfter)
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        (try? Regex(pattern).wholeMatch(in: text)) != nil
    }

    private static func group(_ pattern: String, _ text: String) -> String? {
        guard !pattern.isEmpty, let match = try? Regex(pattern).firstMatch(in: text), match.output.count > 1 else { return nil }
        return match.output[1].substring.map(String.init)
    }
}

extension JSONValue {
    /// The single value at a path of names and indexes, `messages.0.status`, as text; nil where there is none.
    func text(at path: String) -> String? {
        var value = self
        for step in path.split(separator: ".") {
            let next: JSONValue? =
                switch value {
                case .object: value[String(step)]
                case .array(let elements): Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                default: nil
                }
            guard let next else { return nil }
            value = next
        }
        switch value {
        case .string(let text): return text
        case .integer(let number): return String(number)
        case .number(let number): return String(number)
        case .bool(let flag): return flag ? "true" : "false"
        default: return nil
        }
    }
}
