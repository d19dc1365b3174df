import Foundation
import FoundationNetworking
import TestSupport
import Testing

@testable import Messaging

@Suite struct HTTPSMSGatewayTests {
    private let message = LeasedMessage(
        id: "m1", channel: .sms, recipient: "+393331234567", text: "Café \"x\" & <y>\n{secret} 100%", sender: "Cafe",
        metadata: #"{"campaign": "a&b=c\r\nX: y", "deep": {"n": 5}}"#)

    private func terms(_ name: String = "g") -> SMSGatewayTerms {
        var terms = SMSGatewayTerms(name: name)
        terms.account = "acc"
        terms.secret = "s3cr3t"
        terms.sender = "Radian"
        terms.timeoutSeconds = 10
        return terms
    }

    private func body(_ request: URLRequest?) -> String { String(decoding: request?.httpBody ?? Data(), as: UTF8.self) }

    @Test func `values are escaped as their place needs it`() throws {
        var template = HTTPSMSTemplate(url: "https://e.org/{meta.campaign}?t={text}&d={meta.deep.n}&m={meta.missing}")
        template.headers = ["X-Campaign": "{meta.campaign}", "Authorization": "Bearer {secret}"]
        template.bodyType = .json
        template.body = #"{"to":"{number}","text":"{text}"}"#
        template.user = ""
        let request = try #require(HTTPSMSGateway(template, terms()).request(for: message))
        #expect(
            request.url?.absoluteString
                == "https://e.org/a%26b%3Dc%0D%0AX%3A%20y?t=Caf%C3%A9%20%22x%22%20%26%20%3Cy%3E%0A%7Bsecret%7D%20100%25&d=5&m="
        )
        #expect(request.value(forHTTPHeaderField: "X-Campaign") == "a&b=c  X: y")
        #expect(request.value(forHTTPHeaderField: "Authorization") == "Bearer s3cr3t")
        let json = try #require(try JSONSerialization.jsonObject(with: request.httpBody ?? Data()) as? [String: String])
        #expect(json == ["to": "393331234567", "text": message.text])
        template.bodyType = .form
        template.body = "t={text}"
        #expect(
            body(HTTPSMSGateway(template, terms()).request(for: message)) == "t=Caf%C3%A9%20%22x%22%20%26%20%3Cy%3E%0A%7Bsecret%7D%20100%25"
        )
        template.bodyType = .xml
        template.body = "<t>{text}</t>"
        #expect(body(HTTPSMSGateway(template, terms()).request(for: message)) == "<t>Café &quot;x&quot; &amp; &lt;y&gt;\n{secret} 100%</t>")
        template.bodyType = .text
        #expect(body(HTTPSMSGateway(template, terms()).request(for: message)) == "<t>\(message.text)</t>")
        #expect(template.unknownPlaceholders.isEmpty)
        template.url += "{unknown}"
        #expect(template.unknownPlaceholders == ["unknown"])
        #expect(HTTPSMSGateway(template, terms()).request(for: message) == nil)
    }

    @Test func `the message goes out and the answer's id comes back`() async throws {
        let server = try await ScriptedHTTPServer { _ in ("201 Created", "", #"{"result":[{"id":"abc-1"}]}"#) }
        var template = HTTPSMSTemplate(url: server.url + "/send")
        template.body = "to={to}&text={text}"
        template.user = "{account}"
        template.password = "{secret}"
        template.idPath = "result.0.id"
        #expect(await HTTPSMSGateway(template, terms()).send(message) == .sent(providerIDs: ["abc-1"], isDelivered: false))
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /send HTTP/1.1")
        #expect(request.headers["authorization"] == "Basic " + Data("acc:s3cr3t".utf8).base64EncodedString())
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(request.body.hasPrefix("to=%2B393331234567&text=Caf%C3%A9"))
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        (200, "", nil as Int?, GatewayResult.sent(providerIDs: [], isDelivered: false)),
        (400, "{}", nil, .refused(code: "http 400")), (422, "", nil, .refused(code: "http 422")),
        (401, "", nil, .failed(code: "http 401", retryAfterSeconds: nil)),
        (302, "", nil, .failed(code: "http 302", retryAfterSeconds: nil)),
        (429, "", 7, .failed(code: "http 429", retryAfterSeconds: 7)), (503, "x", nil, .failed(code: "http 503", retryAfterSeconds: nil)),
    ]) func `statuses`(_ status: Int, _ body: String, _ retryAfter: Int?, _ expected: GatewayResult) {
        let gateway = HTTPSMSGateway(HTTPSMSTemplate(url: "https://e.org"), terms())
        #expect(gateway.result(status, Array(body.utf8), retryAfter) == expected)
    }

    @Test func `an answer of 200 may still be a no`() {
        var template = HTTPSMSTemplate(url: "https://e.org")
        template.successPath = "messages.0.status"
        template.successPattern = "0|OK"
        template.errorPath = "messages.0.status"
        template.permanentPattern = "6|7"
        template.idPattern = #"ID: (\w+)"#
        let gateway = HTTPSMSGateway(template, terms())
        let result = { (body: String) in gateway.result(200, Array(body.utf8), nil) }
        #expect(result(#"{"messages":[{"status":"0"}], "x": "ID: q7"}"#) == .sent(providerIDs: ["q7"], isDelivered: false))
        #expect(result(#"{"messages":[{"status":"00"}]}"#) == .failed(code: "http 200 00", retryAfterSeconds: nil))
        #expect(result(#"{"messages":[{"status":6}]}"#) == .refused(code: "http 200 6"))
        #expect(result(#"{"messages":[]}"#) == .failed(code: "http 200", retryAfterSeconds: nil))
        #expect(result("ID: q7") == .failed(code: "http 200", retryAfterSeconds: nil))
    }

    @Test func `a redirect is not followed, and a server that is not there is a failure for now`() async throws {
        let other = try await ScriptedHTTPServer { _ in ("200 OK", "", "") }
        let server = try await ScriptedHTTPServer { _ in ("307 Temporary Redirect", "Location: \(other.url)/\r\n", "") }
        #expect(
            await HTTPSMSGateway(HTTPSMSTemplate(url: server.url), terms()).send(message)
                == .failed(code: "http 307", retryAfterSeconds: nil))
        #expect(other.requests.isEmpty)
        #expect(
            await HTTPSMSGateway(HTTPSMSTemplate(url: "http://127.0.0.1:1/"), terms()).send(message)
                == .failed(code: "no answer", retryAfterSeconds: nil))
    }

    @Test func `Twilio`() throws {
        let gateway = HTTPSMSGateway(.preset(.twilio, callback: "https://r.org/x?y"), terms("twilio"))
        let request = try #require(gateway.request(for: message))
        #expect(request.url?.absoluteString == "https://api.twilio.com/2010-04-01/Accounts/acc/Messages.json")
        #expect(request.value(forHTTPHeaderField: "Authorization") == "Basic " + Data("acc:s3cr3t".utf8).base64EncodedString())
        #expect(body(request).hasPrefix("To=%2B393331234567&From=Cafe&Body=Caf%C3%A9"))
        #expect(body(request).hasSuffix("&StatusCallback=https%3A%2F%2Fr.org%2Fx%3Fy"))
        #expect(
            gateway.result(201, Array(#"{"sid":"SM1","status":"queued"}"#.utf8), nil) == .sent(providerIDs: ["SM1"], isDelivered: false))
        #expect(gateway.result(400, Array(#"{"code":21211,"status":400}"#.utf8), nil) == .refused(code: "http 400 21211"))
        #expect(
            gateway.result(401, Array(#"{"code":20003,"status":401}"#.utf8), nil) == .failed(code: "http 401 20003", retryAfterSeconds: nil)
        )
    }

    @Test func `Vonage`() throws {
        let gateway = HTTPSMSGateway(.preset(.vonage, callback: nil), terms("vonage"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: gateway.request(for: message)?.httpBody ?? Data()) as? [String: String])
        #expect(
            json == [
                "api_key": "acc", "api_secret": "s3cr3t", "from": "Cafe", "to": "393331234567", "text": message.text, "type": "unicode",
                "client-ref": "m1",
            ])
        let taken = #"{"message-count":"1","messages":[{"status":"0","message-id":"0A01"}]}"#
        #expect(gateway.result(200, Array(taken.utf8), nil) == .sent(providerIDs: ["0A01"], isDelivered: false))
        let throttled = #"{"messages":[{"status":"1","error-text":"Throttled"}]}"#
        #expect(gateway.result(200, Array(throttled.utf8), nil) == .failed(code: "http 200 1", retryAfterSeconds: nil))
        #expect(gateway.result(200, Array(#"{"messages":[{"status":"3"}]}"#.utf8), nil) == .refused(code: "http 200 3"))
    }

    @Test func `MessageBird`() throws {
        let gateway = HTTPSMSGateway(.preset(.messagebird, callback: "https://r.org/"), terms("bird"))
        let request = try #require(gateway.request(for: message))
        #expect(request.value(forHTTPHeaderField: "Authorization") == "AccessKey s3cr3t")
        let json = try #require(try JSONSerialization.jsonObject(with: request.httpBody ?? Data()) as? [String: Any])
        #expect(json["recipients"] as? [String] == ["393331234567"])
        #expect(json["originator"] as? String == "Cafe")
        #expect(json["reportUrl"] as? String == "https://r.org/")
        #expect(gateway.result(201, Array(#"{"id":"e8077d80"}"#.utf8), nil) == .sent(providerIDs: ["e8077d80"], isDelivered: false))
        #expect(gateway.result(422, Array(#"{"errors":[{"code":10}]}"#.utf8), nil) == .refused(code: "http 422 10"))
        #expect(gateway.result(401, Array(#"{"errors":[{"code":2}]}"#.utf8), nil) == .failed(code: "http 401 2", retryAfterSeconds: nil))
    }
}

@Suite struct SNSGatewayTests {
    /// The published suite of signature tests: the plain GET, and the POST with a form.
    @Test func `signatures`() {
        let signer = AWSSignature(
            accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "service")
        let get = signer.sign(method: "GET", path: "/", headers: ["host": "example.amazonaws.com"], body: [], time: "20150830T123600Z")
        #expect(
            get.authorization
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        )
        let post = signer.sign(
            method: "POST", path: "/", headers: ["host": "example.amazonaws.com", "content-type": "application/x-www-form-urlencoded"],
            body: Array("Param1=value1".utf8), time: "20150830T123600Z")
        #expect(post.authorization.hasSuffix("Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"))
    }

    private func gateway(_ endpoint: String? = nil) throws -> SNSGateway {
        var terms = SMSGatewayTerms(name: "sns")
        terms.account = "AKID"
        terms.secret = "secret"
        terms.timeoutSeconds = 10
        return try #require(SNSGateway(terms, region: "eu-central-1", endpoint: endpoint))
    }

    @Test func `a message is published to a number`() async throws {
        let server = try await ScriptedHTTPServer { _ in
            ("200 OK", "Content-Type: application/json\r\n", #"{"PublishResponse":{"PublishResult":{"MessageId":"94f20ce6"}}}"#)
        }
        let message = LeasedMessage(id: "m", channel: .sms, recipient: "+393331234567", text: "a b~*é", sender: "Cafe")
        #expect(try await gateway(server.url).send(message) == .sent(providerIDs: ["94f20ce6"], isDelivered: false))
        let request = try #require(server.requests.first)
        #expect(request.line == "POST / HTTP/1.1")
        #expect(
            request.body == "Action=Publish&Message=a%20b~%2A%C3%A9&PhoneNumber=%2B393331234567&Version=2010-03-31"
                + "&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SMSType&MessageAttributes.entry.1.Value.DataType=String"
                + "&MessageAttributes.entry.1.Value.StringValue=Transactional&MessageAttributes.entry.2.Name=AWS.SNS.SMS.SenderID"
                + "&MessageAttributes.entry.2.Value.DataType=String&MessageAttributes.entry.2.Value.StringValue=Cafe")
        // What the server received is what was signed.
        let headers = request.headers
        let time = try #require(headers["x-amz-date"])
        let signed = AWSSignature(accessKey: "AKID", secretKey: "secret", region: "eu-central-1", service: "sns").sign(
            method: "POST", path: "/", headers: ["host": headers["host"] ?? "", "content-type": headers["content-type"] ?? ""],
            body: Array(request.body.utf8), time: time)
        #expect(headers["authorization"] == signed.authorization)
        #expect(time.wholeMatch(of: /\d{8}T\d{6}Z/) != nil)
    }

    @Test func `answers`() {
        let result = { (status: Int, body: String) in SNSGateway.result(status, Array(body.utf8), nil) }
        #expect(
            result(200, "<PublishResponse><MessageId>x-1</MessageId></PublishResponse>") == .sent(providerIDs: ["x-1"], isDelivered: false))
        #expect(result(400, #"{"Error":{"Code":"InvalidParameter"}}"#) == .refused(code: "http 400 InvalidParameter"))
        #expect(
            result(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")
                == .failed(code: "http 400 Throttling", retryAfterSeconds: nil))
        #expect(
            result(403, #"{"Error":{"Code":"SignatureDoesNotMatch"}}"#)
                == .failed(code: "http 403 SignatureDoesNotMatch", retryAfterSeconds: nil))
    }

    @Test func `an endpoint must be an address`() {
        #expect(SNSGateway(SMSGatewayTerms(name: "x"), region: "r", endpoint: "nonsense") == nil)
    }
}
