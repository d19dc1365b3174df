import Logging
import Messaging
import ServerKernel
import Testing

@testable import Composition

@Suite struct MessagingConfigurationTests {
    private func read(_ yaml: String) throws(ConfigurationError) -> MessagingConfiguration {
        var reader = ConfigurationReader(yaml: yaml, file: "f", environment: [:])
        let configuration = MessagingConfiguration(&reader, publicOrigin: "https://radius.example.org")
        try reader.finish()
        return configuration
    }

    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try read(yaml)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `gateways keep their order and their settings`() throws {
        let configuration = try read(
            """
            messages:
              email: smtp
              from: wifi@example.org
              sms_allowed_prefixes: [+39, +44]
              sms_daily_limit: 1000
            sms_gateways:
              - {name: t, type: twilio, account: AC1, secret: x, prices: {"+39": 0.045, other: 0.09}, receipt_secret: 0123456789abcdef}
              - {type: vonage}
              - {type: messagebird}
              - {type: sns, region: eu-central-1}
              - {name: own, type: http, url: "https://e.org/{number}", body: '{"t":"{text}"}', body_type: json, success_status: 200}
              - {type: smpp, host: localhost, enquire_link: 10}
              - {type: email, address: "{number}@sms.example.org"}
              - {type: file, path: "-"}
            """)
        let gateways = configuration.makeGateways(logger: Logger(label: "test"))
        #expect(gateways.map(\.name) == ["smtp", "t", "vonage", "messagebird", "sns", "own", "smpp", "email", "file"])
        #expect(gateways.map(\.channel) == [.email] + [MessageChannel](repeating: .sms, count: 8))
        #expect(gateways[1].prices == MessagePrices(["+39": 45_000, "": 90_000]))
        #expect(configuration.callbacks.map(\.gateway) == ["t"])
        #expect(configuration.callbacks[0].idField == "MessageSid")
        guard case .http(let twilio) = configuration.gateways[0].kind, case .http(let own) = configuration.gateways[4].kind,
            case .smpp(let center) = configuration.gateways[5].kind
        else {
            Issue.record("wrong kinds")
            return
        }
        #expect(
            twilio.body.hasSuffix(
                "&StatusCallback=https%3A%2F%2Fradius.example.org%2Fapi%2Fv1%2Fmessages%2Freceipts%2Ft%2F0123456789abcdef%2F"))
        #expect(own.successStatus == 200...200)
        #expect(own.bodyType == .json)
        #expect(center.port == 2775)
        #expect(center.enquireLinkSeconds == 10)
        #expect(configuration.settings.smsLimits.allowedPrefixes == ["+39", "+44"])
        #expect(configuration.settings.smsLimits.daily == 1000)
        #expect(configuration.settings.smsLimits.dailyPerOrganization == nil)
    }

    @Test func `without configuration there are no gateways`() throws {
        #expect(try read("").makeGateways(logger: Logger(label: "test")).isEmpty)
        #expect(try read("messages:\n  email: file\n").makeGateways(logger: Logger(label: "test")).map(\.name) == ["file"])
    }

    @Test(arguments: [
        ("messages:\n  email: smtp\n", "'messages.from' must be the e-mail address"),
        ("messages:\n  email: pigeon\n", "'messages.email' is 'pigeon'"),
        ("messages:\n  smtp_security: maybe\n", "'messages.smtp_security' is 'maybe'"),
        ("messages:\n  reply_to: nobody\n", "'nobody' is no e-mail address"),
        ("messages:\n  logo_url: file:///etc/passwd\n", "'messages.logo_url' is"),
        ("messages:\n  accent_color: red;x\n", "'messages.accent_color' is"),
        ("messages:\n  sms_allowed_prefixes: [39]\n", "'39' is no prefix such as +39"),
        ("messages:\n  smtp_hots: x\n", "unknown key 'messages.smtp_hots'; did you mean 'smtp_host'?"),
        ("sms_gateways:\n  type: twilio\n", "must be a list of gateways"),
        ("sms_gateways:\n  - {type: pigeon}\n", "'sms_gateways.type' must be one of http, twilio"),
        ("sms_gateways:\n  - {type: twilio}\n  - {type: twilio}\n", "there are several gateways 'twilio'"),
        ("sms_gateways:\n  - {type: twilio, url: x}\n", "unknown key 'sms_gateways.url'"),
        ("sms_gateways:\n  - {type: twilio, name: a/b}\n", "'sms_gateways.name' must be"),
        ("sms_gateways:\n  - {type: twilio, receipt_secret: short}\n", "'sms_gateways.receipt_secret' must be 16"),
        ("sms_gateways:\n  - {type: twilio, prices: {39: 1}}\n", "'sms_gateways.prices' must hold"),
        ("sms_gateways:\n  - {type: twilio, prices: {+39: cheap}}\n", "'sms_gateways.prices' must hold"),
        ("sms_gateways:\n  - {type: http}\n", "needs 'url'"),
        ("sms_gateways:\n  - {type: http, url: ftp://x}\n", "must begin with http://"),
        ("sms_gateways:\n  - {type: http, url: 'https://x/{nubmer}'}\n", "the placeholder {nubmer}"),
        ("sms_gateways:\n  - {type: http, url: https://x, id_pattern: '('}\n", "'sms_gateways.id_pattern' is no regular expression"),
        ("sms_gateways:\n  - {type: http, url: https://x, success_status: 299-200}\n", "'sms_gateways.success_status' must be"),
        ("sms_gateways:\n  - {type: sns}\n", "needs 'region'"), ("sms_gateways:\n  - {type: smpp}\n", "needs 'host'"),
        ("sms_gateways:\n  - {type: smpp, host: x, secret: 'file:/nonexistent/x'}\n", "cannot read the file /nonexistent/x"),
    ]) func `what is wrong is said with its line`(_ yaml: String, _ problem: String) {
        let found = problems(yaml)
        #expect(found.contains { $0.contains(problem) && $0.hasPrefix("f:") }, "\(found)")
    }

    @Test func `secrets are in no error`() {
        let found = problems("sms_gateways:\n  - {type: http, secret: s3cr3t, password: p4ssw0rd, receipt_secret: t0ps3cret, timeout: x}\n")
        #expect(found.count >= 3)
        for problem in found {
            for secret in ["s3cr3t", "p4ssw0rd", "t0ps3cret"] { #expect(!problem.contains(secret)) }
        }
    }
}
