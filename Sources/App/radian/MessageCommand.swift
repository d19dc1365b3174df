import Accounts
import ArgumentParser
import Composition
import Database
import Foundation
import Localization
import Messaging

struct MessageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message",
        abstract: "E-mails and text messages: what became of them, what they cost, their texts.",
        discussion: """
            Example:
              radian message test operator@example.org
              radian message list --state failed
            """,
        subcommands: [List.self, Show.self, Retry.self, Test.self, Costs.self, MessageTemplateCommand.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List messages, the newest first.",
            discussion: """
                Example:
                  radian message list --state failed --organization cafe
                """)

        @Option(help: "Only those that are queued, sending, sent, delivered, failed or expired.") var state: String?
        @Option(help: "Only those of this organization.") var organization: String?
        @Option(help: "Only those to this address or number.") var recipient: String?
        @Option(help: "So many at most.") var limit = 50
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let wanted = try state.map { text in
                guard let state = MessageState(rawValue: text) else {
                    throw ValidationError("--state must be one of \(MessageState.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return state
            }
            let connection = try options.openForReading()
            let records = try MessageArchive(connection).list(
                state: wanted, organizationID: try organization.map { try MessageCommand.organization($0, connection).id },
                recipient: recipient, limit: max(1, limit))
            if json { return try Output.json(records) }
            Output.table(
                ["id", "created", "kind", "recipient", "state", "gateway", "error"],
                records.map {
                    [$0.id, Output.time($0.created / 1_000_000), $0.kind, $0.recipient, $0.state, $0.gateway ?? "", $0.errorCode ?? ""]
                }, empty: "there are no such messages")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one message. The text of a message with a secret is not shown.",
            discussion: """
                Example:
                  radian message show 4f6c1a9e-4a5f-4a3b-9d1e-2f8f6f0b7c11
                """)

        @Argument(help: "The message's id.") var id: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let record = try MessageArchive(options.openForReading()).message(id: id) else {
                throw CommandFailure("there is no message '\(Output.printable(id))'")
            }
            if json { return try Output.json(record) }
            let time = { (microseconds: Int64?) in Output.time(microseconds.map { $0 / 1_000_000 }) }
            var rows: [(name: String, value: String)] = [
                ("id", record.id), ("kind", record.kind), ("channel", record.channel), ("recipient", record.recipient),
                ("organization", record.organizationID ?? ""), ("language", record.language), ("state", record.state),
            ]
            rows += [
                ("attempts", "\(record.attempts)"), ("gateway", record.gateway ?? ""), ("gateway's id", record.providerID ?? ""),
                ("error", record.errorCode ?? ""), ("created", time(record.created)), ("sent", time(record.sent)),
                ("next attempt", time(record.due)), ("expires", time(record.expires)),
            ]
            if record.parts > 0 { rows.append(("parts", "\(record.parts)")) }
            if record.cost > 0 { rows.append(("cost", MessageCommand.amount(record.cost))) }
            rows += [("subject", record.subject), ("text", record.text)]
            Output.details(rows)
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send messages again that failed or came too late.",
            discussion: """
                Example:
                  radian message retry 4f6c1a9e-4a5f-4a3b-9d1e-2f8f6f0b7c11
                """)

        @Argument(help: "The messages' ids.") var ids: [String]
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let archive = MessageArchive(try options.openForWriting())
            for id in ids {
                guard try archive.retry(id: id) else {
                    throw CommandFailure("message '\(Output.printable(id))' has not failed, or its secret text is gone")
                }
                Output.line("message \(id) queued")
            }
        }
    }

    struct Costs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What messages cost, by day, organization, gateway and prefix.",
            discussion: """
                Example:
                  radian message costs --days 30
                """)

        @Option(help: "So many days back.") var days = 30
        @Option(help: "Only those of this organization.") var organization: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        private struct Row: Encodable {
            let day, organization, channel, gateway, prefix: String
            let messages, parts: Int64
            /// In `currency`.
            let cost: Double
            let currency: String
        }

        func run() throws {
            let connection = try options.openForReading()
            let organizations = try OrganizationStore(connection).all()
            let names = Dictionary(organizations.map { ($0.id, $0.slug) }) { first, _ in first }
            let today = Int64(Date().timeIntervalSince1970) / 86_400
            let currency = try options.load().messaging.currency
            let rows = try MessageCostStore(connection).costs(
                since: today - Int64(max(1, days)) + 1,
                organizationID: try organization.map { try MessageCommand.organization($0, connection).id }
            ).map {
                Row(
                    day: String(Output.time($0.day * 86_400).prefix(10)), organization: names[$0.organizationID] ?? $0.organizationID,
                    channel: $0.channel, gateway: $0.gateway, prefix: $0.prefix, messages: $0.messages, parts: $0.parts,
                    cost: Double($0.cost) / 1_000_000, currency: currency)
            }
            if json { return try Output.json(rows) }
            Output.table(
                ["day", "organization", "channel", "gateway", "prefix", "messages", "parts", currency],
                rows.map {
                    [
                        $0.day, $0.organization, $0.channel, $0.gateway, $0.prefix, String($0.messages), String($0.parts),
                        MessageCommand.amount(Int64(($0.cost * 1_000_000).rounded())),
                    ]
                }, empty: "no message was sent in these days")
        }
    }

    /// Millionths as a decimal number, cents at least.
    static func amount(_ millionths: Int64) -> String {
        let whole = millionths / 1_000_000
        var fraction = String(millionths % 1_000_000 + 1_000_000).dropFirst()
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }

    static func organization(_ slug: String, _ connection: any DatabaseConnection) throws -> Organization {
        guard let organization = try OrganizationStore(connection).organization(slug: slug) else {
            throw CommandFailure("there is no organization '\(Output.printable(slug))'; 'radian organization list' shows them")
        }
        return organization
    }
}
