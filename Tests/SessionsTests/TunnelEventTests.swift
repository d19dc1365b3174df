import Database
import RADIUSPipeline
import TestSupport
import Testing

@testable import Sessions

/// What NAS devices tell of tunnels (RFC 2867).
@Suite struct TunnelEventTests {
    private func link(_ event: TunnelEvent, _ id: String = "a", at epoch: Int64, connection: String = "17") -> AccountingRecord {
        AccountingRecord(.tunnel(event), id, at: epoch).with { record in
            var tunnel = TunnelDescription()
            tunnel.type = "L2TP"
            tunnel.mediumType = "IPv4"
            tunnel.clientEndpoint = "192.0.2.1"
            tunnel.serverEndpoint = "198.51.100.1"
            tunnel.clientAuthID = "lac"
            tunnel.serverAuthID = "lns"
            tunnel.assignmentID = "7"
            tunnel.connection = connection
            record.tunnel = tunnel
        }
    }

    @Test(arguments: Engine.available) func everyKindOfEventIsKeptWithItsTunnel(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let stop = link(.linkStop, at: 5_000).with {
                $0.tunnel?.packetsLost = 3
                $0.sessionTime = 60
                $0.inputOctets = 1 << 40
                $0.outputOctets = 8
                $0.terminateCause = "User-Request"
            }
            let others = TunnelEvent.allCases.filter { $0 != .linkStop }.enumerated().map { link($1, at: 1_000 + Int64($0)) }
            try recording.store(others + [stop, AccountingRecord(.start, "s", at: 1_000)])
            let events = try TunnelEventStore(recording.connection).events(limit: 100)
            #expect(
                events.map(\.event) == [
                    "Tunnel-Link-Stop", "Failed", "Tunnel-Link-Reject", "Tunnel-Link-Start", "Tunnel-Reject", "Tunnel-Stop", "Tunnel-Start",
                ])
            #expect(
                events.first
                    == TunnelEventRecord(
                        event: "Tunnel-Link-Stop", happenedAt: 5_000, nasAddress: "192.0.2.1", userName: "bob", sessionID: "s-a",
                        type: "L2TP",
                        mediumType: "IPv4", connection: "17", clientEndpoint: "192.0.2.1", serverEndpoint: "198.51.100.1",
                        clientAuthID: "lac",
                        serverAuthID: "lns", assignmentID: "7", seconds: 60, packetsLost: 3, inputOctets: 1 << 40, outputOctets: 8,
                        cause: "User-Request"))
            // Tunnels are no sessions.
            #expect(try recording.rows().keys.sorted() == ["s"])
        }
    }

    @Test(arguments: Engine.available) func aTunnelThatNobodyIsNamedFor(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.tunnel(.start), "a", at: 1_000).with { $0.userName = nil }])
            let event = try #require(try TunnelEventStore(recording.connection).events(limit: 1).first)
            #expect(event.userName == "" && event.connection == nil && event.packetsLost == nil && event.inputOctets == nil)
        }
    }

    @Test(arguments: Engine.available) func repetitionsAreFound(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            func count() throws -> Int { try TunnelEventStore(recording.connection).events(limit: 100).count }
            // With the NAS's clock: its time tells events apart.
            let event = link(.reject, at: 1_000)
            try recording.store([event, event])
            try recording.store([event])
            #expect(try count() == 1)
            try recording.store([link(.reject, at: 1_001)])
            #expect(try count() == 2)
            // Without: the delay that the NAS counts is a second off here and there.
            func unstamped(_ epoch: Int64, connection: String = "18") -> AccountingRecord {
                link(.start, at: epoch, connection: connection).with { $0.hasEventTimestamp = false }
            }
            try recording.store([unstamped(2_000), unstamped(2_001)])
            try recording.store([unstamped(1_999)])
            #expect(try count() == 3)
            try recording.store([unstamped(2_000, connection: "19")])
            #expect(try count() == 4)
            // The same numbers again, much later, are another tunnel.
            try recording.store([unstamped(9_000)])
            #expect(try count() == 5)
        }
    }

    @Test(arguments: Engine.available) func listsAndForgets(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let store = TunnelEventStore(recording.connection)
            try recording.store([
                link(.start, at: 1_000), link(.stop, at: 2_000), link(.start, "b", at: 3_000).with { $0.userName = "alice" },
            ])
            #expect(try store.events(limit: 2).map(\.happenedAt) == [3_000, 2_000])
            #expect(try store.events(userName: "bob", limit: 10).map(\.happenedAt) == [2_000, 1_000])
            try store.prune(before: 2_000)
            #expect(try store.events(limit: 10).map(\.happenedAt) == [3_000, 2_000])
        }
    }

    @Test(arguments: Engine.available) func zeroOctetsInTextsDoNoHarm(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([link(.start, at: 1_000, connection: "1\u{0}7")])
            #expect(try TunnelEventStore(recording.connection).events(limit: 1).first?.connection == "17")
        }
    }
}
