import AccessPolicy
import Accounts
import Database
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import Testing

@Suite struct UsageServiceTests {
    typealias Engine = TestDatabase.Engine

    @Test("the group that counts tells its limits and what is used of them", arguments: Engine.available)
    func checks(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let noon = GroupsSite.noon
            let usage = UsageService(site.kernel, counters: UsageCounter.builtIn, calendar: GroupsSite.calendar)
            #expect(try await usage.checks(username: "alice", organizationID: site.cafe.id, at: noon) == nil)

            let (cafe, alice) = (site.cafe.id, site.alice.id)
            try await site.change { try DefaultGroups.assign(userID: alice, organizationID: cafe, over: $0) }
            try await site.script(
                """
                INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('cafe-users', 'Simultaneous-Use', ':=', '1'),
                    ('cafe-users', 'Max-Monthly-Session', ':=', 'many'), ('cafe-users', 'Max-All-Octets', ':=', '1000'),
                    ('hotel-users', 'Max-All-Session', ':=', '7');
                INSERT INTO radusergroup (username, groupname, priority, organization_id)
                    VALUES ('alice', 'cafe-power-users', 9, '\(cafe)'), ('alice', 'hotel-users', 0, '\(site.hotel.id)');
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime,
                    acctinputoctets, acctoutputoctets, organization_id)
                VALUES ('s', 'u', 'alice', {{inet '192.0.2.1'}}, {{timestamp \(noon - 3600)}}, {{timestamp \(noon)}}, 3600, 600, 500, '\(cafe)'),
                    ('t', 'v', 'alice', {{inet '192.0.2.1'}}, {{timestamp \(noon - 3600)}}, {{timestamp \(noon)}}, 50, 7, 7, '\(site.hotel.id)'),
                    ('w', 'w', 'alice', {{inet '192.0.2.1'}}, {{timestamp \(noon - 172800)}}, {{timestamp \(noon - 172000)}}, 800, 1, 1, '\(cafe)');
                """)
            let expected = [
                UsageCheck(attribute: "Max-Daily-Session", op: ":=", value: "10800", result: 3600, type: "seconds"),
                UsageCheck(attribute: "Max-Daily-Session-Traffic", op: ":=", value: "3000000000", result: 1100, type: "bytes"),
                UsageCheck(attribute: "Max-Monthly-Session", op: ":=", value: "many", result: nil, type: "seconds"),
                UsageCheck(attribute: "Max-All-Octets", op: ":=", value: "1000", result: 1000, type: "bytes"),
            ]
            #expect(try await usage.checks(username: "alice", organizationID: cafe, at: noon) == expected)
            // As well from what is kept for users who logged in.
            try await site.kernel.withConnection { connection in
                try connection.transaction { () throws(DatabaseError) in
                    let query = UsageQuery(userName: "alice", organizationID: cafe, depth: UsageDepth(hours: 48, days: 400))
                    try UsageLedger(connection, calendar: GroupsSite.calendar).begin([query], at: 0)
                }
                try connection.script("UPDATE radacct SET acctsessiontime = 1")
            }
            #expect(try await usage.checks(username: "alice", organizationID: cafe, at: noon) == expected)
            // That of the other organization is read from the table, where its session now took a second.
            #expect(
                try await usage.checks(username: "alice", organizationID: site.hotel.id, at: noon) == [
                    UsageCheck(attribute: "Max-Daily-Session", op: ":=", value: "10800", result: 1, type: "seconds"),
                    UsageCheck(attribute: "Max-Daily-Session-Traffic", op: ":=", value: "3000000000", result: 14, type: "bytes"),
                    UsageCheck(attribute: "Max-All-Session", op: ":=", value: "7", result: 1, type: "seconds"),
                ])
            try await site.script("UPDATE radusergroup SET priority = 0 WHERE groupname = 'cafe-power-users'")
            #expect(try await usage.checks(username: "alice", organizationID: cafe, at: noon) == [])
            #expect(try await usage.checks(username: "nobody", organizationID: cafe, at: noon) == nil)
        }
    }
}
