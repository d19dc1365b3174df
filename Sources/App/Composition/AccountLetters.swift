import Accounts
import Foundation
import Logging
import Messaging

/// Letters about accounts as messages of the outbox.
struct AccountLetters: Sendable {
    let frame: EmailFrame
    let logger: Logger

    /// Queues letters in the transaction of their cause.
    var sender: AccountMailSender {
        { [self] letter, connection in
            // An address that no mail program takes must not stop what the letter tells of.
            guard EmailAddress.isValid(letter.recipient) else {
                return logger.warning(
                    "no e-mail to this user: the address is none",
                    metadata: ["user": "\(letter.userID)", "kind": "\(letter.kind.rawValue)"])
            }
            try MessageOutbox(connection).append(message(letter))
        }
    }

    /// The letter in the frame that all e-mails have.
    func message(_ letter: AccountMail) -> OutgoingMessage {
        let content = EmailContent(
            title: letter.subject, body: letter.paragraphs.joined(separator: "\n\n"),
            button: letter.action.map { EmailContent.Button(text: $0.label, url: $0.address) })
        let kind = Self.kind(letter.kind)
        var message = OutgoingMessage(
            channel: .email, recipient: letter.recipient, subject: letter.subject, text: frame.text(content),
            html: frame.html(content, in: letter.language), kind: kind, language: letter.language)
        if let expires = letter.expires {
            message.lifetimeSeconds = max(1, min(kind.lifetimeSeconds, expires / 1_000_000 - Int64(Date().timeIntervalSince1970)))
        }
        return message
    }

    private static func kind(_ kind: AccountMail.Kind) -> MessageKind {
        switch kind {
        case .emailConfirmation: .emailConfirmation
        case .passwordReset: .passwordReset
        case .passwordExpiry: .passwordExpiry
        case .accountExpiry: .accountExpiry
        case .accountDeactivated: MessageKind(kind.rawValue, lifetimeSeconds: 3 * 86_400)
        }
    }
}
