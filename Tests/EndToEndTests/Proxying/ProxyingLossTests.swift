import Foundation
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// A bad network between us and the home server: every login and every record arrives all the same, once.
@PeerThread
@Suite(.enabled(if: FreeRADIUSHome.isInstalled, "FreeRADIUS is not installed"))
struct ProxyingLossTests {
    /// What a network does to packets.
    enum Network: String, CaseIterable, Sendable {
        case lossy, repeating, reordering

        var rule: PacketRelay.Rule {
            switch self {
            // The first copy of each packet.
            case .lossy: { [seen = SeenPackets()] _, _, packet in seen.isFirst(packet) ? [] : [packet] }
            case .repeating: { _, _, packet in [packet, packet] }
            case .reordering:
                // Two at a time, the later one first. What waits in vain is sent again.
                { [held = HeldPackets()] direction, _, packet in held.swap(direction, packet) }
            }
        }
    }

    @Test("logins and accounting over a lossy, repeating and reordering network", arguments: Network.allCases)
    func network(_ network: Network) throws {
        try Site.with(.sqlite) { site in
            let ports = try FreeRADIUSHome.Ports()
            let home = try FreeRADIUSHome.start("home", ports)
            let relays = try (auth: PacketRelay(to: ports.plain, network.rule), acct: PacketRelay(to: ports.plain + 1, network.rule))
            defer {
                relays.auth.stop()
                relays.acct.stop()
            }
            let patient = ["response_window": "8", "retransmissions": "6", "status_check": "none"]
            let homes = [
                ("auth", ProxyFixture.home("auth", "udp", port: relays.auth.port, patient.merging(["type": "auth"]) { $1 })),
                ("acct", ProxyFixture.home("acct", "udp", port: relays.acct.port, patient.merging(["type": "acct"]) { $1 })),
            ]
            let server = try ServerUnderTest.start(site.database.url, configuration: ProxyFixture.configuration(homes))
            let count = 24
            let (auth, acct) = (try server.auth(timeout: .seconds(10), attempts: 1), try server.acct(timeout: .seconds(10), attempts: 1))
            let answers = try Self.together(count) { index in
                let user = "user\(index)@home.org"
                let login = try auth.authenticate(user: user, password: "hello", method: index.isMultiple(of: 2) ? .pap : .mschapv2)
                let record = try acct.account(.start, attributes: ProxyFixture.start("loss-\(index)", user: user))
                // MS-CHAPv2 covers the realm, which stays in the name then.
                let name = index.isMultiple(of: 2) ? "user\(index)" : user
                return login.verdict == .accepted && record.code == .accountingResponse
                    && login.text("Reply-Message")?.contains("home \(name)") == true
            }
            #expect(answers.filter { $0 }.count == count, "\(network)")
            let detail = home.text("detail")
            for index in 0..<count {
                #expect(detail.components(separatedBy: "Acct-Session-Id = \"loss-\(index)\"").count == 2, "\(network): loss-\(index)")
            }
            #expect(try server.stop() == .code(0))
        }
    }

    /// Runs a body for 0..<count on threads of their own.
    /// - Throws: the first error of one.
    private static func together(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Bool) throws -> [Bool] {
        let results = ResultBox(count)
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread.detachNewThread {
                results.set(index, Result { try body(index) })
                group.leave()
            }
        }
        group.wait()
        return try results.all.map { try $0.get() }
    }
}

/// Tells new packets from those sent again.
///
/// `@unchecked Sendable`: used on the relay's thread only.
private final class SeenPackets: @unchecked Sendable {
    private var packets: Set<[UInt8]> = []

    func isFirst(_ packet: [UInt8]) -> Bool { packets.insert(packet).inserted }
}

/// Holds every first packet of a direction until the next has gone.
///
/// `@unchecked Sendable`: used on the relay's thread only.
private final class HeldPackets: @unchecked Sendable {
    private var held: [PacketRelay.Direction: [UInt8]] = [:]

    func swap(_ direction: PacketRelay.Direction, _ packet: [UInt8]) -> [[UInt8]] {
        guard let first = held.removeValue(forKey: direction) else {
            held[direction] = packet
            return []
        }
        return [packet, first]
    }
}

/// Results of several threads.
///
/// `@unchecked Sendable`: `lock` guards `results`.
private final class ResultBox: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result<Bool, any Error>]

    init(_ count: Int) { results = Array(repeating: .success(false), count: count) }

    func set(_ index: Int, _ result: Result<Bool, any Error>) { lock.withLock { results[index] = result } }

    var all: [Result<Bool, any Error>] { lock.withLock { results } }
}
