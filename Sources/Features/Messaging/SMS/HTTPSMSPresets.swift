extension HTTPSMSTemplate {
    /// Services whose templates are known. Account and secret are what each calls so: see the cases.
    public enum Preset: String, Sendable, CaseIterable {
        /// Account SID and auth token.
        case twilio
        /// API key and API secret.
        case vonage
        /// No account; access key.
        case messagebird
    }

    /// The template of a service.
    /// - Parameter callback: address for its delivery receipts; nil for none.
    public static func preset(_ preset: Preset, callback: String?) -> HTTPSMSTemplate {
        switch preset {
        case .twilio:
            // Errors come as {"code": 21211, "status": 400}: 4xx but 429 is about this message, 20003 and 20005 about the account.
            var template = HTTPSMSTemplate(url: "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json")
            template.user = "{account}"
            template.password = "{secret}"
            template.body = "To={to}&From={sender}&Body={text}" + (callback.map { "&StatusCallback=" + SMSEscape.percent($0) } ?? "")
            template.idPath = "sid"
            template.errorPath = "code"
            template.permanentPattern = "21[0-9]{3}|30[0-9]{3}"
            return template
        case .vonage:
            // Always 200; the status of each part is a text: 0 taken, 1 throttled, 4 and 8 account, 5 internal, 10 and 11 later.
            var template = HTTPSMSTemplate(url: "https://rest.nexmo.com/sms/json")
            template.bodyType = .json
            template.body =
                #"{"api_key":"{account}","api_secret":"{secret}","from":"{sender}","to":"{number}","text":"{text}","type":"unicode","#
                + #""client-ref":"{id}""# + (callback.map { #","callback":"\#(SMSEscape.json($0))""# } ?? "") + "}"
            template.successPath = "messages.0.status"
            template.successPattern = "0"
            template.idPath = "messages.0.message-id"
            template.errorPath = "messages.0.status"
            template.permanentPattern = "2|3|6|7|12|15|22|23|29|33"
            return template
        case .messagebird:
            // Errors come as {"errors": [{"code": 10}]}: 9 missing and 10 invalid parameters.
            var template = HTTPSMSTemplate(url: "https://rest.messagebird.com/messages")
            template.headers = ["Authorization": "AccessKey {secret}"]
            template.bodyType = .json
            template.body =
                #"{"originator":"{sender}","recipients":["{number}"],"body":"{text}","datacoding":"auto","reference":"{id}""#
                + (callback.map { #","reportUrl":"\#(SMSEscape.json($0))""# } ?? "") + "}"
            template.idPath = "id"
            template.errorPath = "errors.0.code"
            template.permanentPattern = "9|10"
            return template
        }
    }

    /// How a service reports deliveries.
    public static func callback(of preset: Preset, gateway: String, secret: String) -> ReceiptCallback {
        switch preset {
        case .twilio:
            ReceiptCallback(
                gateway: gateway, secret: secret, idField: "MessageSid", statusField: "MessageStatus", codeField: "ErrorCode",
                delivered: ["delivered", "read"], failed: ["failed", "undelivered", "canceled"])
        case .vonage:
            ReceiptCallback(
                gateway: gateway, secret: secret, idField: "messageId", statusField: "status", codeField: "err-code",
                delivered: ["delivered"], failed: ["failed", "expired", "rejected"])
        case .messagebird:
            ReceiptCallback(
                gateway: gateway, secret: secret, idField: "id", statusField: "status", codeField: "statusErrorCode",
                delivered: ["delivered"], failed: ["delivery_failed", "expired"])
        }
    }
}
