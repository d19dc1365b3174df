import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite
struct StatisticsTests {
    @Test("each client's packets are counted by what became of them")
    func clientCounts() throws {
        let listener = try TestListener { request in
            .reply(ReplyPacket(code: request.packet.identifier == 2 ? .accessReject : .accessAccept, delay: .zero))
        }
        let client = try listener.client()
        let first = try TestPacket.access(1, signed: false)
        _ = try client.exchange(first)
        _ = try client.exchange(first)
        _ = try client.exchange(TestPacket.access(2))
        client.send(try TestPacket.broken(access: 3))
        client.send([1, 4, 0, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 9])
        client.send(try TestPacket.accounting(5))
        // Whoever is answered behind them finds them counted, which does not hold for Status-Server.
        _ = try client.exchange(TestPacket.access(6))
        _ = try client.exchange(TestPacket.status(7))

        let counts = listener.counters.counts(of: .configured("test"), role: .authentication)
        #expect(counts.requests == 6)
        #expect(counts.accepts == 2)
        #expect(counts.rejects == 1)
        #expect(counts.responses == 3)
        #expect(counts.duplicates == 1)
        #expect(counts.badAuthenticators == 1)
        #expect(counts.malformed == 1)
        #expect(counts.unknownTypes == 1)
        #expect(counts.dropped == 0)
        #expect(counts.withoutMessageAuthenticator == 2)
        let now = TransportClock.system.epoch() / 1_000_000_000
        #expect(abs(counts.lastRequest - now) < 30)
        #expect(abs(counts.lastBadAuthenticator - now) < 30)
        #expect(listener.counters.sources()[.authentication]?.clients[.configured("test")] == counts)
    }

    @Test("a request decided later and one let go count for their client too")
    func deferred() throws {
        let listener = try TestListener { request in
            if request.packet.identifier == 1 {
                request.responder.complete(.silence(.databaseUnavailable))
                return .deferred
            }
            return .reply(ReplyPacket(code: .accessReject, delay: .milliseconds(20)))
        }
        let client = try listener.client()
        client.send(try TestPacket.access(1))
        _ = try client.exchange(TestPacket.access(2))
        let counts = listener.counters.counts(of: .configured("test"), role: .authentication)
        #expect(counts.dropped == 1)
        #expect(counts.rejects == 1)
    }

    @Test("addresses that no client covers are remembered")
    func unknownSources() throws {
        let listener = try TestListener(clients: [.test("127.0.0.1")])
        let stranger = try listener.client(from: "127.0.0.2:0")
        stranger.send(try TestPacket.access(1))
        stranger.send(try TestPacket.access(2))
        _ = try listener.client().exchange(TestPacket.access(3))
        let unknown = try #require(listener.counters.sources()[.authentication]).unknown
        #expect(unknown.keys.map(\.description) == ["127.0.0.2"])
        #expect(unknown.values.first?.packets == 2)
    }

    @Test("forged sources cannot fill the memory, and old ones give way")
    func bounded() {
        var counts = SourceCounts()
        for number in 0..<3000 {
            var delta = SourceCounts()
            delta.unknownSource(IPAddress(ipv4: UInt32(number)), epoch: 1000)
            counts.add(delta)
        }
        #expect(counts.unknown.count == SourceCounts.unknownLimit)
        var later = SourceCounts()
        later.unknownSource(IPAddress(ipv4: 9999), epoch: 1000 + SourceCounts.unknownLifetime + 1)
        counts.add(later)
        #expect(counts.unknown.count == 1)
    }

