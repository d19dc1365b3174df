import ArgumentParser
import Composition
import Database
import RADIUSDictionary

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the configuration; list the API's routes.",
        discussion: """
            Example:
              radian config check --config /etc/radian/radian.yaml
            """,
        subcommands: [Check.self, API.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check the configuration file, the environment and the dictionary; start nothing.",
            discussion: """
                Every problem is shown with its file and line, or its variable.

                Example:
                  RADIAN_RADIUS_AUTH_PORT=11812 radian config check --config /etc/radian/radian.yaml
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let configuration = try options.load()
            let engine: String
            do {
                engine = try configuration.makeEngine().displayName
            } catch {
                throw CommandFailure("database.url: \(error)", code: .configuration)
            }
            let dictionary = try configuration.loadDictionary().statistics
            Output.details([
                ("configuration", options.file ?? "Config/radian.yaml where it exists, the environment, defaults"),
                ("database", engine),
                ("authentication", "UDP \(configuration.authPort)"),
                ("accounting", "UDP \(configuration.acctPort)"),
                ("HTTP", configuration.http.port == 0 ? "off" : "TCP \(configuration.http.port)"),
                ("control socket", configuration.controlSocketPath),
                ("dictionary", "\(dictionary.attributeNames) attributes, \(dictionary.vendorNames) vendors, \(dictionary.values) values"),
            ])
            Output.line("no problems found")
        }
    }

    struct API: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "api",
            abstract: "List the routes of the REST API, who may use them and what they take, as Markdown.",
            discussion: """
                Nothing is started and the database is not opened.

                Example:
                  radian config api >docs/api.md
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            print(try ProgramRoutes.reference(try options.load()), terminator: "")
        }
    }
}
