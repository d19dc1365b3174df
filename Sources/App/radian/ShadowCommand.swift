import ArgumentParser
import Composition
import Foundation
import RADIUSCapture

struct ShadowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow",
        abstract: "Compare the decisions of another RADIUS server with what this one would decide.",
        discussion: """
            Reads copies of the other server's packets, from a network interface of its machine or from a capture file, decides each login by
            this server's configuration and database, and reports where code or attributes of the replies differ. Answers nothing and changes
            nothing. EAP is not compared: only the real server sees what is inside. Interrupt it to see the report.

            Example:
              radian import freeradius --from /etc/freeradius/3.0
              radian shadow -i eth0
              radian shadow -r monday.pcap --json --output differences.json
            """)

    @Option(
        name: [.customShort("i"), .customLong("interface")], help: ArgumentHelp("Listen here; 'any' is everywhere.", valueName: "name"))
    var interface: String?
    @Option(name: [.customShort("r"), .customLong("read")], help: ArgumentHelp("Read a file of tcpdump or Wireshark.", valueName: "file"))
    var file: String?
    @Option(help: ArgumentHelp("A UDP port of the other server; may be repeated. 1812 and 1645 when left out.", valueName: "port"))
    var port: [UInt16] = []
    @Option(help: ArgumentHelp("An attribute not to compare, beside those of each server's own; may be repeated.", valueName: "name"))
    var ignore: [String] = []
    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file")) var output: String?
    @Flag(help: "Report as JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard (interface == nil) != (file == nil) else { throw ValidationError("Give either -i INTERFACE or -r FILE.") }
    }

    func run() throws {
        _ = try options.openForReading()
        var run = try ShadowRun(options.load(), ignoring: ShadowComparison.usuallyIgnored.union(ignore))
        let source = try CaptureSource(interface: interface, file: file)
        try source.filter(CaptureFilter.expression(ports: port.isEmpty ? [1812, 1645] : port, linkType: source.linkType))
        let signal = StopSignal { source.stop() }
        defer { signal.cancel() }
        if let interface { Output.complain("listening on \(interface); interrupt to see the report") }
        while let frame = try source.nextFrame() {
            if case .datagram(let datagram) = FrameContent(frame, linkType: source.linkType) { run.observe(datagram, in: frame) }
        }
        run.finish()
        let text = try json ? Self.json(run.report) : run.report.text
        guard let output else { return Output.line(text) }
        do {
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure("cannot write \(output)")
        }
    }

    private static func json(_ report: ShadowReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}

extension ShadowReport {
    /// For people.
    var text: String {
        var lines = ["\(compared) logins compared, \(same) alike, \(compared - same) different"]
        for (cause, count) in notCompared.sorted(by: { $0.key < $1.key }) { lines.append("\(count) not compared: \(cause)") }
        for group in differences {
            lines.append("")
            let reason = group.reason.map { " (\($0))" } ?? ""
            lines.append("\(group.count) x  \(group.real) by the other server, \(group.ours) by this one\(reason)")
            if !group.missing.isEmpty { lines.append("  only the other server sends: \(group.missing.joined(separator: ", "))") }
            if !group.extra.isEmpty { lines.append("  only this server sends: \(group.extra.joined(separator: ", "))") }
            let users = group.users.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let more = users.count > 10 ? " and \(users.count - 10) more" : ""
            lines.append("  users: " + users.prefix(10).map { Output.printable($0.key) }.joined(separator: ", ") + more)
            for example in group.examples {
                lines.append(
                    "  \(Output.time(example.epochMicroseconds / 1_000_000)) \(Output.printable(example.user)) from \(example.nas)")
                for attribute in example.missing { lines.append("    - \(Output.printable(attribute))") }
                for attribute in example.extra { lines.append("    + \(Output.printable(attribute))") }
            }
        }
        if further > 0 { lines.append("\(further) differences of further kinds") }
        return lines.joined(separator: "\n")
    }
}
