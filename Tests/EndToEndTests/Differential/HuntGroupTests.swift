import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import TestSupport
import Testing

/// Check items of Huntgroup-Name over the table that FreeRADIUS sites keep.
@PeerThread
@Suite
struct HuntGroupTests {
    private nonisolated static let engines = TestDatabase.Engine.available.filter(FreeRADIUSProcess.isInstalled)

    @Test("the same answers as FreeRADIUS, by the NAS's address; a change counts without a restart", arguments: engines)
    func sameAnswers(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.script(
                """
                INSERT INTO radhuntgroup (groupname, nasipaddress) VALUES ('lab', '192.0.2.10');
                INSERT INTO radhuntgroup (groupname, nasipaddress) VALUES ('hall', '192.0.2.11');
                """)
            try site.addGroup("lab-users", check: ["Huntgroup-Name == lab"], reply: ["Session-Timeout = 60"])
            try site.addGroup("others", check: ["Huntgroup-Name != lab"], reply: ["Session-Timeout = 70"])
            // The address of each request takes the place of the one that all cases have.
            let cases =
                ["192.0.2.10", "192.0.2.11", "192.0.2.99"].flatMap { address in
                    [
                        PolicyCase("equal-\(address)", check: ["Huntgroup-Name == lab"], reply: ["Filter-Id = in"]),
                        PolicyCase("different-\(address)", check: ["Huntgroup-Name != lab"], reply: ["Filter-Id = out"]),
                        PolicyCase("like-\(address)", check: ["Huntgroup-Name =~ ^l"], reply: ["Filter-Id = like"]),
                        PolicyCase("groups-\(address)", groups: [("lab-users", 1), ("others", 2)]),
                    ].map { (address, $0) }
                }
            for (_, query) in cases { try site.addUser(query.name, check: query.check, reply: query.reply, groups: query.groups) }
            let oracle = try FreeRADIUSProcess(site.database, readsHuntGroups: true)
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"])
            var accepted = 0
            for (address, query) in cases {
                let attributes = try [Attribute("NAS-IP-Address = \(address)")]
                let expected = ServerAnswer(
                    try oracle.auth().authenticate(user: query.name, password: query.password, method: .pap, attributes: attributes))
                let actual = ServerAnswer(
                    try server.auth().authenticate(user: query.name, password: query.password, method: .pap, attributes: attributes))
                if !actual.isSame(as: expected) {
                    Issue.record("\(query.name)\n  FreeRADIUS: \(expected)\n  Radian:     \(actual)")
                }
                if actual.code == "Access-Accept" { accepted += 1 }
            }
            #expect(accepted > 3)
            try oracle.stop()

            func session(_ port: String) throws -> [String] {
                let texts = ["NAS-IP-Address = 198.51.100.9", "NAS-Port-Id = \(port)"]
                let reply = try server.auth().authenticate(
                    user: "groups-192.0.2.10", password: "hello", method: .pap, attributes: texts.map { try Attribute($0) })
                return ServerAnswer(reply).attributes["Session-Timeout"] ?? []
            }
            try site.script(
                """
                INSERT INTO radhuntgroup (groupname, nasipaddress) VALUES ('hall', '198.51.100.0/24');
                INSERT INTO radhuntgroup (groupname, nasipaddress, nasportid) VALUES ('lab', '198.51.100.9', 'ge-0/1');
                """)
            try eventually("the new rows") { try session("ge-0/1") == ["60"] }
            #expect(try session("ge-0/2") == ["70"])
            #expect(try server.stop() == .code(0))
        }
    }
}
