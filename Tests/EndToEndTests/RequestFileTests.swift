import Foundation
import TestSupport
import Testing

/// The same file of requests and filters through FreeRADIUS's client and through ours.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled, "radclient is not installed"))
struct RequestFileTests {
    private static let requests = """
        # A comment, and an empty line that parts nothing yet.

        User-Name = "alice",
        User-Password = "wonder land",
        NAS-Port = 1, NAS-Identifier = 'lab'
        # PAP with a tab before the attribute
        \tNAS-IP-Address = 192.0.2.1

        User-Name := alice
        CHAP-Password = "wonder land"

        User-Name = "alice"
        MS-CHAP-Password = "wonder land"

        User-Name = "alice"
        User-Password = "wrong"

        """
    private static let filters = """
        Packet-Type == Access-Accept
        Session-Timeout == 600
        Reply-Message =~ "^hel+o$"

        Response-Packet-Type == Access-Accept
        Session-Timeout == 600
        Reply-Message == "hello"

        Packet-Type == Access-Accept
        Session-Timeout == 600

        Packet-Type == Access-Reject

        """

    @Test func oneFileServesBothClients() throws {
        try Site.with(.sqlite) { site in
            try site.addUser(
                "alice", check: ["Cleartext-Password := wonder land"], reply: ["Session-Timeout = 600", "Reply-Message = hello"])
            let server = try ServerUnderTest.start(site.database.url)
            let directory = try Surroundings.temporaryDirectory("requests")
            defer { try? FileManager.default.removeItem(at: directory) }
            func write(_ text: String, _ name: String) throws -> String {
                let file = directory.appending(path: name)
                try text.write(to: file, atomically: true, encoding: .utf8)
                return file.path
            }
            let requests = try write(Self.requests, "requests")
            let filters = try write(Self.filters, "filters")

            let theirs = try ChildProcess.run(
                Radclient.path, ["-s", "-f", requests, "127.0.0.1:\(server.authPort)", "auth", Site.secretText])
            #expect(theirs.output.contains("Accepted      : 3") && theirs.output.contains("Rejected      : 1"), "\(theirs.output)")

            let options = ["--server", "127.0.0.1:\(server.authPort)", "--secret", Site.secretText]
            func send(_ arguments: String...) throws -> (exit: ChildProcess.Exit, output: String) {
                try ChildProcess.run(
                    Surroundings.radian, ["radius", "send"] + arguments + options, environment: server.environment,
                    directory: server.directory)
            }
            let unfiltered = try send(requests, "-q")
            #expect(unfiltered.exit == .code(1))
            #expect(unfiltered.output.contains("request 4: Access-Accept was expected, Access-Reject came"), "\(unfiltered.output)")
            #expect(unfiltered.output.contains("4 requests: 3 as expected, 1 not as expected, 0 without a valid reply"))
            let filtered = try send("\(requests):\(filters)", "-q", "--count", "20", "--parallel", "8")
            #expect(filtered.exit == .code(0), "\(filtered.output)")
            #expect(filtered.output.contains("80 requests: 80 as expected"))
            #expect(try server.stop() == .code(0))
        }
    }
}
