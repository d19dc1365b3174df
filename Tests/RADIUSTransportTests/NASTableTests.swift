import RADIUSTransport
import RADIUSWire
import Testing

@Suite struct NASTableTests {
    private static func client(_ prefix: String) throws -> NASClient {
        NASClient(name: prefix, prefix: try #require(IPPrefix(prefix)), secret: SharedSecret([1]))
    }

    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3"), ("10.1.2.4", "10.1.2.0/24"), ("10.1.3.1", "10.0.0.0/8"), ("11.0.0.1", "0.0.0.0/0"),
        ("2001:db8::1", "2001:db8::1"), ("2001:db8::2", "2001:db8::/32"),
    ])
    func theLongestPrefixWins(_ address: String, _ name: String) throws {
        // The most general ones first, so that order cannot help.
        let table = NASTable(
            try ["0.0.0.0/0", "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3", "2001:db8::/32", "2001:db8::1"].map(Self.client))
        #expect(table.client(for: try #require(IPAddress(address)))?.name == name)
    }

    @Test func uncoveredAddressesHaveNoClient() throws {
        let table = NASTable([try Self.client("10.0.0.0/8"), try Self.client("2001:db8::/32")])
        #expect(table.client(for: try #require(IPAddress("11.0.0.1"))) == nil)
        #expect(table.client(for: try #require(IPAddress("2001:db9::1"))) == nil)
        // 10.0.0.1's number as an IPv6 address.
        #expect(table.client(for: try #require(IPAddress("::a00:1"))) == nil)
        #expect(NASTable([]).client(for: try #require(IPAddress("10.0.0.1"))) == nil)
    }

    @Test func clientsWithOnePrefixAreCandidatesInOrder() throws {
        let clients = try (0..<10).map { index in
            var client = try Self.client("10.0.0.1")
            client.name = "nas\(index)"
            client.secret = SharedSecret(Array("secret\(index / 2)".utf8) + [UInt8(index % 2)])
            return client
        }
        let table = NASTable([clients[0]] + clients)
        let address = try #require(IPAddress("10.0.0.1"))
        #expect(table.client(for: address)?.name == "nas0")
        #expect(table.clients(for: address, over: .udp).map(\.name) == (0..<8).map { "nas\($0)" })
    }

    @Test func ofClientsWithOnePrefixTheOrganizationsOwnCounts() throws {
        func client(_ name: String, _ organizationID: String?) throws -> NASClient {
            var client = try Self.client("10.0.0.1")
            client.name = name
            client.organizationID = organizationID
            client.secret = SharedSecret(Array(name.utf8))
            return client
        }
        let table = NASTable([try client("a", "1"), try client("b", "2"), try client("c", nil)])
        let address = try #require(IPAddress("10.0.0.1"))
        #expect(table.client(for: address, organizationID: "1")?.name == "a")
        #expect(table.client(for: address, organizationID: "2")?.name == "b")
        #expect(table.client(for: address, organizationID: "3")?.name == "a")
        #expect(table.client(for: address, organizationID: nil)?.name == "a")
        #expect(table.client(for: try #require(IPAddress("10.0.0.2")), organizationID: "1") == nil)
    }

    @Test func transportsHaveTablesOfTheirOwn() throws {
        var (network, host) = (try Self.client("10.0.0.0/8"), try Self.client("10.0.0.1"))
        network.transports = [.udp]
        host.transports = [.tcp, .tls]
        let table = NASTable([network, host])
        let address = try #require(IPAddress("10.0.0.1"))
        #expect(table.client(for: address)?.prefix.length == 8)
        #expect(table.clients(for: address, over: .tcp).first?.prefix.length == 32)
        #expect(table.clients(for: address, over: .tls).first?.prefix.length == 32)
        #expect(table.clients(for: address, over: .dtls).isEmpty)
    }
}
