import CResolver
import RADIUSTransport

/// Dynamic peer discovery over DNS: NAPTR of the realm, then SRV, then addresses (RFC 7585 §3.4).
public struct DNSPeerDiscovery: PeerDiscovery {
    /// Services of NAPTR records that count, in any case: `aaa+auth:radius.tls.tcp` (RFC 7585), `x-eduroam:radius.tls` (eduroam).
    public var services = ["aaa+auth:radius.tls.tcp", "x-eduroam:radius.tls"]
    /// Host names that are this server: a realm that leads to one of them would come back.
    public var ownHosts: Set<String> = []
    /// For each attempt.
    public var timeoutSeconds: UInt32 = 5
    /// An IPv4 name server and its port; nil for the system's.
    public var server: (address: String, port: UInt16)?

    /// Port of RADIUS over TLS (RFC 6614 §2.1), for NAPTR records that lead to a host at once.
    private static let defaultPort: UInt16 = 2083
    /// More records than this are somebody's attempt to keep us busy.
    private static let recordLimit = 16
    /// Where DNS did not answer, which is no reason to forget a realm for long.
    private static let retry = Duration.seconds(60)

    public init() {}

    public func discover(_ realm: String) -> DiscoveryResult {
        guard Self.isName(realm) else { return DiscoveryResult(peers: [], lifetime: .zero) }
        var lifetime: UInt32 = .max
        guard let pointers = query(realm, cresolver_naptr, &lifetime) else { return DiscoveryResult(peers: [], lifetime: Self.retry) }
        let wanted = pointers.filter { services.contains($0.service.lowercased()) && !$0.target.isEmpty }
            .sorted { ($0.order, $0.preference) < ($1.order, $1.preference) }
        var peers: [DiscoveredPeer] = []
        for (place, pointer) in wanted.enumerated() where peers.count < Self.recordLimit {
            let place = UInt16(clamping: place)
            switch pointer.flags.lowercased() {
            case "s":
                let hosts = (query(pointer.target, cresolver_srv, &lifetime) ?? []).filter { !$0.target.isEmpty && $0.port > 0 }
                peers += hosts.sorted { $0.order < $1.order }.flatMap { record in
                    addresses(record.target, &lifetime).map {
                        DiscoveredPeer(
                            host: record.target, address: $0, port: record.port, pointer: place, priority: record.order,
                            weight: record.preference)
                    }
                }
            case "a":
                peers += addresses(pointer.target, &lifetime).map {
                    DiscoveredPeer(host: pointer.target, address: $0, port: Self.defaultPort, pointer: place)
                }
            default: continue
            }
        }
        let seconds = lifetime == .max ? 0 : Int64(lifetime)
        return DiscoveryResult(peers: Array(peers.prefix(Self.recordLimit)), lifetime: .seconds(seconds))
    }

    /// Whether a realm may be asked for: labels of letters, digits, `-` and `_`, two or more of them.
    private static func isName(_ realm: String) -> Bool {
        let labels = realm.split(separator: ".", omittingEmptySubsequences: false)
        return realm.utf8.count <= 253 && labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x2d || $0 == 0x5f }
            }
    }

    private func addresses(_ host: String, _ lifetime: inout UInt32) -> [IPAddress] {
        guard Self.isName(host), !ownHosts.contains(host.lowercased()) else { return [] }
        let six = (query(host, cresolver_aaaa, &lifetime) ?? []).compactMap { IPAddress(bytes: $0.address) }
        let four = (query(host, cresolver_a, &lifetime) ?? []).compactMap { IPAddress(bytes: $0.address.prefix(4)) }
        return six + four
    }

    private struct Record {
        var order: UInt16
        var preference: UInt16
        var port: UInt16
        var address: [UInt8]
        var flags: String
        var service: String
        var target: String
    }

    /// - Returns: nil where nobody answered.
    private func query(_ name: String, _ type: Int, _ lifetime: inout UInt32) -> [Record]? {
        var raw = [cresolver_record](repeating: cresolver_record(), count: Self.recordLimit)
        let count = Int(
            cresolver_query(name, UInt16(type), server?.address, server?.port ?? 0, timeoutSeconds, &raw, Int32(Self.recordLimit)))
        guard count >= 0 else { return nil }
        return raw.prefix(count).map { record in
            lifetime = min(lifetime, record.ttl)
            return Record(
                order: record.order, preference: record.preference, port: record.port,
                address: withUnsafeBytes(of: record.address) { Array($0) }, flags: Self.text(record.flags),
                service: Self.text(record.service), target: Self.text(record.target))
        }
    }

    /// A C string inside a struct.
    private static func text<T>(_ field: T) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
