import Accounts
import ArgumentParser
import Composition
import OrganizationSettings

struct OrganizationSettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Show or change what an organization chooses for itself.",
        discussion: """
            Without a choice of its own an organization follows the configuration's section 'api'; an empty value goes back to that.

            Example:
              radian organization settings cafe
              radian organization settings cafe sms_verification=yes sms_sender=+390612345678
              radian organization settings cafe sms_cooldown=
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
        if renewToken { _ = try store.renewToken(found.id) }
        if showToken {
            try store.prepare(found.id)
            return Output.line(try store.settings(of: found.id).token)
        }
        if !changes.isEmpty {
            let pairs = changes.map { change in
                let name = change.prefix { $0 != "=" }
                return (String(name), Optional(String(change.dropFirst(name.count + 1))))
            }
            try store.set(Dictionary(pairs) { $1 }, of: found.id)
        }
        let own = try store.overrides(of: found.id)
        let settings = try store.settings(of: found.id)
        let entries = OrganizationSetting.all.map { Entry(name: $0.name, value: $0.text(settings), isOwn: own[$0.name] != nil) }
        if json { return try Output.json(entries) }
        Output.table(
            ["setting", "value", "from"],
            entries.map { [$0.name, Output.printable($0.value), $0.isOwn ? "organization" : "configuration"] },
            empty: "")
    }
}
