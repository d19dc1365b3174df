import Foundation

/// Sends e-mails by SMTP (RFC 5321), on threads of its own.
public final class SMTPGateway: MessageGateway {
    public let name = "smtp"
    public let channel = MessageChannel.email
    public let timeoutSeconds: Double
    private let transport: SMTPTransport

    public init(_ transport: SMTPTransport) {
        self.transport = transport
        timeoutSeconds = transport.settings.timeoutSeconds + 1
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        await transport.send(
            id: message.id, to: message.recipient, subject: message.subject, text: message.text, html: message.html,
            sender: message.sender)
    }
}

/// A way to an SMTP server that several gateways may share.
public final class SMTPTransport: Sendable {
    public let settings: SMTPSettings
    private let threads: BlockingThreads<CurlMail>

    /// Connects to nobody yet.
    public init(_ settings: SMTPSettings) {
        self.settings = settings
        threads = BlockingThreads(settings.connections, name: "smtp") { CurlMail(settings) }
    }

    deinit { threads.stop() }

    /// Sends a mail once.
    /// - Parameters:
    ///   - id: unique; becomes the Message-ID.
    ///   - sender: an address in place of the settings'.
    func send(id: String, to: String, subject: String, text: String, html: String?, sender: String?) async -> GatewayResult {
        let from = sender.flatMap { EmailAddress.isValid($0) ? $0 : nil } ?? settings.from
        let mail = MIMEMessage(
            fromName: from == settings.from ? settings.fromName : "", from: from, replyTo: settings.replyTo, to: to, subject: subject,
            text: text, html: html, messageID: "\(id)@\(settings.ownName)", date: Int64(Date().timeIntervalSince1970))
        let answer = await threads.run { $0.send(mail.octets, from: from, to: to) }
        switch answer.outcome {
        case .accepted: return .sent(providerIDs: [mail.messageID], isDelivered: false)
        case .refused: return .refused(code: answer.code)
        case .deferred: return .deferred(code: answer.code)
        case .failed: return .failed(code: answer.code, retryAfterSeconds: nil)
        }
    }
}
