import Accounts
import ArgumentParser
import Composition
import Foundation
import OrganizationSettings

struct OrganizationSettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Show or change what an organization chooses for itself.",
        discussion: """
            Without a choice of its own an organization follows the configuration's section 'api'; an empty value goes back to that. A value
            @FILE is what the file holds; an image for portal_logo is taken as it is.

            Example:
              radian organization settings cafe
              radian organization settings cafe sms_verification=yes sms_sender=+390612345678
              radian organization settings cafe sms_cooldown=
              radian organization settings cafe portal_logo=@logo.png portal_terms=@terms.txt
              radian organization settings cafe --show-token
            """)

    @Argument(help: "The organization's short name.") var slug: String
    @Argument(help: ArgumentHelp("Settings to change.", valueName: "name=value")) var changes: [String] = []
    @Flag(help: "Print the secret by which the organization's FreeRADIUS is known, and nothing else.") var showToken = false
    @Flag(help: "Replace that secret by a new one.") var renewToken = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    private struct Entry: Encodable {
        let name, value: String
        let isOwn: Bool
    }

    func validate() throws {
        for change in changes where !change.contains("=") { throw ValidationError("'\(change)' is not name=value.") }
    }

    func run() throws {
        let defaults = try options.load().api.organizationDefaults
        let connection = try changes.isEmpty && !renewToken && !showToken ? options.openForReading() : options.openForWriting()
        guard let found = try OrganizationStore(connection).organization(slug: slug) else {
            throw AccountsError.organizationUnknown(slug: slug)
        }
        let store = OrganizationSettingsStore(connection, defaults: defaults)
        let service = OrganizationSettingsService(connection, defaults: defaults)
        if renewToken { try service.renewToken(of: found) }
        if showToken {
            try store.prepare(found.id)
            return Output.line(try store.settings(of: found.id).token)
        }
        if !changes.isEmpty {
            let pairs = changes.map { change in
                let name = change.prefix { $0 != "=" }
                return (String(name), String(change.dropFirst(name.count + 1)))
            }
            let values = try Dictionary(pairs) { $1 }.map { ($0, Optional(try Self.value($1, of: $0))) }
            try service.change(Dictionary(uniqueKeysWithValues: values), of: found)
        }
        let own = try store.overrides(of: found.id)
        let settings = try store.settings(of: found.id)
        let entries = OrganizationSetting.all.map { setting in
            let text = setting.text(settings)
            return Entry(name: setting.name, value: setting.isSecret && !text.isEmpty ? "***" : text, isOwn: own[setting.name] != nil)
        }
        if json { return try Output.json(entries) }
        Output.table(
            ["setting", "value", "from"],
            entries.map { [$0.name, Output.printable(Self.shortened($0.value)), $0.isOwn ? "organization" : "configuration"] },
            empty: "")
    }

    /// A long value's beginning, and how long it is.
    private static func shortened(_ value: String) -> String {
        value.count <= 120 ? value : "\(value.prefix(60))... (\(value.utf8.count) octets)"
    }

    /// The value that a text stands for: its own, or that of the file behind an at sign.
    private static func value(_ text: String, of name: String) throws -> String {
        guard text.hasPrefix("@"), text.count > 1 else { return text }
        let url = URL(fileURLWithPath: String(text.dropFirst()))
        let data = try Data(contentsOf: url)
        let types = ["png": "png", "svg": "svg+xml", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp", "gif": "gif"]
        if name == "portal_logo", let type = types[url.pathExtension.lowercased()] {
            return "data:image/\(type);base64,\(data.base64EncodedString())"
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
