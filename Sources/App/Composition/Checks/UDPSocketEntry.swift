import Foundation
import RADIUSTransport

/// A UDP socket of this machine, as Linux's `/proc/net/udp` and `/proc/net/udp6` list them.
struct UDPSocketEntry: Equatable {
    var local: SocketEndpoint
    /// Datagrams thrown away since nobody read them in time.
    var drops: Int

    /// All sockets; empty where the system has no such files.
    static func all() -> [UDPSocketEntry] {
        ["/proc/net/udp", "/proc/net/udp6"].flatMap { path in
            parse((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
        }
    }

    /// Reads the table below its heading; lines that are none are left out.
    static func parse(_ table: String) -> [UDPSocketEntry] {
        table.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 13, let drops = Int(words[12]), let colon = words[1].firstIndex(of: ":"),
                let port = UInt16(words[1][words[1].index(after: colon)...], radix: 16),
                let address = address(words[1][..<colon])
            else { return nil }
            return UDPSocketEntry(local: SocketEndpoint(address: address, port: port), drops: drops)
        }
    }

    /// Words of 32 bits, each in the machine's byte order.
    private static func address(_ digits: Substring) -> IPAddress? {
        guard digits.utf8.count == 8 || digits.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var rest = digits
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            bytes += withUnsafeBytes(of: word, Array.init)
            rest = rest.dropFirst(8)
        }
        return IPAddress(bytes: bytes)
    }
}
