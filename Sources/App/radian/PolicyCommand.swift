import ArgumentParser
import Composition
import Foundation
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "What the server would decide, and why.",
        discussion: """
            Example:
              radian policy test --user alice --password secret --nas office
            """,
        subcommands: [Test.self])

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explain the decision about a request, without any effect.",
            discussion: """
                Each stage with what it found, the rows, groups and rules that matched, what decided, and the reply. Nothing is logged, reserved
                or changed. The exit code is 0 for Access-Accept and 1 for anything else.

                Example:
                  radian policy test --user alice --password secret --nas office --ssid guests --at 2026-03-01T12:00:00Z
                  radian policy test --attribute 'User-Name = alice' --attribute 'NAS-Port-Type = Wireless-802.11'
                  radian policy test --file request.txt --json
                """)

        @Option(help: ArgumentHelp("User-Name.", valueName: "name")) var user: String?
        @Option(help: ArgumentHelp("The password. Other users of this machine can see it in the list of processes.", valueName: "pw"))
        var password: String?
        @Flag(help: "Read the password from the first line of standard input.") var passwordStdin = false
        @Option(
            name: [.customShort("a"), .long],
            help: ArgumentHelp("A further attribute of the request; may be repeated.", valueName: "name = value"))
        var attribute: [String] = []
        @Option(help: ArgumentHelp("Attributes as radclient reads them; blank lines part requests.", valueName: "path")) var file: String?
        @Option(help: ArgumentHelp("The NAS that asks: its name or address; the local host when left out.", valueName: "name")) var nas:
            String?
        @Option(help: ArgumentHelp("The network's name, for Called-Station-Id.", valueName: "name")) var ssid: String?
        @Option(help: ArgumentHelp("The station's address, for Calling-Station-Id.", valueName: "address")) var mac: String?
        @Option(help: ArgumentHelp("The moment to decide for, such as 2026-03-01T12:00:00Z; now when left out.", valueName: "time"))
        var at: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard user != nil || !attribute.isEmpty || file != nil else {
                throw ValidationError("Give --user NAME, --attribute 'NAME = VALUE' or --file PATH.")
            }
            guard password == nil || !passwordStdin else { throw ValidationError("Give either --password PW or --password-stdin.") }
        }

        func run() throws {
            let configuration = try options.load()
            _ = try options.openForReading()
            let rehearsal = try PolicyRehearsal(configuration)
            let (client, source) = try device(rehearsal)
            let epoch = try moment()
            let common = try commonAttributes(rehearsal.dictionary)
            let requests = try file.map { try RadclientText.requests(String(contentsOfFile: $0, encoding: .utf8)) } ?? [[]]
            var records: [DecisionRecord] = []
            var isAccepted = true
            for request in requests {
                let attributes = try common + request.map { try rehearsal.dictionary.parse($0.name, $0.value) }
                let decision = try rehearsal.decide(attributes, client: client, source: source, epoch: epoch)
                if let record = decision.record { records.append(record) }
                isAccepted = isAccepted && decision.code == .accessAccept
            }
            if json {
                if records.count == 1, let record = records.first { try Output.json(record) } else { try Output.json(records) }
            } else {
                for record in records {
                    for line in record.render().split(separator: "\n") { Output.line(Output.printable(String(line))) }
                }
            }
            if !isAccepted { throw ExitCode.failure }
        }

        private func device(_ rehearsal: PolicyRehearsal) throws -> (NASClient, IPAddress) {
            let loopback = IPAddress(ipv4: 0x7f00_0001)
            guard let nas else {
                let client = rehearsal.device("127.0.0.1") ?? NASClient(name: "test", prefix: IPPrefix(loopback), secret: SharedSecret([0]))
                return (client, loopback)
            }
            guard let client = rehearsal.device(nas) else {
                throw CommandFailure("there is no NAS '\(nas)'; 'radian nas list' shows those of the database")
            }
            return (client, IPAddress(nas) ?? client.prefix.address)
        }

        private func moment() throws -> Double {
            guard let at else { return Date().timeIntervalSince1970 }
            if let seconds = Double(at), seconds.isFinite, seconds >= 0 { return seconds }
            guard let date = try? Date(at, strategy: .iso8601) else {
                throw ValidationError("'\(at)' is no time; write 2026-03-01T12:00:00Z or seconds since 1970.")
            }
            return date.timeIntervalSince1970
        }

        /// What the options say, which goes into each request.
        private func commonAttributes(_ dictionary: AttributeDictionary) throws -> [Attribute] {
            var attributes: [Attribute] = []
            if let user { attributes.append(try dictionary.parse("User-Name", user)) }
            if let password = passwordStdin ? readLine() : password { attributes.append(try dictionary.parse("User-Password", password)) }
            if let ssid { attributes.append(try dictionary.parse("Called-Station-Id", "00-00-00-00-00-00:\(ssid)")) }
            if let mac { attributes.append(try dictionary.parse("Calling-Station-Id", mac)) }
            for text in attribute {
                guard let request = try RadclientText.requests(text).first else { continue }
                attributes += try request.map { try dictionary.parse($0.name, $0.value) }
            }
            return attributes
        }
    }
}
