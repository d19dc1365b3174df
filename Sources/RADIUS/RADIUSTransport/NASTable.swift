/// The NAS clients at one moment, found by source address. Immutable: a change makes a new table.
public struct NASTable: Sendable {
    private let clients: [IPPrefix: NASClient]
    /// Prefix lengths in use, longest first.
    private let lengths4: [Int]
    private let lengths6: [Int]

    /// Of two clients with the same prefix the first is kept.
    public init(_ clients: [NASClient]) {
        self.clients = Dictionary(clients.map { ($0.prefix, $0) }) { first, _ in first }
        func lengths(_ version: UInt8) -> [Int] {
            Set(clients.map(\.prefix).filter { $0.address.version == version }.map(\.length)).sorted(by: >)
        }
        lengths4 = lengths(4)
        lengths6 = lengths(6)
    }

    /// The client with the longest prefix that contains `address`; one dictionary look-up for each prefix length in use.
    public func client(for address: IPAddress) -> NASClient? {
        for length in address.version == 4 ? lengths4 : lengths6 {
            if let client = clients[IPPrefix(address, length: length)] { return client }
        }
        return nil
    }

    /// All clients, in no order.
    public var all: [NASClient] { Array(clients.values) }

    /// Number of clients.
    public var count: Int { clients.count }
}
