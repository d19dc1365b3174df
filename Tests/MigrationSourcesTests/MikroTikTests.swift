import Accounts
import Database
import Documents
import Foundation
import TestSupport
import Testing

@testable import MigrationSources

@Suite struct MikroTikTests {
    private func reader(_ text: String) -> CSVReader {
        var chunks = [Array(text.utf8)]
        return CSVReader { chunks.popLast() ?? [] }
    }

    @Test("users and profiles of tables", arguments: TestDatabase.Engine.available)
    func tables(engine: TestDatabase.Engine) throws {
        try Place.with(engine) { place in
            var export = UserManagerExport()
            try export.addCSV(
                reader(
                    """
                    Username;Password;Shared Users;Actual Profile;First name;E-mail;Email;Phone;Uptime limit;Transfer limit;Caller ID;Disabled;IP address
                    bob;builder;2;Gold;Bob;;bob@example.org;+39 366 425 5801;10:00:00;10G;;no;
                    eve;apple;unlimited;;Eve;;;;;;00:11:22:33:44:55;yes;10.0.0.7
                    ;nobody;1;;;;;;;;;no;
                    """), file: "users.csv")
            try export.addCSV(
                reader("name,validity,starts-when,override-shared-users\nGold,4w2d,first-auth,3\n"), file: "profiles.csv")
            try export.addCSV(
                reader("name,rate-limit-rx,rate-limit-tx,download-limit,upload-limit\nfast,2M,10M,1GiB,0\n"), file: "limitations.csv")
            try export.addCSV(reader("profile,limitation,from-time,till-time\nGold,fast,0s,23:59:59\n"), file: "links.csv")
            let change: (inout MigrationOptions) -> Void = {
                $0.organizationSlug = "cafe"
                $0.createsOrganization = true
            }
            let report = try place.run(change) { try $0.run(export) }
            #expect(
                try place.table("SELECT username, first_name, email, phone_number, is_active FROM radian_user ORDER BY username") == [
                    ["bob", "Bob", "bob@example.org", "+393664255801", "1"], ["eve", "Eve", "NULL", "NULL", "0"],
                ])
            let checks = try place.table("SELECT username, attribute, op, value FROM radcheck ORDER BY username, attribute")
            #expect(
                checks == [
                    ["bob", "Cleartext-Password", ":=", "builder"], ["bob", "Max-All-Octets", ":=", "10737418240"],
                    ["bob", "Max-All-Session", ":=", "36000"], ["bob", "Simultaneous-Use", ":=", "2"],
                    ["eve", "Calling-Station-Id", "==", "00:11:22:33:44:55"], ["eve", "Cleartext-Password", ":=", "apple"],
                ])
            let replies = try place.table("SELECT username, attribute, value FROM radreply")
            #expect(replies == [["eve", "Framed-IP-Address", "10.0.0.7"]])
            #expect(
                try place.table("SELECT groupname, attribute, value FROM radgroupcheck ORDER BY attribute") == [
                    ["cafe-Gold", "Expire-After", "2592000"], ["cafe-Gold", "Max-All-Output-Octets", "1073741824"],
                    ["cafe-Gold", "Simultaneous-Use", "3"],
                ])
            #expect(
                try place.table("SELECT groupname, attribute, value FROM radgroupreply") == [
                    ["cafe-Gold", "Mikrotik-Rate-Limit", "2M/10M"]
                ])
            #expect(try place.table("SELECT username, groupname FROM radusergroup") == [["bob", "cafe-Gold"]])
            #expect(report.problems.filter(\.isRefused).map(\.key) == ["users.csv:4"])
            let before = try place.everything()
            #expect(try place.run(change) { try $0.run(export) }.taken == 0)
            #expect(try place.everything() == before)
        }
    }

    @Test("scripts of release 7 and 6", arguments: TestDatabase.Engine.available)
    func scripts(engine: TestDatabase.Engine) throws {
        try Place.with(engine) { place in
            var export = UserManagerExport()
            try export.addScript(
                """
                # 2026-01-31 12:00:00 by RouterOS 7.16
                /interface bridge
                add name=bridge
                /user-manager limitation
                add name=slow rate-limit-rx=1M rate-limit-tx=2M transfer-limit=5G uptime-limit=1d
                /user-manager profile
                add name="One day" name-for-users="One \\"day\\"" override-shared-users=off starts-when=\\
                    first-auth validity=1d
                /user-manager user
                add attributes="Mikrotik-Group:full,Framed-Pool:guests" name=bob password="p w" shared-users=2
                /user-manager router
                add address=10.0.0.1 name=lobby shared-secret=a-secret-of-the-router
                /user-manager profile-limitation
                add limitation=slow profile="One day"
                /user-manager user-profile
                add profile="One day" user=bob
                """, file: "v7.rsc")
            try export.addScript(
                """
                /tool user-manager user
                add customer=admin disabled=no password=apple shared-users=1 username=eve
                create-and-activate-profile eve customer=admin profile="One day"
                """, file: "v6.rsc")
            let report = try place.run { try $0.run(export) }
            #expect(report.refused == 0)
            #expect(
                try place.table("SELECT username, attribute, value FROM radcheck ORDER BY username, attribute") == [
                    ["bob", "Cleartext-Password", "p w"], ["bob", "Simultaneous-Use", "2"], ["eve", "Cleartext-Password", "apple"],
                    ["eve", "Simultaneous-Use", "1"],
                ])
            #expect(
                try place.table("SELECT username, attribute, value FROM radreply ORDER BY attribute") == [
                    ["bob", "Framed-Pool", "guests"], ["bob", "Mikrotik-Group", "full"],
                ])
            #expect(try place.table("SELECT name, description FROM radiusgroup") == [["One day", "One \"day\""]])
            #expect(
                try place.table("SELECT attribute, value FROM radgroupcheck ORDER BY attribute") == [
                    ["Expire-After", "86400"], ["Max-All-Octets", "5368709120"], ["Max-All-Session", "86400"],
                ])
            #expect(try place.table("SELECT username FROM radusergroup ORDER BY username") == [["bob"], ["eve"]])
            #expect(
                try place.table("SELECT nasname, shortname, type, secret FROM nas") == [
                    ["10.0.0.1", "lobby", "mikrotik", "a-secret-of-the-router"]
                ])
        }
    }

    @Test(arguments: [("1w2d3h4m5s", 788_645), ("4w2d 05:00:00", 2_610_000), ("00:30:00", 1800), ("90", 90), ("1d", 86_400)])
    func durations(_ text: String, _ seconds: Int64) { #expect(RouterOSText.seconds(text) == seconds) }

    @Test(arguments: ["", "soon", "1y", "10x5"])
    func noDurations(_ text: String) { #expect(RouterOSText.seconds(text) == nil) }

    @Test func filesOfOtherKindsAreNamed() {
        var export = UserManagerExport()
        #expect(throws: SourceError.self) { try export.addCSV(reader("a,b\n1,2\n"), file: "x.csv") }
        #expect(throws: SourceError.self) { try export.addScript("/ip address\nadd address=10.0.0.1/24\n", file: "x.rsc") }
    }
}
