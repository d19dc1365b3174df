import ArgumentParser
import Composition
import Proxying

struct RealmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "realm",
        abstract: "Realms: whose users other servers know.",
        discussion: """
            A realm is a name, ~ and a regular expression, NULL (names without a realm) or DEFAULT (all others). Without a pool its users are
            decided here. Realms of the configuration file come first and cannot be changed here.

            Example:
              radian realm add example.org --pool example
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a realm; a running server knows it within the refresh interval.",
            discussion: """
                Example:
                  radian realm add example.org --pool example --accounting store
                  radian realm add '~\\.edu$' --auth-pool eduroam --set strip=no --set 'reply_filter=allow Session-Timeout, Class'
                """)

        @Argument(help: "The realm.") var name: String
        @Option(help: ArgumentHelp("Pool for authentication and accounting.", valueName: "pool")) var pool: String?
        @Option(help: ArgumentHelp("Pool for authentication.", valueName: "pool")) var authPool: String?
        @Option(help: ArgumentHelp("Pool for accounting.", valueName: "pool")) var acctPool: String?
        @Option(help: "Accounting: local, relay, store, answer or silence.") var accounting: String?
        @OptionGroup var more: RecordOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var values = try more.values(allowed: ProxyRecord.realmKeys)
            values["name"] = name
            if let chosen = authPool ?? pool { values["auth_pool"] = chosen }
            if let chosen = acctPool ?? pool { values["acct_pool"] = chosen }
            if let accounting { values["accounting"] = accounting }
            try ProxyChanges(options.openForWriting()).addRealm(ProxyRecord(values))
            Output.line("realm '\(Output.printable(name))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the realms of the configuration file and the database.",
            discussion: """
                Example:
                  radian realm list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let records = try RecordSource.all(
                ProxyingConfiguration(options).configured.realms, ProxyStore(options.openForReading()).realms())
            if json { return try Output.json(records.map(\.values)) }
            Output.table(
                ["realm", "auth pool", "acct pool", "accounting", "strip", "where"],
                records.map { record in
                    ["name", "auth_pool", "acct_pool", "accounting", "strip", "where"].map { record.values[$0] ?? "" }
                }, empty: "there are no realms; 'radian realm add NAME --pool POOL' adds one")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a realm from the database.",
            discussion: """
                Example:
                  radian realm remove example.org
                """)

        @Argument(help: "The realm.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try ProxyChanges(options.openForWriting()).removeRealm(name)
            Output.line("realm '\(Output.printable(name))' removed")
        }
    }
}
