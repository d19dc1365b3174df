public import Database
import NIOConcurrencyHelpers
public import RADIUSTransport

/// Names for devices and their ports, from the table `radhuntgroup` that FreeRADIUS sites keep: what `Huntgroup-Name` compares.
public final class HuntGroupDirectory: Sendable {
    private struct Entry {
        let name: String
        let prefix: IPPrefix
        /// Nil for every port.
        let port: String?
    }

    private let entries = NIOLockedValueBox<[Entry]>([])

    public init() {}

    /// The hunt group of a request: a row with the port comes before one without, then the order of the rows counts.
    /// - Parameters:
    ///   - address: the NAS's, as the request says it.
    ///   - ports: what the request says of the port: NAS-Port-Id, NAS-Port.
    public func name(_ address: IPAddress, ports: [String]) -> String? {
        let entries = entries.withLockedValue { $0 }
        guard !entries.isEmpty else { return nil }
        let fitting = entries.filter { $0.prefix.contains(address) }
        return (fitting.first { $0.port.map(ports.contains) ?? false } ?? fitting.first { $0.port == nil })?.name
    }

    private static let everything = Statement(
        "SELECT groupname, CAST(nasipaddress AS text), CAST(nasportid AS text) FROM radhuntgroup ORDER BY id")

    /// Reads the rows again; those without an address are passed over.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let rows = try connection.rows(Self.everything) { row throws(DatabaseError) in
            let port = row.textOrNil(2) ?? ""
            return IPPrefix(row.text(1)).map { Entry(name: row.text(0), prefix: $0, port: port.isEmpty ? nil : port) }
        }
        entries.withLockedValue { $0 = rows.compactMap(\.self) }
    }
}
