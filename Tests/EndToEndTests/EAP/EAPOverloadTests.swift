import Foundation
import RADIUSWire
import TestSupport
import Testing

/// Many conversations at once, of people and of attackers.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPOverloadTests {
    private func start(_ site: Site, _ more: [String: String] = [:]) throws -> ServerUnderTest {
        try site.addUser("alice", check: ["Cleartext-Password := wonder land"])
        return try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings.merging(more) { $1 })
    }

    private func network(_ more: [String] = []) throws -> [String] {
        EAPOLTest.tunnel(
            "PEAP",
            try EAPOLTest.user("alice", "wonder land") + Certificates.shared.get().authority + ["phase2=\"auth=MSCHAPV2\""] + more)
    }

    /// A supplicant's first TLS message, to begin handshakes with that nobody will end.
    private func clientHello(_ server: ServerUnderTest) throws -> [UInt8] {
        let relay = try PacketRelay(to: server.authPort)
        defer { relay.stop() }
        _ = try EAPOLTest.run(network(), port: relay.port)
        let requests = try relay.seen(.request).map { try Packet(validating: $0).eap }
        return try #require(requests.first { $0.count > 100 && $0[4] == 25 })
    }

    @Test("2000 conversations that nobody goes on with take bounded memory and no place from a good login")
    func halfOpen() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, ["RADIAN_EAP_CONVERSATIONS": "800"])
            let hello = try clientHello(server)
            let before = try server.process.residentMemory
            var nas = try EAPCarrier(server)
            var answered = 0
            for number in 0..<2000 {
                nas.station = String(format: "02-00-00-01-%02X-%02X", number >> 8, number & 0xff)
                guard let start = try nas.exchange(nas.identity()) else { continue }
                answered += 1
                // Every second one begins a handshake.
                guard number.isMultiple(of: 2) else { continue }
                var message = hello
                message[1] = start.eap[1]
                _ = try nas.exchange(message, state: start.state)
            }
            let after = try server.process.residentMemory
            print("half-open conversations: \(before) MiB before, \(after) MiB after, \(answered) answered")
            #expect(after - before < 150)
            #expect(try EAPOLTest.run(network(), port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("200 logins, 25 at a time, all succeed")
    func manyLogins() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site)
            for wave in 0..<8 {
                let runs = try (0..<25).map { number in
                    try EAPOLTest.start(
                        network(), port: server.authPort, station: String(format: "02:00:00:02:%02x:%02x", wave, number), seconds: 30)
                }
                for run in runs {
                    let result = try run.wait()
                    #expect(result.succeeded && result.keysMatch, "\(result.summary)")
                }
            }
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE reply = 'Access-Accept'") == 200)
        }
    }
}
