import Foundation
import TestSupport
import Testing

/// A computer on a cable, its switch (hostapd), and the program that lets it in and throws it out.
@PeerThread
@Suite(.serialized, .enabled(if: WiredEthernet.isPossible, "needs root, hostapd, wpa_supplicant and network namespaces"))
struct DynamicAuthorizationTests {
    private static func radian(_ arguments: [String], on server: ServerUnderTest) throws -> (exit: ChildProcess.Exit, output: String) {
        try ChildProcess.run(Surroundings.radian, arguments, environment: server.environment)
    }

    /// Runs the body with alice's computer authenticated and her session open.
    private static func withComputer(_ body: (Site, ServerUnderTest, WiredEthernet) throws -> Void) throws {
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_DYNAMIC_AUTHORIZATION_POLL_INTERVAL": "0.2"])
            defer { _ = try? server.stop() }
            #expect(try radian(["user", "add", "alice", "--password", "wonder land"], on: server).exit == .code(0))
            let cable = try WiredEthernet(server, network: ["eap=PWD", "identity=\"alice\"", "password=\"wonder land\""])
            defer { cable.unplug() }
            #expect(
                try radian(["nas", "coa", "nas-127.0.0.1", "--port", "\(cable.dynamicAuthorizationPort)"], on: server).exit == .code(0))
            try cable.computer.expect("CTRL-EVENT-EAP-SUCCESS")
            let isOpen = try waitUntil { try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NULL") == 1 }
            #expect(isOpen)
            try body(site, server, cable)
        }
    }

    @Test func aDisconnectDropsTheStation() throws {
        try Self.withComputer { site, server, _ in
            let (exit, output) = try Self.radian(["session", "disconnect", "user=alice"], on: server)
            #expect(exit == .code(0), "\(output)")
            #expect(output.contains(": ACK"))
            let isClosed = try waitUntil { try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NOT NULL") == 1 }
            #expect(isClosed, "the switch sends the Stop itself")
            #expect(try site.row("SELECT action, result FROM radian_session_action") == ["disconnect", "acknowledged"])
        }
    }

    @Test func aDisabledUserIsThrownOut() throws {
        try Self.withComputer { site, server, _ in
            #expect(try Self.radian(["user", "disable", "alice"], on: server).exit == .code(0))
            let isClosed = try waitUntil { try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NOT NULL") == 1 }
            #expect(isClosed)
            let isRecorded = try waitUntil {
                try site.row("SELECT action, result, reason FROM radian_session_action") == ["disconnect", "acknowledged", "user.disabled"]
            }
            #expect(isRecorded)
        }
    }

    @Test func aSwitchThatTakesNoChangesSaysSo() throws {
        try Self.withComputer { site, server, _ in
            let (exit, output) = try Self.radian(["session", "coa", "user=alice", "--session-timeout", "60"], on: server)
            #expect(exit == .code(1))
            #expect(output.contains("NAK"), "\(output)")
            #expect(try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NULL") == 1)
        }
    }
}
