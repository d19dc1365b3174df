import Testing
import TopologyFormats

@Suite struct TunnelFormatTests {
    /// A status file of version 1 with these rows.
    private static func status(clients: [String], routes: [String]) -> String {
        """
        OpenVPN CLIENT LIST
        Updated,2026-01-31 12:00:00
        Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since
        \(clients.map { $0 + ",1,2,2026-01-31 11:00:00\n" }.joined())ROUTING TABLE
        Virtual Address,Common Name,Real Address,Last Ref
        \(routes.map { $0 + ",2026-01-31 11:59:00\n" }.joined())GLOBAL STATS
        Max bcast/mcast queue length,0
        END

        """
    }

    @Test func openVPNJoinsRoutesOfAClient() throws {
        let graph = try TopologyFormat.openvpn.parse(
            Self.status(
                clients: ["a,10.1.1.1:1000", "UNDEF,10.1.1.2:1000"],
                routes: ["10.8.0.2,a,10.1.1.1:1000", "10.8.0.6C,a,10.1.1.1:1000", "10.8.0.9,UNDEF,10.1.1.2:1000"]))
        #expect(graph.nodes.map(\.id) == ["a", "openvpn-server"])
        #expect(graph.node("a")?.localAddresses == ["10.8.0.2", "10.8.0.6"])
        #expect(graph.links == [GraphLink(source: "openvpn-server", target: "a", cost: 1)])
        #expect(graph.node("openvpn-server") == GraphNode(id: "openvpn-server"))
    }

    @Test(arguments: ["", "\n\n", " \r\n"]) func openVPNWithoutAFileYetIsTheServerAlone(text: String) throws {
        let graph = try TopologyFormat.openvpn.parse(text)
        #expect(graph.nodes == [GraphNode(id: "openvpn-server")])
        #expect(graph.links.isEmpty && graph.version == "1")
    }

    @Test func openVPNClientWithoutRouteHasNoLinkAndRouteWithoutClientANode() throws {
        let graph = try TopologyFormat.openvpn.parse(Self.status(clients: ["a,10.1.1.1:1"], routes: ["10.8.0.2,b,10.1.1.2:1"]))
        #expect(graph.nodes.map(\.id) == ["a", "b", "openvpn-server"])
        #expect(graph.pairs == ["openvpn-server-b"])
    }

    @Test func openVPNCommonNamesAreOneNodeOrSeveral() throws {
        let text = Self.status(
            clients: ["a,10.1.1.1:1", "a,10.1.1.1:2", "a,10.1.1.9:1"],
            routes: ["10.8.0.1,a,10.1.1.1:1", "10.8.0.2,a,10.1.1.1:2", "10.8.0.3,a,10.1.1.9:1"])
        let one = try TopologyFormat.openvpn.parse(text)
        #expect(one.nodes.map(\.id) == ["a", "openvpn-server"])
        #expect(one.node("a")?.properties["real_address"] == "10.1.1.9" && one.node("a")?.localAddresses == ["10.8.0.3"])
        let several = try TopologyFormat.openvpn.parse(text, separatesCommonNames: true)
        #expect(several.nodes.map(\.id) == ["a,10.1.1.1:1", "a,10.1.1.1:2", "a,10.1.1.9", "openvpn-server"])
        #expect(several.links.map(\.target) == ["a,10.1.1.1:1", "a,10.1.1.1:2", "a,10.1.1.9"])
        #expect(several.nodes[0].label == "a")
    }

    @Test(
        arguments: [
            ("192.0.2.1:1194", "192.0.2.1", 1194), ("192.0.2.1", "192.0.2.1", nil), ("2001:db8::1:1194", "2001:db8::1", 1194),
            ("2001:db8::1", "2001:db8::1", nil), ("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:1", nil),
            ("[2001:db8::1]:7", "2001:db8::1", 7),
            ("[2001:db8::1]", "2001:db8::1", nil), ("udp4:192.0.2.1:9", "192.0.2.1", 9), ("tcp6-server:[fd00::1]:9", "fd00::1", 9),
            ("tcp4-server:192.0.2.1", "192.0.2.1", nil), ("host.example:70000", "host.example:70000", nil),
        ] as [(String, String, Int64?)]) func openVPNRealAddresses(text: String, host: String, port: Int64?) throws
    {
        let graph = try TopologyFormat.openvpn.parse(Self.status(clients: ["a,\(text)"], routes: []))
        let properties = try #require(graph.node("a")).properties
        #expect(properties["real_address"] == .text(host))
        #expect(properties["port"] == port.map { .integer($0) })
    }

