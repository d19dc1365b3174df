import Accounts
import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import AddressPools

typealias Engine = TestDatabase.Engine

/// FreeRADIUS's table, with the types that its schemas give it.
private let radippool = """
    CREATE TABLE radippool (
        {{postgres: id bigserial PRIMARY KEY}}{{sqlite: id int(11) PRIMARY KEY}},
        pool_name {{postgres: text}}{{sqlite: varchar(30)}} NOT NULL,
        framedipaddress {{postgres: inet}}{{sqlite: varchar(15)}} NOT NULL,
        nasipaddress {{postgres: text}}{{sqlite: varchar(15)}} NOT NULL DEFAULT '',
        pool_key {{postgres: text}}{{sqlite: varchar(30)}} NOT NULL DEFAULT '',
        calledstationid {{postgres: text}}{{sqlite: varchar(30)}} NOT NULL DEFAULT '',
        callingstationid {{postgres: text}}{{sqlite: varchar(30)}} NOT NULL DEFAULT '',
        expiry_time {{postgres: timestamp(0) without time zone NOT NULL DEFAULT now()}}{{sqlite: datetime NOT NULL DEFAULT (datetime('now'))}},
        username {{postgres: text}}{{sqlite: varchar(64)}} DEFAULT ''
    );
    """

/// Which of the two kinds of pool a test is about.
enum Store: String, CaseIterable, Sendable {
    case ranges, table
}

private struct Leasing {
    let database: TestDatabase
    let connection: any DatabaseConnection
    let directory = AddressPoolDirectory()
    let leases: AddressLeases
    static let now: Int64 = 1_790_000_000

    /// A pool `net` of `count` addresses from 10.0.0.1 on.
    init(_ database: TestDatabase, _ store: Store, count: Int) throws {
        self.database = database
        connection = try database.engine.connect(.general)
        leases = AddressLeases(KeptConnection(database.engine, .packets), directory: directory, tableLeaseSeconds: 600)
        if store == .table { try connection.script(radippool) }
        try Migrator([AccountsModule.migrations, AddressPoolsModule.migrations]).migrate(connection)
        switch store {
        case .ranges:
            try add("net", .ipv4, "10.0.0.1-10.0.0.\(count)")
        case .table:
            for number in 1...count {
                try connection.script(
                    "INSERT INTO radippool (pool_name, framedipaddress, expiry_time) VALUES ('net', {{inet '10.0.0.\(number)'}}, '2020-01-01 00:00:0\(number % 10)')"
                )
            }
        }
        try directory.refresh(over: connection)
    }

    func add(_ name: String, _ kind: AddressKind, _ ranges: String, length: Int? = nil) throws {
        try AddressPoolStore(connection).add(
            AddressPool(
                name: name, kind: kind, ranges: try AddressRanges(ranges, kind: kind, length: length), leaseSeconds: 600,
                organizationID: nil),
            at: Self.now)
        try directory.refresh(over: connection)
    }

    static func with(_ engine: Engine, _ store: Store, count: Int = 3, _ body: (Leasing) throws -> Void) throws {
        try TestDatabase.with(engine) { (database) throws in try body(Leasing(database, store, count: count)) }
    }

    static func holder(_ user: String, nas: String = "192.0.2.1", key: String? = nil, station: String? = nil) -> LeaseHolder {
        LeaseHolder(nasAddress: nas, key: key ?? "key-\(user)", userName: user, stationID: station ?? "mac-\(user)")
    }

    /// The address that a holder gets, nil when there is none.
    func address(_ holder: LeaseHolder, at time: Int64 = 0, pools: [String] = ["net"]) throws -> String? {
        guard case .leased(let leases) = try leases.lease([LeaseQuery(pools: pools, holder: holder)], at: Self.now + time)[0] else {
            return nil
        }
        return leases.map(\.address).joined(separator: " ")
    }

    func update(_ event: LeaseUpdate.Event, _ holder: LeaseHolder, at time: Int64, told: Int64? = nil, ipv4: String? = nil) throws {
        try leases.update([LeaseUpdate(event: event, holder: holder, ipv4: ipv4, epoch: Self.now + (told ?? time))], at: Self.now + time)
    }
}

@Suite struct AddressLeasesTests {
    private typealias L = Leasing

