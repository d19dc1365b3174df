import Accounts
import ArgumentParser
import Composition
import Database
import Foundation
import Logging
import Topology
import TopologyFormats

extension TopologyCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the topologies.",
            discussion: """
                Example:
                  radian topology list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let store = TopologyStore(connection)
            var filter = TopologyStore.Filter()
            filter.isWithUnpublished = true
            let topologies = try store.topologies(filter)
            let counts = try store.counts(of: topologies.map(\.id))
            let slugs = Dictionary(uniqueKeysWithValues: try OrganizationStore(connection).all().map { ($0.id, $0.slug) })
            let entries = topologies.map { topology in
                TopologyEntry(
                    id: topology.id, label: topology.label, organization: topology.organizationID.flatMap { slugs[$0] },
                    parser: topology.format.rawValue, strategy: topology.strategy.rawValue, published: topology.isPublished,
                    nodes: counts[topology.id]?.nodes ?? 0, links: counts[topology.id]?.links ?? 0,
                    linksUp: counts[topology.id]?.linksUp ?? 0, updated: topology.updated.map { $0 / 1_000_000 }, failure: topology.failure)
            }
            if json { return try Output.json(entries) }
            Output.table(
                ["id", "label", "organization", "format", "strategy", "nodes", "links up", "updated", "failure"],
                entries.map {
                    [
                        $0.id, $0.label, $0.organization ?? "all", $0.parser, $0.published ? $0.strategy : "unpublished", String($0.nodes),
                        "\($0.linksUp) of \($0.links)", Output.time($0.updated), $0.failure ?? "",
                    ]
                },
                empty: "there are no topologies; 'radian topology add LABEL FORMAT' adds one")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a topology.",
            discussion: """
                With --url inputs are fetched there, otherwise they are received; the path to send them to is printed, with the key.

                Example:
                  radian topology add "Mesh north" olsr --organization cafe --url http://mesh.example.org:9090/all
                  radian topology add "VPN clients" openvpn --organization cafe --expiration 300
                """)

        @Argument(help: "Its name.") var label: String
        @Argument(help: "The format of its inputs, as 'radian topology parse' has it.") var format: TopologyFormatArgument
        @Option(help: ArgumentHelp("Whose it is; everybody's otherwise.", valueName: "slug")) var organization: String?
        @Option(help: "http, https or telnet address of the inputs.") var url: String?
        @Option(help: "Proves who sends inputs; one is made otherwise.") var key: String?
        @Option(help: ArgumentHelp("Seconds until a link goes down that inputs do not name.", valueName: "seconds")) var expiration = 0
        @Flag(help: "It is neither updated nor shown.") var unpublished = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (1...64).contains(label.unicodeScalars.count) else { throw ValidationError("A label has 1 to 64 characters.") }
            guard expiration >= 0 else { throw ValidationError("--expiration is a number of seconds.") }
            if let url, !NetworkTopology.isAddress(url) { throw ValidationError("--url is an http, https or telnet address.") }
            if let key, !NetworkTopology.isKey(key) {
                throw ValidationError("A key has 1 to 64 characters without spaces, dots and slashes.")
            }
        }

        func run() throws {
            let connection = try options.openForWriting()
            var topology = NetworkTopology(
                organizationID: nil, label: label, format: format.format, strategy: url == nil ? .receive : .fetch, url: url ?? "",
                expirationTime: Int64(expiration), isPublished: !unpublished)
            if let key { topology.key = key }
            if let organization {
                guard let found = try OrganizationStore(connection).organization(slug: organization) else {
                    throw CommandFailure("there is no organization '\(organization)'; 'radian organization list' shows them")
                }
                topology.organizationID = found.id
            }
            try TopologyStore(connection).add(topology)
            Output.line(topology.id)
            if topology.strategy == .receive { Output.complain("inputs are sent to \(topology.receiveURL(origin: ""))") }
        }
    }

    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch topologies now.",
            discussion: """
                Published ones with the strategy fetch. That one fails stops no other; the command then fails at its end.

                Example:
                  radian topology update --label north
                """)

        @Option(help: "Part of the label, in any case; all otherwise.") var label: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let settings = try options.load().topology.settings
            let connection = try options.openForWriting()
            let engine = TopologyEngine(logger: Logger(label: "radian") { StreamLogHandler.standardError(label: $0) })
            let fetcher = InputFetcher(settings)
            let store = TopologyStore(connection)
            var filter = TopologyStore.Filter()
            filter.label = label
            var hasFailed = false
            for topology in try store.topologies(filter) {
                guard topology.strategy == .fetch else {
                    Output.complain("\(Output.printable(topology.label)): ignored (not using FETCH strategy)")
                    continue
                }
                do {
                    let octets = try fetcher.fetchBlocking(topology.url)
                    let options = TopologyParseOptions(time: NetworkTopology.now() / 1_000_000, sizeLimit: settings.largestInput)
                    let outcome = try engine.take(try topology.format.parse(octets, options: options), for: topology.id, over: connection)
                    Output.line("\(Output.printable(topology.label)): \(outcome?.text ?? "gone")")
                } catch {
                    hasFailed = true
                    try store.noteFailure(topology.id, "\(error)")
                    Output.complain("\(Output.printable(topology.label)): \(error)")
                }
            }
            if hasFailed { throw ExitCode.failure }
        }
    }

    struct Snapshot: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store today's graph of published topologies.",
            discussion: """
                The server does so by itself every ten minutes where a graph has changed.

                Example:
                  radian topology snapshot
                """)

        @Option(help: "Part of the label, in any case; all otherwise.") var label: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let settings = try options.load().topology.settings
            let connection = try options.openForWriting()
            let engine = TopologyEngine(logger: Logger(label: "radian") { StreamLogHandler.standardError(label: $0) })
            let saved = try TopologyUpkeep(engine, settings: settings).saveSnapshots(
                now: NetworkTopology.now(), label: label, over: connection)
            Output.line("\(saved) stored")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a topology with its nodes, links and snapshots.",
            discussion: """
                Example:
                  radian topology remove 3f1c8a52-6f0e-4c3b-9d57-0f7f3a2f9a10
                """)

        @Argument(help: "Its id, as 'radian topology list' shows it.") var id: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard try TopologyStore(try options.openForWriting()).remove(id: id.lowercased()) else {
                throw CommandFailure("there is no topology '\(Output.printable(id))'; 'radian topology list' shows them")
            }
        }
    }
}

/// A topology as `radian topology list --json` prints it.
private struct TopologyEntry: Encodable {
    let id, label: String
    let organization: String?
    let parser, strategy: String
    let published: Bool
    let nodes, links, linksUp: Int64
    let updated: Int64?
    let failure: String?
}

/// A format by its name.
struct TopologyFormatArgument: ExpressibleByArgument {
    let format: TopologyFormat

    static var allValueStrings: [String] { TopologyFormat.allCases.map(\.rawValue) }

    init?(argument: String) {
        guard let format = TopologyFormat(name: argument) else { return nil }
        self.format = format
    }
}

extension TopologyEngine.Outcome {
    fileprivate var text: String {
        isChanged
            ? "\(newNodes) nodes and \(newLinks) links new, \(changedNodes) and \(changedLinks) changed, \(linksDown) links down"
            : "as it was"
    }
}
