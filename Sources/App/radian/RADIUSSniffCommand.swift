import ArgumentParser
import Composition
import Dispatch
import Foundation
import RADIUSCapture
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

extension RADIUSCommand {
    struct Sniff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decode and verify RADIUS packets of a network interface or a capture file.",
            discussion: """
                Puts replies to their requests, tells latency and retransmissions, and checks every authenticator with the shared secret of the
                NAS. Hidden values are decoded and masked. Listening needs the right to capture (root, or CAP_NET_RAW). Ends with a summary.

                Example:
                  radian radius sniff -i eth0 --user alice
                  radian radius sniff -r monday.pcap --quiet
                  radian radius sniff -r monday.pcap --secret s3cret --json
                """)

        @Option(
            name: [.customShort("i"), .customLong("interface")], help: ArgumentHelp("Listen here; 'any' is everywhere.", valueName: "name"))
        var interface: String?
        @Option(
            name: [.customShort("r"), .customLong("read")], help: ArgumentHelp("Read a file of tcpdump or Wireshark.", valueName: "file"))
        var file: String?
        @Option(help: ArgumentHelp("A UDP port to look at; may be repeated. Those of RADIUS when left out.", valueName: "port"))
        var port: [UInt16] = []
        @Option(
            help: ArgumentHelp(
                "The shared secret; those of the NAS devices when left out. Other users of this machine can see it.", valueName: "secret"))
        var secret: String?
        @Option(help: ArgumentHelp("Only requests with this User-Name, and their replies.", valueName: "name")) var user: String?
        @Option(help: ArgumentHelp("Only requests of this Calling-Station-Id, in any notation.", valueName: "address")) var mac: String?
        @Option(help: ArgumentHelp("Write what is shown to a capture file.", valueName: "file")) var write: String?
        @Flag(help: "Print the summary only.") var quiet = false
        @Flag(help: "Print one JSON object for each packet, and one for the summary.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (interface == nil) != (file == nil) else { throw ValidationError("Give either -i INTERFACE or -r FILE.") }
        }

        func run() throws {
            let configuration = try options.load()
            let dictionary = try configuration.loadDictionary()
            let source = try CaptureSource(interface: interface, file: file)
            try source.filter(CaptureFilter.expression(ports: port.isEmpty ? CaptureFilter.usualPorts : port, linkType: source.linkType))
            let signal = StopSignal { source.stop() }
            defer { signal.cancel() }
            var matcher = ExchangeMatcher(secrets: try CaptureSecrets.lookup(secret, configuration, options))
            let filter = CaptureFilter(user: user, station: mac)
            let output = try write.map { try CaptureFile(path: $0, linkType: source.linkType) }
            var summary = CaptureSummary()
            while let frame = try source.nextFrame() {
                switch FrameContent(frame, linkType: source.linkType) {
                case .other: break
                case .fragment: summary.fragments += 1
                case .datagram(let datagram):
                    guard let observation = matcher.observe(datagram, in: frame), filter.matches(observation) else { continue }
                    summary.add(observation)
                    try output?.append(frame)
                    if !quiet { try show(ObservedPacket(observation, dictionary)) }
                }
            }
            matcher.finish()
            summary.finish(matcher.counts)
            try show(summary, lost: source.lostFrames)
        }

        private func show(_ packet: ObservedPacket) throws {
            if json { return Output.line(try Self.line(packet)) }
            Output.line(Output.printable(packet.heading))
            for attribute in packet.attributes { Output.line("    \(Output.printable("\(attribute.name) = \(attribute.value)"))") }
        }

        private func show(_ summary: CaptureSummary, lost: Int?) throws {
            if json { return Output.line(try Self.line(summary)) }
            for line in summary.lines { Output.line(line) }
            if let lost, lost > 0 { Output.complain("the kernel threw \(lost) packets away before they were read") }
        }

        private static func line(_ value: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
    }
}

/// Calls back when the user interrupts the program.
struct StopSignal {
    private let source: any DispatchSourceSignal

    init(_ stop: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler(handler: stop)
        source.resume()
    }

    func cancel() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
