import ArgumentParser
import Composition
import NASClients
import RADIUSTransport
import RADIUSWire
import SessionActions

extension NASCommand {
    struct CoA: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "coa",
            abstract: "Say where a NAS takes Disconnect- and CoA-Requests.",
            discussion: """
                Without options it shows what is set. The usual is the NAS's own address and secret, and port 3799, or 1700 for Cisco and
                Meraki.

                Example:
                  radian nas coa lobby --port 1700
                  radian nas coa branch --address 198.51.100.7
                  radian nas coa lobby --usual
                """)

        @Argument(help: "The NAS's name.") var name: String
        @Option(help: ArgumentHelp("UDP port.", valueName: "port")) var port: Int?
        @Option(help: ArgumentHelp("Send there instead, as for a NAS behind NAT.", valueName: "address")) var address: String?
        @OptionGroup var secret: OptionalSharedSecretOptions
        @Flag(inversion: .prefixedEnableDisable, help: "Whether requests are sent to it at all.") var requests: Bool?
        @Flag(help: "Forget all settings.") var usual = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if let port, !(1...65535).contains(port) { throw ValidationError("--port is 1 to 65535.") }
            if let address, IPAddress(address) == nil { throw ValidationError("'\(address)' is no IPv4 or IPv6 address.") }
        }

        func run() throws {
            let configuration = try options.load()
            let connection = try options.openForWriting()
            guard
                try NASStore(connection).all().contains(where: { $0.name == name })
                    || configuration.nasClients.contains(where: { $0.name == name })
            else { throw NASError.unknown(name: name) }
            let store = NASTargetStore(connection)
            if usual {
                _ = try store.remove(name)
                return Output.line("NAS '\(Output.printable(name))': as usual")
            }
            var target = try store.target(name) ?? NASTarget(nas: name)
            let before = target
            if let port { target.port = port }
            if let address { target.address = address }
            if let secret = try secret.read() { target.secret = secret }
            if let requests { target.isDisabled = !requests }
            if target != before { try store.set(target) }
            Output.details([
                ("nas", target.nas), ("address", target.address ?? "its own"), ("port", target.port.map { String($0) } ?? "its vendor's"),
                ("secret", target.secret == nil ? "its own" : SecretMask.text), ("requests", target.isDisabled ? "not sent" : "sent"),
            ])
        }
    }
}
