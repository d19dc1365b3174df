import ArgumentParser
import Foundation
import TopologyFormats

struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Networks as graphs: read what routing protocols and tunnels print, handle the topologies that the server keeps.",
        discussion: """
            parse and diff start nothing and do not open the database.

            Example:
              radian topology parse openvpn /run/openvpn/server.status
            """,
        subcommands: [Parse.self, Diff.self, List.self, Add.self, Update.self, Snapshot.self, Remove.self])

    struct Parse: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an input as a NetJSON NetworkGraph.",
            discussion: """
                FORMAT is one of \(TopologyInputFormat.names), or a parser's name as the topology API has it.
                docs/topology.md says how to get each input.

                Example:
                  radian topology parse openvpn /run/openvpn/server.status
                  wg show all dump | radian topology parse wireguard -
                """)

        @Argument(help: "The input's format; auto finds it out.") var format: TopologyInputFormat
        @Argument(help: "The input; - for standard input.") var file: String
        @OptionGroup var options: TopologyOptions

        func run() throws {
            Output.line(String(decoding: try options.graph(of: file, format).netJSON(isIndented: true), as: UTF8.self))
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what an input has, lacks or has otherwise than an older one, as NetJSON.",
            discussion: """
                The result has the members added, removed and changed, null where there is nothing.

                Example:
                  radian topology diff olsr yesterday.json today.json
                  wg show all dump | radian topology diff wireguard before.txt -
                """)

        @Argument(help: "The inputs' format; auto finds it out.") var format: TopologyInputFormat
        @Argument(help: "The older input; - for standard input.") var old: String
        @Argument(help: "The newer input; - for standard input.") var new: String
        @OptionGroup var options: TopologyOptions

        func validate() throws {
            if old == "-", new == "-" { throw ValidationError("Standard input can be one of the two only.") }
        }

        func run() throws {
            let difference = GraphDifference(from: try options.graph(of: old, format), to: try options.graph(of: new, format))
            Output.line(String(decoding: difference.netJSON(isIndented: true), as: UTF8.self))
        }
    }
}

/// A format by name, or the one that the input seems to have.
enum TopologyInputFormat: ExpressibleByArgument {
    case known(TopologyFormat)
    case auto

    static let names = (TopologyFormat.allCases.map(\.rawValue) + ["auto"]).joined(separator: ", ")

    static var allValueStrings: [String] { TopologyFormat.allCases.map(\.rawValue) + ["auto"] }

    init?(argument: String) {
        if argument == "auto" {
            self = .auto
        } else if let format = TopologyFormat(name: argument) {
            self = .known(format)
        } else {
            return nil
        }
    }
}

/// How inputs are read.
struct TopologyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "When the input was made, in seconds since 1970; WireGuard needs it. Otherwise when the file was written, or now for standard input.",
            valueName: "epoch")) var at: Int64?
    @Flag(name: .customLong("duplicate-cn"), help: "OpenVPN: clients with the same common name are nodes of their own.")
    var separatesCommonNames = false

    func graph(of file: String, _ format: TopologyInputFormat) throws -> NetworkGraph {
        let bytes = try Self.read(file)
        let options = TopologyParseOptions(
            time: at ?? Self.time(of: file), separatesCommonNames: separatesCommonNames, sizeLimit: max(bytes.count, 16 << 20))
        let found: TopologyFormat
        switch format {
        case .known(let format): found = format
        case .auto:
            guard let format = TopologyFormat.recognized(in: bytes, options: options) else {
                throw CommandFailure("\(Self.name(of: file)): none of the formats; name one of \(TopologyInputFormat.names)")
            }
            found = format
        }
        do throws(TopologyFormatError) {
            return try found.parse(bytes, options: options)
        } catch {
            throw CommandFailure("\(Self.name(of: file)): not \(found.label): \(error)")
        }
    }

    private static func name(of file: String) -> String { file == "-" ? "standard input" : file }

    private static func read(_ file: String) throws -> [UInt8] {
        if file == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandFailure("cannot read \(file)")
        }
    }

    private static func time(of file: String) -> Int64 {
        let attributes = file == "-" ? nil : try? FileManager.default.attributesOfItem(atPath: file)
        return Int64((attributes?[.modificationDate] as? Date ?? Date()).timeIntervalSince1970)
    }
}
