import Foundation
import TestPeers
import TestSupport
import Testing

@testable import Messaging

/// Mails to a real SMTP server.
@Suite(.enabled(if: SMTPSink.isAvailable, "needs python3-aiosmtpd")) struct SMTPGatewayTests {
    private func settings(_ sink: SMTPSink, _ security: SMTPSettings.Security) -> SMTPSettings {
        var settings = SMTPSettings(host: "localhost", port: sink.port, from: "wifi@example.org")
        settings.security = security
        settings.certificateAuthorityFile = sink.certificateAuthority
        settings.timeoutSeconds = 20
        return settings
    }

    private func message(_ recipient: String = "user@example.net", text: String = "Grüße\n", id: String = "m1") -> LeasedMessage {
        LeasedMessage(id: id, channel: .email, recipient: recipient, subject: "Prüfung", text: text, html: "<p>Grüße</p>")
    }

    private func isFailure(_ result: GatewayResult) -> Bool {
        if case .failed = result { true } else { false }
    }

    @Test func `a mail arrives over STARTTLS with authentication`() async throws {
        let sink = try SMTPSink(.starttls, user: "radian")
        var settings = settings(sink, .starttls)
        settings.user = "radian"
        settings.password = "s3cr3t"
        settings.fromName = "Café"
        let gateway = SMTPGateway(SMTPTransport(settings))
        #expect(await gateway.send(message()) == .sent(providerIDs: ["m1@example.org"], isDelivered: false))
        let mail = try #require(sink.mails.first)
        #expect(mail.from == "wifi@example.org")
        #expect(mail.to == ["user@example.net"])
        #expect(mail.tls)
        #expect(mail.user == "radian")
        #expect(mail.hello == "example.org")
        #expect(mail.data.contains("From: =?utf-8?B?Q2Fmw6k=?= <wifi@example.org>\r\n"))
        #expect(mail.data.contains("Auto-Submitted: auto-generated\r\n"))
        #expect(mail.data.contains("\r\n\r\nGr=C3=BC=C3=9Fe\r\n"))
        #expect(sink.mails.count == 1)
    }

    @Test func `a wrong password is the account's fault, not the mail's`() async throws {
        let sink = try SMTPSink(.starttls, user: "radian")
        var settings = settings(sink, .starttls)
        settings.user = "radian"
        settings.password = "wrong"
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
        settings.user = ""
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
        #expect(sink.mails.isEmpty)
    }

    @Test func `a server without TLS gets no mail where TLS is required`() async throws {
        let sink = try SMTPSink(.none)
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings(sink, .starttls))).send(message())))
        #expect(sink.mails.isEmpty)
        for security in [SMTPSettings.Security.opportunistic, .none] {
            let result = await SMTPGateway(SMTPTransport(settings(sink, security))).send(message())
            #expect(!isFailure(result), "\(result)")
        }
        #expect(sink.mails.map(\.tls) == [false, false])
    }

    @Test func `a certificate that nobody signed is refused, unless nobody cares`() async throws {
        let sink = try SMTPSink(.starttls)
        var settings = settings(sink, .starttls)
        settings.certificateAuthorityFile = nil
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
        // The certificate is for the name, not for the address.
        settings.certificateAuthorityFile = sink.certificateAuthority
        settings.host = "127.0.0.1"
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
        #expect(sink.mails.isEmpty)
        settings.verifiesCertificate = false
        #expect(!isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
        #expect(sink.mails.count == 1)
    }

    @Test func `TLS from the start`() async throws {
        let sink = try SMTPSink(.tls)
        #expect(!isFailure(await SMTPGateway(SMTPTransport(settings(sink, .tls))).send(message())))
        #expect(sink.mails.map(\.tls) == [true])
    }

    @Test func `answers for good and for now are told apart`() async throws {
        let sink = try SMTPSink(.none)
        let gateway = SMTPGateway(SMTPTransport(settings(sink, .none)))
        #expect(await gateway.send(message("nobody@example.net")) == .refused(code: "smtp 550 5.1.1"))
        #expect(await gateway.send(message("later@example.net")) == .deferred(code: "smtp 451 4.3.0"))
        // The connection serves on.
        #expect(!isFailure(await gateway.send(message())))
        #expect(sink.mails.map(\.to) == [["user@example.net"]])
    }

    @Test func `a server that is not there is a failure for now`() async throws {
        var settings = SMTPSettings(host: "127.0.0.1", port: 1, from: "wifi@example.org")
        settings.timeoutSeconds = 5
        #expect(isFailure(await SMTPGateway(SMTPTransport(settings)).send(message())))
    }

    @Test func `lines with a dot, long lines and many mails arrive whole`() async throws {
        let sink = try SMTPSink(.none)
        let gateway = SMTPGateway(SMTPTransport(settings(sink, .none)))
        let text = ".\n..\n.a\n" + String(repeating: "x", count: 2000) + "\n"
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let result = await gateway.send(message(text: text, id: "m\(index)"))
                    #expect(!isFailure(result), "\(result)")
                }
            }
        }
        let mails = sink.mails
        #expect(mails.count == 20)
        for mail in mails {
            #expect(mail.data.contains("\r\n\r\n.\r\n..\r\n.a\r\nxxx"))
            #expect(mail.data.replacing("=\r\n", with: "").contains(String(repeating: "x", count: 2000) + "\r\n"))
        }
        #expect(Set(mails.compactMap { $0.data.firstMatch(of: /Message-ID: <(.*?)>/).map { String($0.1) } }).count == 20)
    }

    @Test func `text messages leave as mails`() async throws {
        let sink = try SMTPSink(.none)
        var terms = SMSGatewayTerms(name: "mail")
        terms.secret = "pass word"
        let gateway = EmailToSMSGateway(
            terms, address: "{number}@sms.example.org", subject: "{secret} {sender}", transport: SMTPTransport(settings(sink, .none)))
        let result = await gateway.send(LeasedMessage(id: "m", channel: .sms, recipient: "+393331234567", text: "code 1", sender: "Cafe"))
        #expect(!isFailure(result))
        let mail = try #require(sink.mails.first)
        #expect(mail.to == ["393331234567@sms.example.org"])
        #expect(mail.data.contains("Subject: pass word Cafe\r\n"))
        #expect(mail.data.hasSuffix("\r\n\r\ncode 1\r\n"))
    }
}
