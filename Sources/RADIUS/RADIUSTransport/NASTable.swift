public import TLSEngine

/// The NAS clients at one moment. Immutable: a change makes a new table.
public final class NASTable: Sendable {
    /// Of several clients with one prefix, as many are tried.
    public static let candidateLimit = 8

    private let udp: SourceTable
    private let tcp: SourceTable
    private let tls: SourceTable
    private let dtls: SourceTable
    private let certificates: [CertificateRule: [NASClient]]
    private let identities: [String: NASClient]

    /// Of several clients with one prefix those that differ in secret or NAS-Identifier are kept, in order, up to ``candidateLimit``; of two
    /// with the same pre-shared key identity the first.
    public init(_ clients: [NASClient]) {
        func bySource(_ transport: NASTransport) -> SourceTable {
            SourceTable(clients.filter { $0.transports.contains(transport) && !(transport.isProtected && $0.isFoundByProof) })
        }
        udp = bySource(.udp)
        tcp = bySource(.tcp)
        tls = bySource(.tls)
        dtls = bySource(.dtls)
        certificates = Dictionary(
            grouping: clients.filter { $0.certificate != nil && !$0.transports.isDisjoint(with: [.tls, .dtls]) },
            by: { $0.certificate ?? .any })
        identities = Dictionary(clients.compactMap { client in client.preSharedKey.map { ($0.identity, client) } }) { first, _ in first }
        all = clients
    }

    /// The first client with the longest prefix that contains `address`, on UDP if there is one, else on another transport.
    public func client(for address: IPAddress) -> NASClient? {
        udp.clients(for: address).first ?? tcp.clients(for: address).first ?? tls.clients(for: address).first
            ?? dtls.clients(for: address).first
    }

    /// The client at an address that an organization has; of clients that share it with other organizations' one of its own, if there is
    /// one, else the first.
    public func client(for address: IPAddress, organizationID: String?) -> NASClient? {
        let first = client(for: address)
        guard let organizationID, first?.organizationID != organizationID else { return first }
        for table in [udp, tcp, tls, dtls] {
            if let own = table.clients(for: address).first(where: { $0.organizationID == organizationID }) { return own }
        }
        return first
    }

    /// The clients with the longest prefix that contains `address`: one, or several that share it and differ in secret or NAS-Identifier.
    public func clients(for address: IPAddress, over transport: NASTransport) -> [NASClient] {
        switch transport {
        case .udp: udp.clients(for: address)
        case .tcp: tcp.clients(for: address)
        case .tls: tls.clients(for: address)
        case .dtls: dtls.clients(for: address)
        }
    }

    /// The client that a verified certificate stands for: by the most specific of its rules, else by its address.
    public func client(showing certificate: Certificate, from address: IPAddress, over transport: NASTransport) -> NASClient? {
        for rule in CertificateRule.met(by: certificate) {
            if let client = certificates[rule]?.first(where: { $0.transports.contains(transport) && $0.covers(address) }) { return client }
        }
        return clients(for: address, over: transport).first
    }

    /// The client that proved a pre-shared key.
    public func client(identity: String, from address: IPAddress, over transport: NASTransport) -> NASClient? {
        guard let client = identities[identity], client.transports.contains(transport), client.covers(address) else { return nil }
        return client
    }

    /// The key that belongs to an identity.
    public func preSharedKey(identity: String) -> [UInt8]? { identities[identity]?.preSharedKey?.key }

    /// All clients, in the order in which they came.
    public let all: [NASClient]

    /// Number of clients.
    public var count: Int { all.count }
}

/// Clients by the longest prefix of their addresses.
struct SourceTable: Sendable {
    private let clients: [IPPrefix: [NASClient]]
    /// Prefix lengths in use, longest first.
    private let lengths4: [Int]
    private let lengths6: [Int]

    init(_ all: [NASClient]) {
        clients = Dictionary(grouping: all, by: \.prefix).mapValues { sharing in
            var candidates: [NASClient] = []
            // Nothing would tell clients with one secret from each other: the first stands for them.
            for client in sharing where candidates.count < NASTable.candidateLimit {
                if !candidates.contains(where: { $0.secret == client.secret && $0.nasIdentifier == client.nasIdentifier }) {
                    candidates.append(client)
                }
            }
            return candidates
        }
        func lengths(_ version: UInt8) -> [Int] {
            Set(all.map(\.prefix).filter { $0.address.version == version }.map(\.length)).sorted(by: >)
        }
        lengths4 = lengths(4)
        lengths6 = lengths(6)
    }

    /// One dictionary look-up for each prefix length in use.
    func clients(for address: IPAddress) -> [NASClient] {
        for length in address.version == 4 ? lengths4 : lengths6 {
            if let found = clients[IPPrefix(address, length: length)] { return found }
        }
        return []
    }
}
