import ArgumentParser
import Composition
import Proxying

struct HomeServerPoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Pools: home servers that stand in for each other.",
        discussion: """
            Example:
              radian home-server pool add uni --servers uni-1,uni-2 --method fail-over
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a pool.",
            discussion: """
                Example:
                  radian home-server pool add uni --servers uni-1,uni-2 --method consistent-keyed-balance
                """)

        @Argument(help: "The pool's name, for realms.") var name: String
        @Option(help: ArgumentHelp("Its home servers, in order of preference.", valueName: "a,b")) var servers: String
        @Option(
            help: "fail-over, load-balance, client-balance, client-port-balance, keyed-balance or consistent-keyed-balance.")
        var method: String?
        @OptionGroup var more: RecordOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var values = try more.values(allowed: ProxyRecord.poolKeys)
            values.merge(["name": name, "servers": servers]) { $1 }
            if let method { values["method"] = method }
            try ProxyChanges(options.openForWriting()).addPool(ProxyRecord(values))
            Output.line("pool '\(Output.printable(name))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the pools of the configuration file and the database.",
            discussion: """
                Example:
                  radian home-server pool list
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let records = try RecordSource.all(
                ProxyingConfiguration(options).configured.pools, ProxyStore(options.openForReading()).pools())
            if json { return try Output.json(records.map(\.values)) }
            Output.table(
                ["pool", "method", "servers", "where"],
                records.map { record in ["name", "method", "servers", "where"].map { record.values[$0] ?? "" } },
                empty: "there are no pools; 'radian home-server pool add NAME --servers A,B' adds one")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a pool from the database.",
            discussion: """
                Example:
                  radian home-server pool remove uni
                """)

        @Argument(help: "The pool.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try ProxyChanges(options.openForWriting()).removePool(name)
            Output.line("pool '\(Output.printable(name))' removed")
        }
    }
}
