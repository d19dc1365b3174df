import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSProxy
import RADIUSWire
import TestSupport
import Testing

@testable import RADIUSTransport

/// A DNS server on loopback with records in wire form; answers UDP only.
private final class TinyDNS: Sendable {
    struct Record: Sendable {
        var type: UInt16
        var ttl: UInt32 = 300
        var data: [UInt8]
    }

    let port: UInt16
    let questions = NIOLockedValueBox<[String]>([])
    private let socket: UDPSocket
    private let thread: NamedThread
    private let isStopped: NIOLockedValueBox<Bool>

    init(_ zone: [String: [Record]]) throws {
        let socket = try UDPSocket(boundTo: #require(SocketEndpoint("127.0.0.1:0")), receiveBufferBytes: 1 << 16)
        self.socket = socket
        port = socket.local.port
        let isStopped = NIOLockedValueBox(false)
        self.isStopped = isStopped
        thread = NamedThread("dns") { [questions] in
            let batch = DatagramBatch(capacity: 1)
            while !isStopped.withLockedValue({ $0 }) {
                guard batch.receive(from: socket, wait: true) == 1, let datagram = batch[0] else { continue }
                let query = Array(datagram.bytes)
                guard query.count > 12, let end = query[12...].firstIndex(of: 0), query.count >= end + 5 else { continue }
                var labels: [String] = []
                var index = 12
                while index < end {
                    labels.append(String(decoding: query[(index + 1)...(index + Int(query[index]))], as: UTF8.self))
                    index += 1 + Int(query[index])
                }
                let name = labels.joined(separator: ".").lowercased()
                let type = UInt16(query[end + 1]) << 8 | UInt16(query[end + 2])
                questions.withLockedValue { $0.append("\(name) \(type)") }
                let records = (zone[name] ?? []).filter { $0.type == type }
                // NXDOMAIN for names that are not in the zone at all.
                var reply =
                    query[0...1] + [0x85, zone[name] == nil ? 3 : 0, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0] + query[12...(end + 4)]
                for record in records {
                    reply += [0xc0, 12] + Self.octets(record.type) + [0, 1] + Self.octets(UInt16(record.ttl >> 16))
                    reply += Self.octets(UInt16(truncatingIfNeeded: record.ttl)) + Self.octets(UInt16(record.data.count)) + record.data
                }
                _ = socket.send(Array(reply), to: datagram.source, from: socket.local)
            }
        }
    }

    deinit {
        isStopped.withLockedValue { $0 = true }
        socket.interrupt()
        thread.join()
    }

    static func octets(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + $0.utf8 } + [0]
    }

    static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }

    static func naptr(_ order: UInt16, _ flags: String, _ service: String, _ target: String, ttl: UInt32 = 300) -> Record {
        Record(type: 35, ttl: ttl, data: octets(order) + octets(10) + text(flags) + text(service) + text("") + name(target))
    }

    static func srv(_ priority: UInt16, _ port: UInt16, _ target: String, ttl: UInt32 = 300) -> Record {
        Record(type: 33, ttl: ttl, data: octets(priority) + octets(5) + octets(port) + name(target))
    }

    static func a(_ octets: [UInt8], ttl: UInt32 = 300) -> Record { Record(type: 1, ttl: ttl, data: octets) }
    static func aaaa(_ octets: [UInt8]) -> Record { Record(type: 28, data: octets) }
}

@Suite struct DNSPeerDiscoveryTests {
    private let service = "aaa+auth:radius.tls.tcp"

    private func discover(_ realm: String, _ zone: [String: [TinyDNS.Record]], own: Set<String> = []) throws -> (DiscoveryResult, [String])
    {
        let dns = try TinyDNS(zone)
        var discovery = DNSPeerDiscovery()
        discovery.server = ("127.0.0.1", dns.port)
        discovery.timeoutSeconds = 5
        discovery.ownHosts = own
        let result = discovery.discover(realm)
        return (result, dns.questions.withLockedValue { $0 })
    }

