import Foundation
import TestCards
import TestSupport
import Testing

/// SIM cards of a laboratory against EAP-SIM, EAP-AKA and EAP-AKA'; wpa_supplicant asks the card over its control interface.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPCardTests {
    private nonisolated static let subscriber = "232010000000000"
    private nonisolated static let realm = "wlan.mnc001.mcc232.3gppnetwork.org"
    private nonisolated static let key = "90dca4eda45b53cf0f12d7c9c3bc6a89"
    private nonisolated static let opc = "cb9cccc4b9258e6dca4760379fb82581"

    private func start(_ site: Site, _ more: [String: String] = [:]) throws -> (ServerUnderTest, file: URL) {
        let file = try Surroundings.temporaryDirectory("cards").appending(path: "cards")
        try "# a laboratory's card\n\(Self.subscriber) \(Self.key) \(Self.opc) 61df 000000000001\n".write(
            to: file, atomically: true, encoding: .utf8)
        let settings = ["RADIAN_EAP_METHODS": "SIM,AKA,AKA'", "RADIAN_EAP_SIM_FILE": file.path].merging(more) { $1 }
        return (try ServerUnderTest.start(site.database.url, settings), file)
    }

    private func run(_ method: (String, String), _ server: ServerUnderTest, key: String = key, sequence: UInt64 = 0, again: Int = 0) throws
        -> EAPOLTest.Result
    {
        let card = try #require(SoftwareCard(key: key, opc: Self.opc, sequence: sequence))
        var socket = ""
        let run = try EAPOLTest.start(
            ["eap=\(method.0)", "identity=\"\(method.1)\(Self.subscriber)@\(Self.realm)\""], port: server.authPort,
            reauthentications: again,
            options: ["-W", "-e"],
            global: { directory in
                socket = directory.appending(path: "test").path
                return ["ctrl_interface=\(directory.path)", "external_sim=1"]
            })
        card.serve(socket)
        defer { card.stop() }
        return try run.wait()
    }

    @Test("a card logs in and comes back quickly; another card does not", arguments: [("SIM", "1"), ("AKA", "0"), ("AKA'", "6")])
    func cards(method: (String, String)) throws {
        try Site.with(.sqlite) { site in
            let (server, file) = try start(site)
            defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
            let good = try run(method, server, again: 2)
            #expect(good.succeeded && good.output.contains("MPPE keys OK: 3  mismatch: 0"), "\(good.summary)\n\(server.log)")
            #expect(good["User-Name"].map { $0.contains(Self.subscriber) } ?? true)
            // A sequence number ahead of ours: the card says so, and the server follows.
            if method.0 != "SIM" { #expect(try run(method, server, sequence: 0x10000).succeeded) }
            let foreign = try run(method, server, key: "465b5ce8b199b49faa5f0a2ee238a6bc")
            #expect(!foreign.succeeded && foreign.accepted.isEmpty)
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE username = '\(Self.subscriber)@\(Self.realm)'") >= 4)
            #expect(!server.log.contains(Self.key) && !server.log.contains(Self.opc))
        }
    }

    @Test("subscribers' rows grant attributes and refuse; unknown ones need the operator's leave")
    func policy() throws {
        try Site.with(.sqlite) { site in
            let name = "\(Self.subscriber)@\(Self.realm)"
            let (server, file) = try start(site, ["RADIAN_EAP_ACCEPT_UNKNOWN_CERTIFICATES": "no"])
            defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
            #expect(try !run(("AKA", "0"), server).succeeded)
            try site.expectReason("user.unknown", of: name)
            try site.addUser(name, check: ["Simultaneous-Use := 5"], reply: ["Session-Timeout = 900"])
            let known = try run(("AKA", "0"), server)
            #expect(known.succeeded && known["Session-Timeout"] == "900", "\(known.summary)")
            try site.addUser(name, check: ["Auth-Type := Reject"])
            #expect(try !run(("AKA", "0"), server).succeeded)
            try site.expectReason("policy.rejected", of: name)
            #expect(try server.stop() == .code(0))
        }
    }
}