    @Test("a NAS's clock is compared by its accounting")
    func clockSkew() throws {
        let listener = try TestListener(role: .accounting) { _ in .reply(ReplyPacket(code: .accountingResponse)) }
        let now = UInt32(TransportClock.system.epoch() / 1_000_000_000)
        let octets = { (value: UInt32) in withUnsafeBytes(of: value.bigEndian, Array.init) }
        let request = try Packet.request(
            .accountingRequest, identifier: 1, authenticator: nil,
            attributes: [40, 6, 0, 0, 0, 1, 55, 6] + octets(now - 4000) + [41, 6] + octets(400), secret: testSecret,
            messageAuthenticator: false)
        _ = try listener.client().exchange(request)
        let skew = try #require(listener.counters.counts(of: .configured("test"), role: .accounting).clockSkew)
        #expect(abs(skew + 3600) < 30)
    }

    @Test("Status-Server tells FreeRADIUS's statistics", arguments: [1, 2, 3, 0x10, 0x21, 0x23] as [UInt8])
    func statusServer(kind: UInt8) throws {
        let listener = try TestListener { request in
            .reply(ReplyPacket(code: request.packet.identifier == 2 ? .accessReject : .accessAccept, delay: .zero))
        }
        let client = try listener.client()
        _ = try client.exchange(TestPacket.access(1))
        _ = try client.exchange(TestPacket.access(2))
        let reply = try client.statistics(kind, [167, 6, 127, 0, 0, 1])
        let totals: [UInt8: UInt32] =
            kind & 1 == 0 ? [:] : [128: 2, 129: 1, 130: 1, 131: 0, 132: 2, 133: 0, 134: 0, 135: 0, 136: 0, 137: 0]
        for (number, value) in totals { #expect(reply[number]?.allSatisfy { $0 == value } == true, "\(number)") }
        #expect(reply[128]?.count == (kind & 1 == 0 ? nil : kind & 0x20 == 0 ? 1 : 2))
        // This server has no accounting listener; the client has no accounting.
        #expect(reply[148] == (kind == 0x23 ? [0] : nil))
        #expect(reply[176] == (kind == 0x10 ? [UInt32(listener.counters.startedAt)] : nil))
        #expect(reply[177] == reply[176])
        #expect(reply[167] == (kind & 0x20 == 0 ? nil : [0x7f00_0001]))
    }

    @Test("a client may be asked for by its number")
    func byNumber() throws {
        let listener = try TestListener(clients: [.test(), .test("10.9.0.0/16")])
        let client = try listener.client()
        let reply = try client.statistics(0x21, [168, 6, 0, 0, 0, 1])
        #expect(reply[168] == [1])
        #expect(reply[167] == [0x0a09_0000])
        #expect(reply[169] == [16])
        #expect(reply[128]?.count == 2)
        #expect(try client.statistics(0x21, [168, 6, 0, 0, 0, 9])[187] != nil)
        #expect(try client.statistics(0x20, [])[187] != nil)
    }

    @Test("a listener is found by its address and port, and nothing else is")
    func listener() throws {
        let listener = try TestListener { _ in .reply(ReplyPacket(code: .accessAccept)) }
        let client = try listener.client()
        _ = try client.exchange(TestPacket.access(1))
        let endpoint = try #require(listener.listener.boundEndpoints.first)
        func ask(_ kind: UInt8, port: UInt16) throws -> [UInt8: [UInt32]] {
            try client.statistics(kind, [170, 6, 127, 0, 0, 1, 171, 6, 0, 0, UInt8(port >> 8), UInt8(port & 0xff)])
        }
        let reply = try ask(0x41, port: endpoint.port)
        #expect(reply[170] == [0x7f00_0001])
        #expect(reply[171] == [UInt32(endpoint.port)])
        #expect(reply[128] == [1])
        // It takes no accounting, and without either kind there is nothing to tell.
        #expect(try ask(0x42, port: endpoint.port)[148] == nil)
        #expect(try ask(0x40, port: endpoint.port).isEmpty)
        #expect(try ask(0x41, port: endpoint.port &+ 1)[187] != nil)
        #expect(try client.statistics(0x41, [])[187] != nil)
        listener.listener.stop()
        #expect(listener.counters.role(at: endpoint) == nil)
    }

    @Test("what was passed on is told by totals and by home server")
    func proxied() throws {
        let listener = try TestListener { $0.proxyStatistics = Proxy() }
        let client = try listener.client()
        let totals = try client.statistics(0x0c, [])
        #expect((138...147).map { totals[$0] } == [9, 1, 2, 3, 6, 0, 0, 0, 0, 0].map { [$0] })
        #expect((155...161).map { totals[$0] } == [4, 4, 0, 0, 0, 0, 0].map { [$0] })
        func ask(_ kind: UInt8, host: UInt8) throws -> [UInt8: [UInt32]] {
            try client.statistics(kind, [170, 6, 192, 0, 2, host, 171, 6, 0, 0, 7, 20])
        }
        let reply = try ask(0x83, host: 1)
        #expect(reply[172] == [5])
        #expect(reply[173] == [2])
        let now = UInt32(TransportClock.system.epoch() / 1_000_000_000)
        let death = try #require(reply[174]?.first)
        #expect(abs(Int64(now) - 100 - Int64(death)) < 30)
        #expect(reply[184] == [0])
        #expect(reply[138] == [7])
        #expect(reply[144] == [3])
        #expect(reply[180] == [2500])
        // It takes no accounting.
        #expect(reply[155] == nil)
        #expect(reply[187]?.count == 1)
        #expect(try ask(0x81, host: 2)[187] != nil)
        #expect(try ask(0x80, host: 1).isEmpty)
    }

    /// A home server that died 100 seconds ago.
    private struct Proxy: ProxyStatistics {
        func totals(_ role: ListenerRole) -> ProxiedCounts {
            var counts = ProxiedCounts()
            (counts.requests, counts.responses) = role == .authentication ? (9, 6) : (4, 4)
            if role == .authentication { (counts.accepts, counts.rejects, counts.challenges) = (1, 2, 3) }
            return counts
        }

        var homeServers: [HomeServerCounts] {
            let endpoint = SocketEndpoint(address: IPAddress(ipv4: 0xc000_0201), port: 1812)
            var server = HomeServerCounts(endpoint: endpoint, role: .authentication, state: .dead)
            server.outstanding = 5
            server.secondsInState = 100
            server.counts.requests = 7
            server.counts.responses = 1
            server.counts.malformed = 3
            server.averageMicroseconds = 2500
            return [server]
        }
    }

    @Test("whoever is not listed is told nothing but that the server is alive")
    func askers() throws {
        let listener = try TestListener { $0.statisticsAskers = [] }
        #expect(try listener.client().statistics(0x1f, []).isEmpty)
    }
}

extension TestPacket {
    /// An Access-Request signed with another secret.
    fileprivate static func broken(access identifier: UInt8) throws -> [UInt8] {
        var packet = try access(identifier)
        packet[30] ^= 1
        return packet
    }
}

extension TestListener {
    fileprivate convenience init(_ configure: (inout ListenerConfiguration) -> Void) throws {
        try self.init(role: .authentication, configure: configure)
    }
}

extension TestClient {
    /// The numbers in the reply to a question, by attribute.
    fileprivate func statistics(_ kind: UInt8, _ further: [UInt8]) throws -> [UInt8: [UInt32]] {
        var generator = SystemRandomNumberGenerator()
        let vendor: [UInt8] = [0, 0, 0x2c, 0x50]
        var attributes: [UInt8] = [26, 12] + vendor + [127, 6, 0, 0, 0, kind]
        var rest = further[...]
        while let length = rest.dropFirst().first {
            attributes += [26, 6 + length] + vendor + rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        let reply = try Packet(
            validating: exchange(
                Packet.request(
                    .statusServer, identifier: .random(in: 0...255), authenticator: .random(using: &generator), attributes: attributes,
                    secret: testSecret, messageAuthenticator: true)))
        var values: [UInt8: [UInt32]] = [:]
        for attribute in reply.attributes where attribute.type == 26 {
            let value = Array(reply.bytes[attribute.range])
            values[value[4], default: []].append(value[6...].prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        }
        return values
    }
}
