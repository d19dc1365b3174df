import Database
import RADIUSWire
import TestSupport
import Testing
import WebRouting

@testable import NASClients
@testable import RADIUSTransport

/// What is heard of devices gathers in the table, from all servers and over restarts.
@Suite struct NASActivityTests {
    private func client(_ id: Int64) throws -> NASClient {
        NASClient(
            id: id, name: "n\(id)", prefix: try #require(IPPrefix("192.0.2.\(id)")), secret: try #require(.init(text: "s")))
    }

    @Test(arguments: Engine.available)
    func `packets add up, the newest time counts, a good packet clears a wrong secret`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let id = try NASStore(connection).add(name: "lobby", address: "192.0.2.1", secret: "s")
            let (device, gone) = (try client(id), try client(id + 1))
            let counters = RADIUSCounters()
            let block = counters.makeBlock(for: .authentication)
            let activity = NASActivity(counters)
            func state() throws -> NASRecord? { try NASRecordStore(connection).record(id: id)?.adding(activity.news()[id]) }
            try activity.write(over: connection)
            #expect(try state()?.lastSeen == nil)

            block.update { counts in
                counts.sources.update(device) { $0.request(epoch: 100) }
                counts.sources.update(device) { $0.request(epoch: 101) }
                counts.sources.update(gone) { $0.request(epoch: 101) }
            }
            // Before and after the visit to the table it is the same.
            for _ in 0..<2 {
                let now = try #require(try state())
                #expect(now.packets == 2 && now.lastSeen == 101_000_000 && now.wrongSecretAt == nil)
                try activity.write(over: connection)
            }
            block.update { $0.refuse(.badMessageAuthenticator, of: device, from: device.prefix.address, epoch: 105) }
            #expect(try state()?.wrongSecretAt == 105_000_000)
            try activity.write(over: connection)
            #expect(try state()?.wrongSecretAt == 105_000_000)

            // After a restart, or on another node.
            let others = RADIUSCounters()
            let second = NASActivity(others)
            others.makeBlock(for: .accounting).update { counts in counts.sources.update(device) { $0.request(epoch: 90) } }
            try second.write(over: connection)
            let now = try #require(try state())
            #expect(now.packets == 4 && now.lastSeen == 105_000_000 && now.wrongSecretAt == nil)
            #expect(try connection.table("SELECT nas_id FROM radian_nas_state") == [[String(id)]])
        }
    }

    @Test(arguments: Engine.available)
    func `a learned requirement is told from one that somebody set`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            let learned = try store.add(name: "a", address: "192.0.2.1", secret: "s")
            let unsigned = try store.add(name: "b", address: "192.0.2.2", secret: "s")
            let set = try store.add(name: "c", address: "192.0.2.3", secret: "s", requireMessageAuthenticator: .yes)
            let unknown = try store.add(name: "d", address: "192.0.2.4", secret: "s")
            try store.learned(id: learned, requireMessageAuthenticator: .yes, limitProxyState: .yes)
            try store.learned(id: unsigned, requireMessageAuthenticator: .no, limitProxyState: nil)
            try store.learned(id: unknown, requireMessageAuthenticator: nil, limitProxyState: .yes)
            func state(_ id: Int64) throws -> String? {
                try NASRecordStore(connection).record(id: id)?.json["message_authenticator"]?.string
            }
            #expect(try [learned, unsigned, set, unknown].map(state) == ["learned", "missing", "required", nil])
        }
    }
}
