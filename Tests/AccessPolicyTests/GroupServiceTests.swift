import AccessPolicy
import Composition
import Database
import RADIUSDictionary
import TestSupport
import Testing

@Suite struct GroupServiceTests {
    typealias Engine = TestDatabase.Engine

    private static let dictionary = """
        ATTRIBUTE Reply-Message 18 string
        ATTRIBUTE Session-Timeout 27 integer
        ATTRIBUTE Framed-IP-Address 8 ipaddr
        ATTRIBUTE Tunnel-Type 64 integer has_tag
        VALUE Tunnel-Type VLAN 13
        FLAGS internal
        ATTRIBUTE Fall-Through 500 integer
        VALUE Fall-Through Yes 1
        ATTRIBUTE Simultaneous-Use 1034 integer
        """

    private func with(_ engine: Engine, _ body: (GroupService, any DatabaseConnection) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            let text = Self.dictionary.replacing("FLAGS internal\n", with: "")
            try body(GroupService(connection, dictionary: try AttributeDictionary(source: text)), connection)
        }
    }

    private static func item(_ attribute: String, _ op: String, _ value: String) -> PolicyItem {
        PolicyItem(attribute: attribute, op: op, value: value)
    }

    @Test(arguments: Engine.available) func `groups are added once, under a proper name`(_ engine: Engine) throws {
        try with(engine) { (groups, connection) throws in
            try groups.add("staff")
            try groups.add("Gäste & 'Co'")
            #expect(throws: ProvisioningError.groupExists("staff")) { try groups.add("staff") }
            for name in ["", "a\nb", "a\u{0}", String(repeating: "x", count: 254)] {
                #expect(throws: ProvisioningError.invalidGroupName(name)) { try groups.add(name) }
            }
            // A group that only FreeRADIUS's tables know exists too.
            try connection.script("INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('old', 'Session-Timeout', '=', '1')")
            #expect(throws: ProvisioningError.groupExists("old")) { try groups.add("old") }
            #expect(try groups.all().map(\.name).sorted() == ["Gäste & 'Co'", "old", "staff"].sorted())
        }
    }

    @Test(arguments: Engine.available) func `an item replaces those of its attribute, += adds`(_ engine: Engine) throws {
        try with(engine) { (groups, _) throws in
            try groups.add("g")
            try groups.set(Self.item("Session-Timeout", "=", "60"), in: .reply, of: "g")
            try groups.set(Self.item("Reply-Message", "=", "one"), in: .reply, of: "g")
            try groups.set(Self.item("Reply-Message", "+=", "two"), in: .reply, of: "g")
            try groups.set(Self.item("Session-Timeout", ":=", "90"), in: .reply, of: "g")
            try groups.set(Self.item("Simultaneous-Use", ":=", "1"), in: .check, of: "g")
            let group = try #require(try groups.all().first)
            #expect(group.check == [Self.item("Simultaneous-Use", ":=", "1")])
            #expect(
                group.reply == [
                    Self.item("Reply-Message", "=", "one"), Self.item("Reply-Message", "+=", "two"),
                    Self.item("Session-Timeout", ":=", "90"),
                ])
            #expect(try groups.unset("Reply-Message", in: .reply, of: "g") == 2)
            #expect(try groups.unset("Reply-Message", in: .reply, of: "g") == 0)
            #expect(try groups.unset("Session-Timeout", in: .check, of: "g") == 0)
            #expect(try groups.all().first?.reply.count == 1)
        }
    }

    @Test(arguments: Engine.available) func `attribute names in any case are one attribute, spelt as the dictionary does`(_ engine: Engine)
        throws
    {
        try with(engine) { (groups, _) throws in
            try groups.add("g")
            try groups.set(Self.item("session-timeout", "=", "60"), in: .reply, of: "g")
            try groups.set(Self.item("SESSION-TIMEOUT", "=", "90"), in: .reply, of: "g")
            try groups.set(Self.item("tunnel-type:1", "=", "VLAN"), in: .reply, of: "g")
            #expect(try groups.all().first?.reply == [Self.item("Session-Timeout", "=", "90"), Self.item("Tunnel-Type:1", "=", "VLAN")])
            #expect(try groups.unset("Session-timeout", in: .reply, of: "g") == 1)
        }
    }

    @Test(arguments: [
        (item("Sesion-Timeout", "=", "1"), PolicyItemStore.List.reply), (item("", "=", "1"), .reply), (item(":1", "=", "1"), .reply),
        (item("Session-Timeout", "=", "many"), .reply), (item("Session-Timeout", "", "1"), .reply),
        (item("Session-Timeout", "=~", "1"), .reply),
        (item("Session-Timeout", "^=", "1"), .check), (item("Framed-IP-Address", "=", "10.0.0.256"), .reply),
        (item("Tunnel-Type", "=", "WLAN"), .reply), (item("Tunnel-Type:x", "=", "VLAN"), .reply),
        (item("Tunnel-Type:32", "=", "VLAN"), .reply),
        (item("Session-Timeout", "==", "1; DROP TABLE radcheck"), .check),
    ]) func `what rlm_sql could not understand is refused`(_ item: PolicyItem, _ list: PolicyItemStore.List) throws {
        try with(.sqlite) { (groups, _) throws in
            try groups.add("g")
            #expect(throws: GroupService.ItemError.self) { try groups.set(item, in: list, of: "g") }
            #expect(try groups.all().allSatisfy { $0.check.isEmpty && $0.reply.isEmpty })
        }
    }

    @Test(arguments: [
        (item("Reply-Message", "=~", "^a(b"), PolicyItemStore.List.check), (item("Framed-IP-Address", "=*", ""), .check),
        (item("Tunnel-Type:31", ":=", "VLAN"), .reply), (item("Tunnel-Type", ":=", "13"), .reply),
        (item("Fall-Through", "=", "Yes"), .reply),
    ]) func `what rlm_sql understands is stored`(_ item: PolicyItem, _ list: PolicyItemStore.List) throws {
        try with(.sqlite) { (groups, _) throws in
            try groups.add("g")
            try groups.set(item, in: list, of: "g")
            let group = try #require(try groups.all().first)
            #expect((list == .check ? group.check : group.reply) == [item])
        }
    }

    @Test(arguments: Engine.available) func `a removed group leaves nothing behind`(_ engine: Engine) throws {
        try with(engine) { (groups, connection) throws in
            for name in ["g", "h"] {
                try groups.add(name)
                try groups.set(Self.item("Session-Timeout", "=", "60"), in: .reply, of: name)
                try groups.set(Self.item("Session-Timeout", "==", "60"), in: .check, of: name)
                try connection.script("INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', '\(name)', 1)")
            }
            try groups.remove("g")
            #expect(try groups.all().map(\.name) == ["h"])
            for table in ["radgroupcheck", "radgroupreply", "radusergroup"] {
                #expect(try connection.table("SELECT groupname FROM \(table)") == [["h"]])
            }
            #expect(throws: ProvisioningError.groupUnknown("g")) { try groups.remove("g") }
            #expect(throws: ProvisioningError.groupUnknown("g")) { try groups.unset("Session-Timeout", in: .reply, of: "g") }
            #expect(throws: ProvisioningError.groupUnknown("g")) {
                try groups.set(Self.item("Session-Timeout", "=", "60"), in: .reply, of: "g")
            }
        }
    }
}
