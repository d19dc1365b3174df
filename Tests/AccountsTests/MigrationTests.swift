import Accounts
import Database
import TestSupport
import Testing

@Suite struct MigrationTests {
    @Test(arguments: Engine.available)
    func `accounts of the first release get addresses, and memberships ids`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([Array(AccountsModule.migrations.prefix(2))]).migrate(connection)
            try connection.script(
                """
                INSERT INTO radian_organization (id, name, slug, created, modified) VALUES ('o', 'O', 'o', 1, 1);
                INSERT INTO radian_user (id, username, email, created, modified) VALUES ('u', 'bob', 'bob@example.org', 1, 1);
                INSERT INTO radian_user (id, username, created, modified) VALUES ('v', 'eve', 2, 2);
                INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('o', 'u', 1);
                INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('o', 'v', 1);
                """)
            try Migrator([AccountsModule.migrations]).migrate(connection)
            let address = try EmailAddressStore(connection).primary("u")
            #expect(address?.email == "bob@example.org" && address?.isVerified == true)
            #expect(try EmailAddressStore(connection).primary("v") == nil)
            let memberships = try MembershipStore(connection).memberships(of: ["u", "v"])
            let ids = memberships.values.flatMap { $0.map(\.id) }
            #expect(Set(ids).count == 2)
            #expect(ids.allSatisfy { $0.count == 36 })
            #expect(try UserStore(connection).user(named: "bob")?.isStaff == false)
        }
    }
}
