import Accounts
import ArgumentParser
import Composition
import Foundation
import Localization
import Messaging

struct MessageTemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Texts of organizations in place of the standard ones.",
        discussion: """
            Example:
              radian message template set cafe sms-code sms it --text "Il tuo codice: {code}"
            """,
        subcommands: [Set.self, List.self, Remove.self])

    /// What a text is for.
    struct Key: ParsableArguments {
        @Argument(help: "The organization's short name.") var organization: String
        @Argument(help: ArgumentHelp("sms-code, email-confirmation, password-reset ...", valueName: "kind")) var kind: String
        @Argument(help: "email or sms.") var channel: String
        @Argument(help: "en, it, de, fr or es.") var language: String

        func parsed() throws -> (channel: MessageChannel, language: Language) {
            guard MessageKind.all.contains(where: { $0.name == kind }) else {
                throw ValidationError("the kind must be one of \(MessageKind.all.map(\.name).joined(separator: ", "))")
            }
            guard let channel = MessageChannel(rawValue: channel) else { throw ValidationError("the channel must be email or sms") }
            guard let language = Language(rawValue: language) else { throw ValidationError("the language must be en, it, de, fr or es") }
            return (channel, language)
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a text.",
            discussion: """
                Example:
                  radian message template set cafe password-reset email en --subject "New password" --text "Hello {name}, ..."
                """)

        @OptionGroup var key: Key
        @Option(help: "Subject of an e-mail.") var subject = ""
        @Option(help: "The text with placeholders such as {code}; @FILE reads it from a file.") var text: String
        @Option(help: "The inside of the HTML alternative, or @FILE; made of the text when left out.") var html: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let (channel, language) = try key.parsed()
            let connection = try options.openForWriting()
            let organization = try MessageCommand.organization(key.organization, connection)
            let template = MessageTemplate(
                organizationID: organization.id, kind: key.kind, channel: channel, language: language, subject: subject,
                body: try Self.content(text), html: try html.map(Self.content))
            let problems = template.problems
            guard problems.isEmpty else {
                throw CommandFailure(problems.map { $0.text(in: .english) }.joined(separator: "\n"), code: .validationFailure)
            }
            try MessageTemplateStore(connection).set(template)
            Output.line("text of '\(key.kind)' set")
        }

        private static func content(_ text: String) throws -> String {
            guard text.hasPrefix("@") else { return text }
            let path = String(text.dropFirst())
            guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandFailure("cannot read the file \(path)")
            }
            return content
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the texts of an organization.",
            discussion: """
                Example:
                  radian message template list cafe
                """)

        @Argument(help: "The organization's short name.") var organization: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let organization = try MessageCommand.organization(organization, connection)
            Output.table(
                ["kind", "channel", "language", "subject", "text"],
                try MessageTemplateStore(connection).templates(organizationID: organization.id).map {
                    [$0.kind, $0.channel.rawValue, $0.language.rawValue, $0.subject, $0.body]
                }, empty: "the organization has the standard texts")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to the standard text.",
            discussion: """
                Example:
                  radian message template remove cafe sms-code sms it
                """)

        @OptionGroup var key: Key
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let (channel, language) = try key.parsed()
            let connection = try options.openForWriting()
            let organization = try MessageCommand.organization(key.organization, connection)
            guard try MessageTemplateStore(connection).remove(key.kind, channel, language, organizationID: organization.id) else {
                throw CommandFailure("the organization has the standard text already")
            }
            Output.line("text of '\(key.kind)' removed")
        }
    }
}
