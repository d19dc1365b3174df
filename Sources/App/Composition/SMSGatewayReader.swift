import Logging
import Messaging
import ServerKernel

/// Reads one record of `sms_gateways`.
struct SMSGatewayReader {
    private var record: ConfigurationRecord

    init(_ node: ConfigurationNode, _ reader: inout ConfigurationReader) {
        record = ConfigurationRecord(node, section: "sms_gateways", what: "a gateway", &reader)
    }

    enum Kind: String, CaseIterable {
        case http, twilio, vonage, messagebird, sns, smpp, email, file
    }

    /// Keys of records of every kind.
    static var keys: [String] {
        var scratch = ConfigurationReader(yaml: "", file: "", environment: [:])
        var keys: Set<String> = []
        for kind in Kind.allCases {
            guard let node = try? ConfigurationNode(yaml: "type: \(kind.rawValue)", file: "") else { continue }
            var gateway = SMSGatewayReader(node, &scratch)
            _ = gateway.read(publicOrigin: nil, &scratch)
            keys.formUnion(gateway.record.known)
        }
        return keys.sorted()
    }

    /// - Parameter publicOrigin: where gateways reach this server, for their receipts; nil for unknown.
    /// - Returns: nil for a record that cannot be used.
    mutating func read(publicOrigin: String?, _ reader: inout ConfigurationReader) -> MessagingConfiguration.Gateway? {
        guard !record.isBroken else { return nil }
        guard let kind = Kind(rawValue: record.text("type", default: "", &reader)) else {
            let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            reader.report(record.location(of: "type"), "'sms_gateways.type' must be one of \(names)")
            return nil
        }
        var terms = SMSGatewayTerms(name: record.text("name", default: kind.rawValue, &reader))
        if !terms.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) || terms.name.count > 64 {
            reader.report(record.location(of: "name"), "'sms_gateways.name' must be letters, digits, '-' and '_'")
        }
        terms.prices = prices(&reader)
        let callback = callback(kind, terms.name, publicOrigin: publicOrigin, &reader)
        guard let made = gateway(kind, &terms, callback?.url, &reader) else { return nil }
        record.finish(&reader)
        return MessagingConfiguration.Gateway(terms: terms, kind: made, callback: callback?.callback)
    }

    private mutating func gateway(
        _ kind: Kind, _ terms: inout SMSGatewayTerms, _ callback: String?, _ reader: inout ConfigurationReader
    ) -> MessagingConfiguration.Gateway.Kind? {
        if kind != .file {
            terms.account = record.text("account", default: "", &reader)
            terms.secret = record.secret("secret", &reader)
            terms.sender = record.text("sender", default: "", &reader)
            terms.timeoutSeconds = record.number("timeout", default: terms.timeoutSeconds, in: 1...120, &reader)
        }
        switch kind {
        case .http: return template(&reader).map { .http($0) }
        case .twilio: return .http(.preset(.twilio, callback: callback))
        case .vonage: return .http(.preset(.vonage, callback: callback))
        case .messagebird: return .http(.preset(.messagebird, callback: callback))
        case .sns:
            let region = record.required("region", "such as eu-central-1", &reader)
            let endpoint = record.optional("endpoint", &reader)
            guard SNSGateway(terms, region: region, endpoint: endpoint) != nil else {
                reader.report(
                    record.location(of: "endpoint"), "'sms_gateways.endpoint' must be an address such as https://sns.example.org/")
                return nil
            }
            return .sns(region: region, endpoint: endpoint)
        case .smpp:
            var settings = SMPPSettings(
                host: record.required("host", "the message center", &reader),
                port: Int(record.number("port", default: 2775, in: 1...65535, &reader)))
            settings.systemType = record.text("system_type", default: "", &reader)
            settings.enquireLinkSeconds = record.number("enquire_link", default: settings.enquireLinkSeconds, in: 1...3600, &reader)
            settings.reconnectSeconds = record.number("reconnect", default: settings.reconnectSeconds, in: 0.1...3600, &reader)
            return .smpp(settings)
        case .email:
            let address = record.required("address", "such as {number}@sms.example.org", &reader)
            return .email(address: address, subject: record.text("subject", default: "", &reader))
        case .file: return .file(path: record.optional("path", &reader))
        }
    }

    private mutating func template(_ reader: inout ConfigurationReader) -> HTTPSMSTemplate? {
        let url = record.required("url", "with placeholders such as {number} and {text}", &reader)
        var template = HTTPSMSTemplate(method: record.text("method", default: "POST", &reader).uppercased(), url: url)
        template.headers = record.map("headers", default: [:], &reader)
        template.body = record.text("body", default: "", &reader)
        template.bodyType = record.choice("body_type", default: template.bodyType, &reader)
        template.user = record.text("user", default: "", &reader)
        template.password = record.text("password", default: "", &reader)
        let status = record.text("success_status", default: "200-299", &reader)
        let bounds = status.split(separator: "-").compactMap { Int($0) }
        if let first = bounds.first, let last = bounds.last, (1...2).contains(bounds.count), first <= last, (100...599).contains(first) {
            template.successStatus = first...last
        } else {
            reader.report(
                record.location(of: "success_status"), "'sms_gateways.success_status' must be a status or a range such as 200-299")
        }
        template.successPath = record.text("success_path", default: "", &reader)
        template.successPattern = pattern("success_pattern", &reader)
        template.idPath = record.text("id_path", default: "", &reader)
        template.idPattern = pattern("id_pattern", &reader)
        template.errorPath = record.text("error_path", default: "", &reader)
        template.permanentPattern = pattern("permanent_pattern", &reader)
        if !url.isEmpty, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            reader.report(record.location(of: "url"), "'sms_gateways.url' must begin with http:// or https://")
        }
        for name in template.unknownPlaceholders {
            reader.report(record.location, "the placeholder {\(name)} of 'sms_gateways' is unknown")
        }
        return template
    }

    private mutating func pattern(_ key: String, _ reader: inout ConfigurationReader) -> String {
        let text = record.text(key, default: "", &reader)
        if (try? Regex(text)) == nil { reader.report(record.location(of: key), "'sms_gateways.\(key)' is no regular expression") }
        return text
    }

    private mutating func prices(_ reader: inout ConfigurationReader) -> MessagePrices {
        var prices: [String: Int64] = [:]
        for (prefix, text) in record.map("prices", default: [:], &reader) {
            let isPrefix = prefix == "other" || (prefix.hasPrefix("+") && prefix.dropFirst().allSatisfy { ("0"..."9").contains($0) })
            guard isPrefix, prefix.count <= 16, let price = Double(text), (0...1000).contains(price) else {
                reader.report(
                    record.location(of: "prices"),
                    "'sms_gateways.prices' must hold prefixes and prices, such as {\"+39\": 0.045, other: 0.09}")
                continue
            }
            prices[prefix == "other" ? "" : prefix] = Int64((price * 1_000_000).rounded())
        }
        return MessagePrices(prices)
    }

    private mutating func callback(
        _ kind: Kind, _ name: String, publicOrigin: String?, _ reader: inout ConfigurationReader
    ) -> (callback: ReceiptCallback, url: String?)? {
        guard [.http, .twilio, .vonage, .messagebird].contains(kind) else { return nil }
        let secret = record.secret("receipt_secret", &reader)
        var callback: ReceiptCallback
        switch kind {
        case .twilio: callback = HTTPSMSTemplate.callback(of: .twilio, gateway: name, secret: secret)
        case .vonage: callback = HTTPSMSTemplate.callback(of: .vonage, gateway: name, secret: secret)
        case .messagebird: callback = HTTPSMSTemplate.callback(of: .messagebird, gateway: name, secret: secret)
        default:
            callback = ReceiptCallback(
                gateway: name, secret: secret, idField: record.text("receipt_id", default: "id", &reader),
                statusField: record.text("receipt_status", default: "status", &reader),
                codeField: record.optional("receipt_error", &reader),
                delivered: Set(record.list("receipt_delivered", default: ["delivered"], &reader).map { $0.lowercased() }),
                failed: Set(record.list("receipt_failed", default: ["failed"], &reader).map { $0.lowercased() }))
        }
        guard !secret.isEmpty else { return nil }
        guard secret.utf8.count >= 16, secret.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) else {
            reader.report(
                record.location(of: "receipt_secret"), "'sms_gateways.receipt_secret' must be 16 letters, digits, '-' or '_', or more")
            return nil
        }
        // Where the server does not know its own address, the provider's console is told it.
        return (callback, publicOrigin.map { "\($0)/api/v1/messages/receipts/\(name)/\(secret)/" })
    }
}
