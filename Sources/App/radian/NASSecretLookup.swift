import Composition
import Database
import Logging
import NASClients
import RADIUSTransport
import RADIUSWire

extension RadianConfiguration {
    /// The shared secret that the server uses for packets from an address: of the configuration's NAS devices and the database's.
    func secret(for source: IPAddress, _ connection: any DatabaseConnection) throws -> SharedSecret? {
        let registry = NASRegistry(configured: nasClients, logger: Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() })
        try registry.refresh(over: connection)
        return registry.table.client(for: source)?.secret
    }
}

extension SharedSecret {
    /// As a command line takes it: the text, or `0x` and hexadecimal digits for what is no plain text.
    var text: String {
        if bytes.allSatisfy({ (0x21...0x7e).contains($0) }) { return String(decoding: bytes, as: UTF8.self) }
        let digits = Array("0123456789abcdef")
        return "0x" + String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