    @Test(arguments: Engine.available, Store.allCases) func `everybody gets another address until there is none`(
        _ engine: Engine, _ store: Store
    ) throws {
        try L.with(engine, store) { (leasing) throws in
            let first = try leasing.address(L.holder("a"))
            let others = try [leasing.address(L.holder("b")), leasing.address(L.holder("c"))]
            #expect(Set([first] + others) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
            #expect(try leasing.address(L.holder("d")) == nil)
            // Who asks again has the same one.
            #expect(try leasing.address(L.holder("a"), at: 60) == first)
            // After its time a lease is free, the others' are not.
            #expect(others.contains(try leasing.address(L.holder("d"), at: 601)))
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `a device gets the address it had last`(_ engine: Engine, _ store: Store) throws
    {
        try L.with(engine, store) { (leasing) throws in
            let mine = try #require(try leasing.address(L.holder("a", key: "1")))
            _ = try leasing.address(L.holder("b", key: "2"))
            try leasing.update(.release, L.holder("a", key: "1"), at: 10, ipv4: mine)
            #expect(try leasing.address(L.holder("c", key: "3"), at: 20) != mine)
            #expect(try leasing.address(L.holder("a", nas: "192.0.2.9", key: "7"), at: 30) == mine)
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `a running lease goes to nobody else, even on the same port`(
        _ engine: Engine, _ store: Store
    ) throws {
        try L.with(engine, store) { (leasing) throws in
            let mine = try leasing.address(L.holder("a", key: "0", station: "m1"))
            #expect(try leasing.address(L.holder("b", key: "0", station: "m2")) != mine)
            // Without any key nothing is taken for the same session.
            let unnamed = try leasing.address(L.holder("c", key: "", station: ""))
            #expect(unnamed != mine)
            #expect(try leasing.address(L.holder("c", key: "", station: "")) == nil)
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `accounting extends and ends leases`(_ engine: Engine, _ store: Store) throws {
        try L.with(engine, store, count: 1) { (leasing) throws in
            let holder = L.holder("a")
            #expect(try leasing.address(holder) == "10.0.0.1")
            try leasing.update(.extend, holder, at: 500, ipv4: "10.0.0.1")
            #expect(try leasing.address(L.holder("b"), at: 1000) == nil)
            try leasing.update(.extend, holder, at: 1050)
            #expect(try leasing.address(L.holder("b"), at: 1600) == nil)
            try leasing.update(.release, holder, at: 1610, ipv4: "10.0.0.1")
            #expect(try leasing.address(L.holder("b"), at: 1611) == "10.0.0.1")
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `a Stop of an earlier session ends nobody's lease`(
        _ engine: Engine, _ store: Store
    ) throws {
        try L.with(engine, store, count: 1) { (leasing) throws in
            let port = "port 1"
            _ = try leasing.address(L.holder("a", key: port))
            try leasing.update(.release, L.holder("a", key: port), at: 100, ipv4: "10.0.0.1")
            _ = try leasing.address(L.holder("b", key: port), at: 200)
            // Repeated by the NAS, with the delay it names.
            try leasing.update(.release, L.holder("a", key: port), at: 300, told: 100, ipv4: "10.0.0.1")
            #expect(try leasing.address(L.holder("c"), at: 310) == nil)
            // The same user again, and the old Stop once more.
            try leasing.update(.release, L.holder("b", key: port), at: 320)
            _ = try leasing.address(L.holder("a", key: port), at: 330)
            try leasing.update(.release, L.holder("a", key: port), at: 340, told: 100, ipv4: "10.0.0.1")
            #expect(try leasing.address(L.holder("c"), at: 350) == nil)
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `a NAS that starts anew gives everything back`(_ engine: Engine, _ store: Store)
        throws
    {
        try L.with(engine, store, count: 3) { (leasing) throws in
            for user in ["a", "b"] { _ = try leasing.address(L.holder(user)) }
            let other = try leasing.address(L.holder("c", nas: "192.0.2.9"))
            try leasing.update(.releaseAll, L.holder(""), at: 10)
            let fresh = try [leasing.address(L.holder("d"), at: 11), leasing.address(L.holder("e"), at: 11)]
            #expect(fresh.allSatisfy { $0 != nil && $0 != other } && fresh[0] != fresh[1])
            #expect(try leasing.address(L.holder("f"), at: 11) == nil)
        }
    }

    @Test(arguments: Engine.available) func `one login may get addresses of several kinds, all or none`(_ engine: Engine) throws {
        try L.with(engine, .ranges, count: 2) { (leasing) throws in
            try leasing.add("six", .ipv6, "2001:db8::/126")
            try leasing.add("link", .ipv6Prefix, "2001:db8:1::/48")
            try leasing.add("home", .delegatedPrefix, "2001:db8:100::/47", length: 48)
            let pools = ["net", "six", "link", "home", "unknown", "net"]
            #expect(try leasing.address(L.holder("a"), pools: pools) == "10.0.0.1 2001:db8::1 2001:db8:1::/64 2001:db8:100::/48")
            #expect(try leasing.address(L.holder("b"), pools: pools) == "10.0.0.2 2001:db8::2 2001:db8:1:1::/64 2001:db8:101::/48")
            try leasing.update(.release, L.holder("a"), at: 5)
            // Its delegated prefix is held on, so the rest goes back too.
            try leasing.connection.script(
                "UPDATE radian_lease SET expires = 9999999999, pool_key = 'x', username = 'x', station = 'x' WHERE pool = 'home'")
            #expect(try leasing.address(L.holder("c"), at: 6, pools: pools) == nil)
            #expect(
                try leasing.connection.table("SELECT count(*) FROM radian_lease WHERE username = 'c' AND expires > \(L.now + 6)") == [["0"]]
            )
            let present = LeaseQuery(pools: ["net", "six"], present: [.ipv4], holder: L.holder("d"))
            #expect(
                try leasing.leases.lease([present], at: L.now + 7) == [
                    .leased([AddressLease(pool: "six", kind: .ipv6, address: "2001:db8::1", seconds: 600)])
                ])
        }
    }

    @Test(arguments: Engine.available) func `a pool whose ranges shrank hands out what it still has`(_ engine: Engine) throws {
        try L.with(engine, .ranges, count: 4) { (leasing) throws in
            for user in ["a", "b", "c", "d"] { _ = try leasing.address(L.holder(user)) }
            try leasing.connection.script("UPDATE radian_pool SET ranges = '10.0.0.3-10.0.0.5', next_position = 0")
            try leasing.directory.refresh(over: leasing.connection)
            // Its old one is gone from the pool, 3 and 4 are held.
            #expect(try leasing.address(L.holder("a"), at: 1) == "10.0.0.5")
            #expect(try leasing.address(L.holder("e"), at: 1) == nil)
        }
    }

    @Test(arguments: Engine.available) func `an unknown pool changes nothing`(_ engine: Engine) throws {
        try L.with(engine, .table) { (leasing) throws in
            #expect(try leasing.address(L.holder("a"), pools: ["other"]) == "")
        }
    }

    @Test(arguments: Engine.available, Store.allCases) func `no address is given twice, whoever asks at the same time`(
        _ engine: Engine, _ store: Store
    ) async throws {
        try await TestDatabase.with(engine) { database in
            let count = 40
            let leasing = try Leasing(database, store, count: count)
            let directory = leasing.directory
            let given = NIOLockedValueBox<[String: [String]]>([:])
            let refused = NIOLockedValueBox(0)
            await withTaskGroup(of: Void.self) { group in
                for thread in 0..<8 {
                    group.addTask { @Sendable in
                        let leases = AddressLeases(KeptConnection(database.engine, .packets), directory: directory, tableLeaseSeconds: 600)
                        for round in 0..<4 {
                            let queries = (0..<2).map { LeaseQuery(pools: ["net"], holder: Leasing.holder("u\(thread)-\(round)-\($0)")) }
                            var answers: [LeaseAnswer]?
                            // What the database could not do now, the NAS asks again.
                            for _ in 0..<100 where answers == nil { answers = try? leases.lease(queries, at: Leasing.now) }
                            for (query, answer) in zip(queries, answers ?? []) {
                                switch answer {
                                case .leased(let leases):
                                    given.withLockedValue { $0[leases.first?.address ?? "", default: []].append(query.holder.userName) }
                                case .exhausted: refused.withLockedValue { $0 += 1 }
                                }
                            }
                        }
                    }
                }
            }
            let result = given.withLockedValue { $0 }
            #expect(result.allSatisfy { $0.value.count == 1 && !$0.key.isEmpty })
            // 64 asked for 40; whoever skipped an address that another one was taking may have gone away without.
            #expect(result.count + refused.withLockedValue { $0 } == 64)
            #expect(result.count <= count)
            if store == .ranges || engine == .sqlite { #expect(result.count == count) }
        }
    }

    @Test(arguments: Engine.available) func `operators add, see, release and remove`(_ engine: Engine) throws {
        try L.with(engine, .ranges) { (leasing) throws in
            let store = AddressPoolStore(leasing.connection)
            let ranges = try AddressRanges("10.0.0.3-10.0.0.9", kind: .ipv4)
            let pool = AddressPool(name: "more", kind: .ipv4, ranges: ranges, leaseSeconds: 60, organizationID: nil)
            #expect(throws: AddressPoolError.overlaps("net")) { try store.add(pool, at: 0) }
            var same = pool
            same.name = "net"
            #expect(throws: AddressPoolError.exists("net")) { try store.add(same, at: 0) }
            _ = try leasing.address(L.holder("a"))
            #expect(try store.leases(of: "net", at: L.now, limit: 10).map(\.address) == ["10.0.0.1"])
            #expect(throws: AddressPoolError.inUse("net", leases: 1)) { try store.remove("net", force: false, at: L.now) }
            #expect(try store.release("10.0.0.1", at: L.now + 1) == 1)
            #expect(try store.leases(of: nil, at: L.now + 1, limit: 10).isEmpty)
            try store.remove("net", force: false, at: L.now + 2)
            #expect(throws: AddressPoolError.unknown("net")) { try store.remove("net", force: false, at: L.now + 2) }
        }
    }
}
