import TestSupport
import Testing

/// Accounting of tunnels (RFC 2867) by FreeRADIUS's test client.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled, "radclient is not installed"))
struct TunnelAccountingTests {
    @Test(arguments: TestDatabase.Engine.available) func eventsAreKeptOnceAndShown(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url)
            let tunnel = [
                "User-Name = alice", "NAS-IP-Address = 192.0.2.1", "Tunnel-Type:0 = L2TP", "Tunnel-Medium-Type:0 = IPv4",
                "Tunnel-Client-Endpoint:1 = \"192.0.2.1\"", "Tunnel-Server-Endpoint:1 = \"198.51.100.1\"",
                "Acct-Tunnel-Connection = \"17\"",
                "Acct-Session-Id = \"t1\"",
            ]
            func send(_ status: String, _ more: [String] = []) throws {
                let reply = try Radclient.send(["Acct-Status-Type = \(status)"] + tunnel + more, to: server.acctPort, "acct")
                #expect(reply.code == "Accounting-Response", "\(status): \(reply.output)")
            }
            for status in ["Tunnel-Start", "Tunnel-Stop", "Tunnel-Reject", "Tunnel-Link-Start", "Tunnel-Link-Reject", "Failed"] {
                try send(status)
            }
            let stop = [
                "Acct-Tunnel-Packets-Lost = 3", "Acct-Input-Octets = 5", "Acct-Input-Gigawords = 1", "Acct-Terminate-Cause = User-Request",
            ]
            try send("Tunnel-Link-Stop", stop)
            // Another identifier and delay, as a NAS repeats itself.
            try send("Tunnel-Link-Stop", stop + ["Acct-Delay-Time = 1"])

            #expect(try site.count("SELECT count(*) FROM radian_tunnel_event") == 7)
            #expect(try site.count("SELECT count(*) FROM radacct") == 0)
            #expect(
                try site.row(
                    """
                    SELECT username, session_id, type, medium_type, client_endpoint, server_endpoint, connection, packets_lost, input_octets, cause
                    FROM radian_tunnel_event WHERE event = 'Tunnel-Link-Stop'
                    """) == [
                        "alice", "t1", "L2TP", "IPv4", "192.0.2.1", "198.51.100.1", "17", "3", "4294967301", "User-Request",
                    ])
            let table = try server.radian("session", "tunnels", "--user", "alice")
            #expect(table.split(separator: "\n").count == 8)
            #expect(table.contains("Tunnel-Link-Stop    192.0.2.1  alice  t1"), "\(table)")
            #expect(try server.radian("session", "tunnels", "--nas", "192.0.2.1", "--limit", "2", "--json").contains("\"packets_lost\""))
            #expect(try server.radian("session", "tunnels", "--nas", "192.0.2.9", "--json") == "[\n\n]\n")
            #expect(try server.stop() == .code(0))
        }
    }
}
