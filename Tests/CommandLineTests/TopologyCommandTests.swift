import Foundation
import Testing

@Suite struct TopologyCommandTests {
    private static let olsr = """
        {"topology":[{"lastHopIP":"10.0.0.1","destinationIP":"10.0.0.2","linkQuality":0.9,"neighborLinkQuality":1.0,"tcEdgeCost":2048}],"mid":[]}
        """

    @Test(arguments: ["olsr", "netdiff.OlsrParser", "auto"]) func parsePrintsTheGraph(format: String) throws {
        let program = try Program()
        try program.write(Self.olsr, to: "olsr.json")
        for input in ["olsr.json", "-"] {
            let graph = try #require(
                try program.succeed("topology", "parse", format, input, input: input == "-" ? Self.olsr : "").json().first)
            #expect(graph["type"] as? String == "NetworkGraph" && graph["protocol"] as? String == "OLSR")
            let links = try #require(graph["links"] as? [[String: Any]])
            #expect(links.map { $0["cost"] as? Double } == [2])
        }
    }

    @Test func diffPrintsWhatIsDifferent() throws {
        let program = try Program()
        try program.write(Self.olsr, to: "old.json")
        let new = Self.olsr.replacing("2048", with: "1024").replacing("\"mid\"", with: "\"x\":1,\"mid\"")
        let difference = try #require(try program.succeed("topology", "diff", "olsr", "old.json", "-", input: new).json().first)
        #expect(Set(difference.keys) == ["added", "removed", "changed"])
        #expect(difference["added"] is NSNull && difference["removed"] is NSNull)
        let changed = try #require(difference["changed"] as? [String: Any])
        #expect((changed["links"] as? [Any])?.count == 1 && (changed["nodes"] as? [Any])?.isEmpty == true)
    }

    @Test func openVPNAndWireGuardHaveTheirOptions() throws {
        let program = try Program()
        let dump = "wg0\tPRIVATE\tpub\t1\toff\nwg0\tpeer\t(none)\t(none)\t10.0.0.2/32\t1000\t1\t2\toff\n"
        let then = try program.succeed("topology", "parse", "wireguard", "-", "--at", "1001", input: dump)
        #expect(then.output.contains("\"peer\"") && !then.output.contains("PRIVATE"))
        let now = try program.succeed("topology", "parse", "wireguard", "-", input: dump)
        #expect(!now.output.contains("\"peer\""))

        let status = """
            TITLE,x
            HEADER,CLIENT_LIST,Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since (time_t)
            CLIENT_LIST,a,192.0.2.1:1,1,2,3
            END
            """
        #expect(
            try program.succeed("topology", "parse", "openvpn", "-", "--duplicate-cn", input: status).output.contains("\"a,192.0.2.1\""))
    }

    @Test func whatIsWrongIsNamedWithItsPlace() throws {
        let program = try Program()
        try program.write("{\"topology\": [\n{}]", to: "olsr.json")
        let result = try program.run("topology", "parse", "olsr", "olsr.json")
        #expect(result.code == 1)
        #expect(
            result.errors
                == "radian: olsr.json: not OLSRd (txtinfo/jsoninfo): Could not recognize format: ',' or '}' is missing (line 2, column 4)\n"
        )
        #expect(result.output.isEmpty)
        #expect(try program.run("topology", "parse", "olsr", "absent").errors == "radian: cannot read absent\n")
        let unknown = try program.run("topology", "parse", "auto", "-", input: "hello")
        #expect(unknown.code == 1 && unknown.errors.hasPrefix("radian: standard input: none of the formats"))
        #expect(try program.run("topology", "parse", "morse", "-").code == 64)
        #expect(try program.run("topology", "diff", "olsr", "-", "-").code == 64)
    }
}