    @Test(arguments: [
        ("10.8.0.6", "10.8.0.6"), ("10.8.0.6C", "10.8.0.6"), ("fd00::c", "fd00::c"), ("fd00::1C", "fd00::1"),
        ("10.8.0.0/24", "10.8.0.0/24"),
        ("fd00::/64", "fd00::/64"), ("0:FF:a:b:c:1", "00:ff:0a:0b:0c:01"), ("00:ff:0a:0b:0c:01@0", "00:ff:0a:0b:0c:01"),
    ]) func openVPNVirtualAddresses(text: String, address: String) throws {
        let graph = try TopologyFormat.openvpn.parse(Self.status(clients: ["a,192.0.2.1:1"], routes: ["\(text),a,192.0.2.1:1"]))
        #expect(graph.node("a")?.localAddresses == [address])
    }

    @Test(arguments: ["10.8.0", "10.8.0.0/33", "fd00::/129", "0:1:2:3:4", "0:1:2:3:4:xx", "pier", "C"])
    func openVPNOtherVirtualAddressesAreRefused(text: String) {
        let status = Self.status(clients: ["a,192.0.2.1:1"], routes: ["\(text),a,192.0.2.1:1"])
        #expect(TopologyFormat.openvpn.failure(status)?.description == "OpenVPN parsing error: Virtual Address is no address (line 7)")
    }

    @Test(arguments: [
        ("Thu Jun 18 04:23:03 2015", "2015-06-18T04:23:03Z"), ("Mon Jun  8 04:23:03 2015", "2015-06-08T04:23:03Z"),
        ("2015-06-18 04:23:03", "2015-06-18T04:23:03Z"),
    ]) func openVPNDates(text: String, time: String) throws {
        let status = Self.status(clients: ["a,192.0.2.1:1"], routes: []).replacing("2026-01-31 11:00:00", with: text)
        let graph = try TopologyFormat.openvpn.parse(status)
        #expect(graph.node("a")?.properties["connected_since"] == .text(time))
    }

    /// Seconds since 1970 around leap days and turns of centuries, as `date -u` has them.
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"), (1_735_689_599, "2024-12-31T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]) func openVPNSecondsSince1970(seconds: Int64, time: String) throws
    {
        let graph = try TopologyFormat.openvpn.parse(
            """
            TITLE,OpenVPN
            HEADER,CLIENT_LIST,Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since (time_t)
            CLIENT_LIST,a,192.0.2.1:1,1,2,\(seconds)
            END
            """)
        #expect(graph.node("a")?.properties["connected_since"] == .text(time))
    }

    /// The age of a handshake in seconds, and whether the peer is there.
    @Test(arguments: [(299, true), (300, false), (0, true), (-60, true), (1_769_860_800, false)] as [(Int64, Bool)])
    func wireGuardPeersAreThereForFiveMinutes(age: Int64, isThere: Bool) throws {
        let graph = try TopologyFormat.wireguard.parse(
            "wg0\tPRIVATE\tpublic\t51820\toff\nwg0\tpeer\tPRESHARED\t(none)\t10.0.0.2/32,fd00::2/128\t\(fixtureTime - age)\t1\t2\toff\n")
        #expect(graph.nodes.map(\.id) == (isThere ? ["peer", "wg0"] : ["wg0"]))
        #expect(graph.pairs == (isThere ? ["wg0-peer"] : []))
        if isThere { #expect(graph.node("peer")?.label == "10.0.0.2/32, fd00::2/128") }
    }

    @Test func wireGuardKeepsNoSecret() throws {
        let graph = try TopologyFormat.wireguard.parse(
            "wg0\tPRIVATE\tpublic\t51820\toff\nwg0\tpeer\tPRESHARED\t(none)\t(none)\t\(fixtureTime)\t1\t2\toff\n")
        #expect(graph.node("wg0")?.properties == ["fwmark": "off", "listen_port": "51820", "public_key": "public"])
        #expect(graph.node("peer")?.properties["preshared_key"] == .null)
        #expect(graph.node("peer")?.properties["allowed_ips"] == [])
    }

    @Test func zeroTierTakesLeavesWithAPath() throws {
        func peer(_ address: String, role: String = "LEAF", latency: Int = 5, preferred: Bool = true) -> String {
            """
            {"address": "\(address)", "role": "\(role)", "latency": \(latency), "version": "1", "tunneled": false, "isBonded": false,
            "paths": [{"address": "192.0.2.1/1", "active": true, "expired": false, "preferred": \(preferred)}]}
            """
        }
        let peers = [peer("a", role: "PLANET"), peer("b", latency: -1), peer("c", preferred: false)]
        let nothing = try TopologyFormat.zerotier.parse("[\(peers.joined(separator: ","))]")
        #expect(nothing.nodes.isEmpty && nothing.links.isEmpty)
        let graph = try TopologyFormat.zerotier.parse("[\((peers + [peer("d")]).joined(separator: ","))]")
        #expect(graph.nodes.map(\.id) == ["controller", "d"])
        #expect(graph.links.map(\.cost) == [5])
        #expect(graph.links[0].properties == ["active": true, "expired": false, "preferred": true])
    }
}
