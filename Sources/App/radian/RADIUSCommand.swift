import ArgumentParser
import Composition
import RADIUSClient
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

struct RADIUSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "radius",
        abstract: "Send requests to a RADIUS server: tests and measurements; watch traffic.",
        discussion: """
            Example:
              radian radius test alice 'correct horse' --method mschapv2
            """,
        subcommands: [Test.self, Accounting.self, Send.self, Status.self, Load.self, Verify.self, Echo.self, Sniff.self])
}

/// Whom to ask, and with which secret.
struct RADIUSServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server; the configured port on 127.0.0.1 when left out.", valueName: "host:port")) var server: String?
    @Option(
        help: ArgumentHelp(
            "The shared secret; 0x begins hexadecimal digits. For this machine it is taken from the NAS that covers it.",
            valueName: "secret"))
    var secret: String?
    @OptionGroup var options: ConfigurationOptions

    /// - Parameter port: the default.
    func address(_ configuration: RadianConfiguration, port: KeyPath<RadianConfiguration, Int>) throws -> ServerAddress {
        let usual = UInt16(clamping: configuration[keyPath: port])
        if let server { return try Self.address(server, defaultPort: usual) }
        guard usual > 0 else { throw ValidationError("The configured port is 0, any free one: give --server HOST:PORT.") }
        return ServerAddress(host: "127.0.0.1", port: usual)
    }

    static func address(_ text: String, defaultPort: UInt16) throws -> ServerAddress {
        guard let address = ServerAddress(text, defaultPort: defaultPort) else {
            throw ValidationError("'\(text)' is no server; write HOST:PORT or [IPV6]:PORT.")
        }
        return address
    }

    func sharedSecret(_ configuration: RadianConfiguration, for server: ServerAddress) throws -> SharedSecret {
        if let secret {
            guard let shared = SharedSecret(text: secret) else { throw ValidationError("The shared secret is empty.") }
            return shared
        }
        let host = server.host == "localhost" ? "127.0.0.1" : server.host
        guard let address = IPAddress(host), ["127.0.0.1", "::1"].contains(address.description) else {
            throw ValidationError("Give --secret SECRET for a server on another machine.")
        }
        // Packets to the loopback address come from it.
        guard let shared = try configuration.secret(for: address, options.openForReading()) else {
            throw CommandFailure(
                "no NAS covers \(address); give --secret, or add one with 'radian nas add localhost --address \(address) --secret SECRET'")
        }
        return shared
    }
}

/// The same with the patience for single requests.
struct ExchangeOptions: ParsableArguments {
    @OptionGroup var server: RADIUSServerOptions
    @Option(help: ArgumentHelp("How long to wait for a reply before the request is sent again.", valueName: "seconds")) var timeout = 1.0
    @Option(help: ArgumentHelp("How often to send the request.", valueName: "n")) var attempts = 3
    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp("A further attribute of the request; may be repeated.", valueName: "name=value"))
    var attribute: [String] = []

    func validate() throws {
        guard timeout > 0, timeout <= 60, attempts > 0, attempts <= 10 else {
            throw ValidationError("--timeout is up to 60 seconds, --attempts 1 to 10.")
        }
    }

    /// - Parameter port: the default.
    func exchange(port: KeyPath<RadianConfiguration, Int>) throws -> Exchange {
        let configuration = try server.options.load()
        return try exchange(
            with: try server.address(configuration, port: port), configuration, try configuration.loadDictionary())
    }

    func exchange(
        with address: ServerAddress, _ configuration: RadianConfiguration, _ dictionary: AttributeDictionary
    ) throws -> Exchange {
        Exchange(
            server: address, secret: try server.sharedSecret(configuration, for: address), dictionary: dictionary,
            timeout: .milliseconds(Int64(timeout * 1000)), attempts: attempts)
    }

    /// The attributes of `--attribute`.
    func attributes(_ dictionary: AttributeDictionary) throws -> [Attribute] {
        try attribute.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("'\(text)' is no attribute; write NAME=VALUE.") }
            return try dictionary.parse(String(parts[0]), String(parts[1]))
        }
    }
}

extension AttributeDictionary {
    /// An attribute from its name, with `:TAG` behind it where it has one, and its value's text.
    func parse(_ name: String, _ value: String) throws -> Attribute {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard let bare = parts.first, let definition = attribute(named: bare) else {
            throw ValidationError("The dictionary has no attribute '\(name)'; 'radian dictionary find \(name)' searches it.")
        }
        do {
            return try Attribute.parse(value, for: definition, tag: parts.count > 1 ? UInt8(parts[1]) : nil)
        } catch {
            throw ValidationError("The value does not fit \(definition.name): \(error)")
        }
    }
}

extension ClientReply {
    /// Prints what came back, hidden values masked.
    func show(from server: ServerAddress) {
        let milliseconds = Double(roundTrip / .microseconds(1)) / 1000
        let sent = attempts > 1 ? ", sent \(attempts) times" : ""
        Output.line("\(code.name) from \(server) in \(milliseconds) ms\(sent)")
        for attribute in attributes {
            let tag = attribute.tag.map { ":\($0)" } ?? ""
            let value = attribute.isSecret ? SecretMask.text : Output.printable(attribute.printedValue)
            Output.line("  \(attribute.definition.name)\(tag) = \(value)")
        }
    }
}
