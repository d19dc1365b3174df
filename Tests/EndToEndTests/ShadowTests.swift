import Foundation
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

private let dumpcap = "/usr/bin/dumpcap"

/// `radian shadow` beside a FreeRADIUS that serves the same database.
@PeerThread
@Suite(
    .enabled(if: Surroundings.isInstalled(dumpcap), "dumpcap is not installed"),
    .enabled(if: geteuid() == 0, "needs the right to capture"),
    .enabled(if: EAPOLTest.isInstalled))
struct ShadowTests {
    private nonisolated static let engines = TestDatabase.Engine.available.filter(FreeRADIUSProcess.isInstalled)

    private struct Report: Decodable {
        struct Group: Decodable {
            var real: String
            var ours: String
            var reason: String?
            var missing: [String]
            var extra: [String]
            var count: Int
            var users: [String: Int]
        }
        var compared: Int
        var same: Int
        var notCompared: [String: Int]
        var differences: [Group]
    }

    @Test("live and from a capture: equal decisions, a user who differs, and what cannot be compared", arguments: engines)
    func beside(engine: TestDatabase.Engine) throws {
        let certificates = try Certificates.shared.get()
        try Site.with(engine) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"], reply: ["Session-Timeout = 600", "Filter-Id = std"])
            try site.addUser("bob", check: ["Cleartext-Password := hello"], reply: ["Idle-Timeout = 60"])
            try site.addUser("carol", check: ["Cleartext-Password := hello"])
            let oracle = try FreeRADIUSProcess(site.database, certificates: certificates)
            let directory = try Surroundings.temporaryDirectory("shadow")
            defer { try? FileManager.default.removeItem(at: directory) }
            let capture = directory.appending(path: "packets.pcap").path
            let port = "\(oracle.authPort)"
            let environment = ["RADIAN_DATABASE_URL": site.database.url, "RADIAN_DICTIONARY_PATH": Surroundings.dictionaries]
            // A rule of ours that FreeRADIUS does not have.
            let file = directory.appending(path: "radian.yaml").path
            try "rules:\n  - name: closed\n    when: {user: carol}\n    then: {reject: Closed}\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            let shadow = ["shadow", "--port", port, "--json", "--config", file]
            let output = directory.appending(path: "live.json")
            let recorder = try ChildProcess(dumpcap, ["-i", "lo", "-P", "-f", "udp port \(port)", "-w", capture])
            let live = try ChildProcess(
                Surroundings.radian, shadow + ["-i", "lo", "--output", output.path], environment: environment, directory: directory)
            try recorder.expect("File: ")
            try live.expect("listening on lo")

            for method in [AuthenticationMethod.pap, .chap, .mschapv2] {
                for password in ["hello", "wrong"] { _ = try oracle.auth().authenticate(user: "alice", password: password, method: method) }
            }
            _ = try oracle.auth().authenticate(user: "nobody", password: "hello", method: .pap)
            for _ in 0..<2 { _ = try oracle.auth().authenticate(user: "carol", password: "hello", method: .pap) }
            let bob = try oracle.auth().authenticate(user: "bob", password: "hello", method: .pap)
            #expect(bob.verdict == .accepted)
            let eap = try EAPOLTest.run(["eap=MD5"] + EAPOLTest.user("alice", "hello"), port: oracle.authPort, hasKeys: false)
            #expect(eap.succeeded, "\(eap.summary)")
            try eventually("dumpcap's last packet") { try Self.packets(capture) >= 26 }

            recorder.send(SIGINT)
            _ = try recorder.wait()
            live.send(SIGINT)
            #expect(try live.wait() == .code(0))
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let first = try decoder.decode(Report.self, from: Data(contentsOf: output))
            #expect(first.compared == 10)
            #expect(first.same == 8)
            #expect(first.differences.count == 1)
            #expect(first.differences.first?.users == ["carol": 2])
            #expect(first.differences.first?.real == "Access-Accept")
            #expect(first.differences.first?.ours == "Access-Reject")
            #expect(first.notCompared.contains { $0.key.hasPrefix("EAP") && $0.value >= 2 }, "\(first.notCompared)")

            // A comparison decides by the rows of its own moment.
            try site.script("UPDATE radreply SET value = '70' WHERE username = 'bob'")
            let (exit, text) = try ChildProcess.run(
                Surroundings.radian, shadow + ["-r", capture], environment: environment, directory: directory)
            #expect(exit == .code(0), "\(text)")
            let second = try decoder.decode(Report.self, from: Data(text.utf8))
            #expect(second.compared == 10)
            #expect(second.same == 7)
            let changed = try #require(second.differences.first { $0.users["bob"] != nil })
            #expect(changed.missing == ["Idle-Timeout"] && changed.extra == ["Idle-Timeout"])
            #expect(changed.count == 1)
            // Nothing was written: no login is logged, none takes a place.
            #expect(try site.count("SELECT count(*) FROM radpostauth") == 0)
            try oracle.stop()
        }
    }

    /// Packets in a capture file so far (its header has 24 octets, each packet's 16).
    private static func packets(_ path: String) throws -> Int {
        guard let data = FileManager.default.contents(atPath: path) else { return 0 }
        var (count, offset) = (0, 24)
        while offset + 16 <= data.count {
            let length = data[offset + 8..<offset + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
            offset += 16 + length
            if offset <= data.count { count += 1 }
        }
        return count
    }
}
