import ArgumentParser
import Composition
import RADIUSClient
import RADIUSWire

extension RADIUSCommand {
    struct Accounting: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acct",
            abstract: "Send accounting for a session, or for a NAS as a whole.",
            discussion: """
                Start, interim and stop of one session have the same --session; it is made from the user's name when left out.

                Example:
                  radian radius acct start alice --framed-ip 10.0.0.7
                  radian radius acct interim alice --seconds 60 --input-octets 1000 --output-octets 5000
                  radian radius acct stop alice --seconds 90 --cause User-Request
                  radian radius acct on
                """)

        enum Status: String, CaseIterable, ExpressibleByArgument {
            case start, interim, stop, on, off

            var wireStatus: Exchange.AccountingStatus {
                switch self {
                case .start: .start
                case .interim: .interimUpdate
                case .stop: .stop
                case .on: .accountingOn
                case .off: .accountingOff
                }
            }
        }

        @Argument(help: "What happened.") var status: Status
        @Argument(help: "User-Name; none for on and off.") var user: String?
        @Option(help: ArgumentHelp("Acct-Session-Id.", valueName: "id")) var session: String?
        @Option(help: ArgumentHelp("NAS-IP-Address.", valueName: "address")) var nasIP = "127.0.0.1"
        @Option(help: ArgumentHelp("Acct-Session-Time.", valueName: "n")) var seconds: UInt32?
        @Option(help: ArgumentHelp("Received from the user.", valueName: "n")) var inputOctets: UInt64?
        @Option(help: ArgumentHelp("Sent to the user.", valueName: "n")) var outputOctets: UInt64?
        @Option(help: ArgumentHelp("Framed-IP-Address.", valueName: "address")) var framedIP: String?
        @Option(help: ArgumentHelp("Calling-Station-Id.", valueName: "mac")) var callingStationID: String?
        @Option(help: ArgumentHelp("Acct-Terminate-Cause, such as User-Request.", valueName: "cause")) var cause: String?
        @OptionGroup var options: ExchangeOptions

        func validate() throws {
            guard user != nil || status == .on || status == .off else { throw ValidationError("Give the user's name.") }
        }

        func run() throws {
            let exchange = try options.exchange(port: \.acctPort)
            let attributes = try texts.map { try exchange.dictionary.parse($0.name, $0.value) }
            try exchange.account(status.wireStatus, attributes: attributes + options.attributes(exchange.dictionary))
                .show(from: exchange.server)
        }

        private var texts: [(name: String, value: String)] {
            var texts = [("NAS-IP-Address", nasIP)]
            guard status != .on, status != .off else { return texts + [("Acct-Session-Id", session ?? "00000000")] }
            let name = user ?? ""
            texts += [("User-Name", name), ("Acct-Session-Id", session ?? "radian-\(name)")]
            if let seconds { texts.append(("Acct-Session-Time", String(seconds))) }
            // Counters of 32 bits, and how often they ran over (RFC 2869 §5.1).
            for (direction, octets) in [("Input", inputOctets), ("Output", outputOctets)] {
                guard let octets else { continue }
                texts.append(("Acct-\(direction)-Octets", String(UInt32(truncatingIfNeeded: octets))))
                if octets >> 32 > 0 { texts.append(("Acct-\(direction)-Gigawords", String(octets >> 32))) }
            }
            for (attribute, value) in [
                ("Framed-IP-Address", framedIP), ("Calling-Station-Id", callingStationID), ("Acct-Terminate-Cause", cause),
            ] {
                if let value { texts.append((attribute, value)) }
            }
            return texts
        }
    }
}
