import Accounts
import ArgumentParser
import Composition
import Foundation
import Localization
import Messaging

extension MessageCommand {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test message through the running server, and wait for what comes of it.",
            discussion: """
                Example:
                  radian message test operator@example.org
                  radian message test +393331234567 --organization cafe --gateway twilio
                """)

        @Argument(help: "An e-mail address, or a telephone number such as +393331234567.") var recipient: String
        @Option(help: "Send it in the name of this organization.") var organization: String?
        @Option(help: "The gateway for a text message; the first that takes it when left out.") var gateway: String?
        @Option(help: "The sender that the telephone shows.") var sender: String?
        @Option(help: "Its language: en, it, de, fr or es.") var language = "en"
        @Option(help: "Seconds to wait for the server.") var wait = 20.0
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let language = Language(rawValue: language) else { throw ValidationError("--language must be en, it, de, fr or es") }
            let connection = try options.openForWriting()
            let organization = try organization.map { try MessageCommand.organization($0, connection) }
            let sender = MessageComposer.Sender(
                organizationID: organization?.id, name: organization?.name ?? "Radian", smsSender: sender,
                smsMetadata: try gateway.map { String(decoding: try JSONEncoder().encode(["gateway": $0]), as: UTF8.self) })
            let composer = MessageComposer(frame: try options.load().messaging.frame)
            let message =
                try recipient.hasPrefix("+")
                ? composer.sms(.test, to: recipient, in: language, of: sender, [:], over: connection)
                : composer.email(.test, to: recipient, in: language, of: sender, [:], over: connection)
            let id: String
            do {
                id = try MessageOutbox(connection).append(message)
            } catch let error as MessageError {
                throw ValidationError("\(error)")
            }
            Output.line("message \(id) queued")
            try follow(id, MessageArchive(connection))
        }

        private func follow(_ id: String, _ archive: MessageArchive) throws {
            let end = Date().addingTimeInterval(wait)
            var attempts = 0
            while let record = try archive.message(id: id) {
                switch MessageState(rawValue: record.state) {
                case .sent, .delivered: return Output.line("\(record.state) by \(record.gateway ?? "")")
                case .failed, .expired: throw CommandFailure("\(record.state): \(record.errorCode ?? "")")
                default: break
                }
                if record.attempts > attempts, record.state == MessageState.queued.rawValue, let code = record.errorCode {
                    Output.complain("attempt \(record.attempts) failed (\(record.gateway ?? "")): \(code)")
                    attempts = record.attempts
                }
                guard Date() < end else {
                    throw CommandFailure(
                        record.attempts == 0
                            ? "nobody has sent it; is the server running?"
                            : "not sent yet; 'radian message show \(id)' tells what became of it")
                }
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
    }
}