    @Test func naptrLeadsToSRVAndAddresses() throws {
        let six: [UInt8] = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        let (result, _) = try discover(
            "example.org",
            [
                "example.org": [
                    TinyDNS.naptr(20, "s", "x-other:radius.tls", "wrong.example.org"),
                    TinyDNS.naptr(10, "S", "AAA+auth:radius.tls.tcp", "_radiustls._tcp.example.org"),
                ],
                "_radiustls._tcp.example.org": [
                    TinyDNS.srv(20, 2083, "second.example.org"), TinyDNS.srv(10, 12083, "first.example.org", ttl: 120),
                ],
                "first.example.org": [TinyDNS.a([192, 0, 2, 1]), TinyDNS.aaaa(six)],
                "second.example.org": [TinyDNS.a([192, 0, 2, 2])],
            ])
        #expect(
            result.peers == [
                DiscoveredPeer(
                    host: "first.example.org", address: try #require(IPAddress("2001:db8::1")), port: 12083, priority: 10, weight: 5),
                DiscoveredPeer(
                    host: "first.example.org", address: try #require(IPAddress("192.0.2.1")), port: 12083, priority: 10, weight: 5),
                DiscoveredPeer(
                    host: "second.example.org", address: try #require(IPAddress("192.0.2.2")), port: 2083, priority: 20, weight: 5),
            ])
        #expect(result.lifetime == .seconds(120), "the shortest TTL counts")
    }

    @Test func naptrMayLeadToAHostAtOnce() throws {
        let (result, _) = try discover(
            "uni.edu",
            ["uni.edu": [TinyDNS.naptr(1, "a", "x-eduroam:radius.tls", "radius.uni.edu")], "radius.uni.edu": [TinyDNS.a([192, 0, 2, 9])]])
        #expect(result.peers.map(\.port) == [2083])
        #expect(result.peers.map(\.host) == ["radius.uni.edu"])
    }

    @Test func theFirstPointersServersGoBeforeTheNexts() throws {
        let (result, _) = try discover(
            "example.org",
            [
                "example.org": [TinyDNS.naptr(20, "s", service, "b.example.org"), TinyDNS.naptr(10, "s", service, "a.example.org")],
                "a.example.org": [TinyDNS.srv(30, 2083, "first.example.org")],
                "b.example.org": [TinyDNS.srv(5, 2083, "second.example.org")],
                "first.example.org": [TinyDNS.a([192, 0, 2, 1])], "second.example.org": [TinyDNS.a([192, 0, 2, 2])],
            ])
        #expect(result.peers.map(\.host) == ["first.example.org", "second.example.org"])
        #expect(result.peers.map(\.pointer) == [0, 1], "although the SRV priority of the second is lower")
    }

    @Test func realmsWithoutServersAndOurOwnNamesGiveNothing() throws {
        #expect(try discover("example.org", ["example.org": []]).0.peers.isEmpty)
        #expect(try discover("nowhere.org", [:]).0.peers.isEmpty)
        let zone = [
            "example.org": [TinyDNS.naptr(1, "a", service, "me.example.net")], "me.example.net": [TinyDNS.a([192, 0, 2, 1])],
        ]
        #expect(try discover("example.org", zone, own: ["me.example.net"]).0.peers.isEmpty)
        #expect(try discover("example.org", zone).0.peers.count == 1)
    }

    @Test(arguments: ["localhost", "a..b", "exa mple.org", ".org", "a.\u{e4}", "x.'; --", String(repeating: "a", count: 64) + ".org", ""])
    func whatIsNoDomainIsNotAsked(realm: String) throws {
        let (result, questions) = try discover(realm, [:])
        #expect(result.peers.isEmpty && questions.isEmpty)
    }

    @Test func damagedRecordsAreLeftOut() throws {
        var short = TinyDNS.naptr(1, "s", service, "x.example.org")
        short.data.removeLast(short.data.count - 7)
        let (result, _) = try discover(
            "example.org",
            [
                "example.org": [
                    short, TinyDNS.Record(type: 35, data: [0, 1, 0, 1, 200, 65]), TinyDNS.naptr(2, "a", service, "h.example.org"),
                ],
                "h.example.org": [TinyDNS.Record(type: 1, data: [1, 2, 3]), TinyDNS.a([192, 0, 2, 3])],
            ])
        #expect(result.peers.map(\.address) == [try #require(IPAddress("192.0.2.3"))])
    }
}

/// Answers from a table and counts.
private final class FakeDiscovery: PeerDiscovery {
    let asked = NIOLockedValueBox<[String]>([])
    private let answers: [String: DiscoveryResult]

    init(_ answers: [String: DiscoveryResult]) { self.answers = answers }

    func discover(_ realm: String) -> DiscoveryResult {
        asked.withLockedValue { $0.append(realm) }
        return answers[realm] ?? DiscoveryResult(peers: [], lifetime: .zero)
    }
}

@Suite struct DiscoveredServersTests {
    private func site(_ discovery: FakeDiscovery, home: ScriptedHomeServer, _ seen: NIOLockedValueBox<[HomeServer]>) throws
        -> ProxyInstallation
    {
        var realm = try #require(Realm(name: "~\\.org$"))
        realm.isDiscovered = true
        return try ProxyInstallation(
            ProxyConfiguration(realms: [realm]), discovery: discovery,
            links: { server, role, receiver in
                seen.withLockedValue { $0.append(server) }
                // The certificate is the link's affair; here a datagram is as good as a connection.
                return home.configuration.makeUDPLink(role, receiver: receiver)
            })
    }

    @Test func aRealmsServersAreFoundOnceAndUsed() throws {
        let home = try ScriptedHomeServer("home")
        let peer = DiscoveredPeer(host: "radius.a.org", address: IPAddress(ipv4: 0x7f00_0001), port: 2083)
        let discovery = FakeDiscovery(["a.org": DiscoveryResult(peers: [peer], lifetime: .seconds(300))])
        let seen = NIOLockedValueBox<[HomeServer]>([])
        let site = try site(discovery, home: home, seen)
        for _ in 0..<3 { #expect(try site.logIn("bob@A.org").code == .accessAccept) }
        #expect(discovery.asked.withLockedValue { $0 } == ["a.org"])
        let server = try #require(seen.withLockedValue { $0.first })
        #expect(server.transport == .tls && server.certificateRealm == "a.org" && server.host == "radius.a.org")
        #expect(site.router.statuses.count == 1)
    }

    @Test func aRealmWithoutServersIsLeftAloneForAWhile() throws {
        let discovery = FakeDiscovery([:])
        let site = try site(discovery, home: try ScriptedHomeServer("home"), NIOLockedValueBox([]))
        for _ in 0..<3 { #expect(try site.logIn("bob@b.org").isSilent) }
        #expect(discovery.asked.withLockedValue { $0 } == ["b.org"], "ten minutes of peace (RFC 7585)")
    }

    @Test func loginsThatComeTogetherAskOnce() throws {
        let home = try ScriptedHomeServer("home")
        let peer = DiscoveredPeer(host: "radius.a.org", address: IPAddress(ipv4: 0x7f00_0001), port: 2083)
        let discovery = FakeDiscovery(["a.org": DiscoveryResult(peers: [peer], lifetime: .seconds(300))])
        let site = try site(discovery, home: home, NIOLockedValueBox([]))
        let accepted = NIOLockedValueBox(0)
        let threads = (0..<8).map { _ in
            NamedThread("login") {
                if (try? site.logIn("bob@a.org"))?.code == .accessAccept { accepted.withLockedValue { $0 += 1 } }
            }
        }
        for thread in threads { thread.join() }
        #expect(accepted.withLockedValue { $0 } == 8)
        #expect(discovery.asked.withLockedValue { $0 }.count == 1)
    }
}
