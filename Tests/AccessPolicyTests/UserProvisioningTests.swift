import AccessPolicy
import Accounts
import Composition
import Database
import TestSupport
import Testing

@Suite struct UserProvisioningTests {
    private static func with(_ engine: TestDatabase.Engine, _ body: (any DatabaseConnection) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { database in
            let connection = try database.engine.connect(.general)
            try body(connection)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func oneUserIsWhatTheListSays(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection in
            let provisioning = UserProvisioning(connection)
            #expect(try provisioning.isEmpty())
            for slug in ["zoo", "cafe"] { try OrganizationStore(connection).add(Organization(name: slug, slug: slug)) }
            try connection.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('alice', 'second', 2), ('alice', 'first', 1), ('old', 'first', 1);
                INSERT INTO radcheck (username, attribute, op, value) VALUES
                    ('old', 'Login-Time', ':=', 'Any'), ('old', 'NT-Password', ':=', '00'), ('alice2', 'MD5-Password', ':=', '00')
                """)
            try provisioning.add(
                User(username: "alice", email: "a@example.org"), credential: UserProvisioning.cleartext("x"), organizationSlug: "zoo")
            let stored = try #require(try UserStore(connection).user(named: "alice"))
            let cafe = try #require(try OrganizationStore(connection).organization(slug: "cafe"))
            try UserStore(connection).join(stored, organization: cafe)

            let all = try provisioning.all()
            #expect(all.map(\.username) == ["alice", "alice2", "old"])
            for entry in all { #expect(try provisioning.entry(entry.username) == entry) }
            #expect(try provisioning.entry("alice")?.account?.organizations == ["cafe", "zoo"])
            #expect(try provisioning.entry("alice")?.groups == ["first", "second"])
            #expect(try provisioning.entry("old")?.credentials == ["NT-Password"])
            #expect(try provisioning.entry("ALICE") == nil)
            #expect(try provisioning.entry("nobody") == nil)
            #expect(try !provisioning.isEmpty())
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aNewPasswordReplacesEveryOther(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection in
            try connection.script(
                """
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('old', 'Login-Time', ':=', 'Any'),
                    ('old', 'NT-Password', ':=', '00'), ('old', 'Cleartext-Password', ':=', 'x'), ('other', 'NT-Password', ':=', '00')
                """)
            let provisioning = UserProvisioning(connection)
            try provisioning.setPassword("old", to: UserProvisioning.cleartext("new"))
            #expect(
                try provisioning.items(of: "old", in: .check) == [
                    PolicyItem(attribute: "Login-Time", op: ":=", value: "Any"),
                    PolicyItem(attribute: "Cleartext-Password", op: ":=", value: "new"),
                ])
            #expect(try provisioning.entry("other")?.credentials == ["NT-Password"])
            #expect(throws: AccountsError.userUnknown(username: "nobody")) {
                try provisioning.setPassword("nobody", to: UserProvisioning.cleartext("x"))
            }
        }
    }
}
