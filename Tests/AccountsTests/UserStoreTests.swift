import Accounts
import Database
import TestSupport
import Testing

@Suite struct UserStoreTests {
    @Test(arguments: [
        ("bob", true), ("bob@example.org", true), ("a b", true), ("ü", true), (String(repeating: "x", count: 253), true),
        (String(repeating: "x", count: 254), false), (String(repeating: "é", count: 127), false), ("", false), (" bob", false),
        ("bob ", false), ("bo\nb", false), ("bo\u{0}b", false), ("bo\u{7f}b", false), ("bob\u{a0}", false),
    ]) func `user names`(_ name: String, _ isValid: Bool) {
        #expect(UserStore.isValidUsername(name) == isValid)
    }

    @Test(arguments: [
        ("bob@example.org", true), ("b.o+b@sub.example.org", true), ("bob", false), ("@example.org", false), ("bob@", false),
        ("bob@localhost", false), ("a@b@example.org", false), ("bob@.example.org", false), ("bob@example.", false),
        ("b ob@example.org", false),
        ("a@example.org,b@example.org", false), (String(repeating: "x", count: 250) + "@a.b", true),
        (String(repeating: "x", count: 251) + "@a.b", false),
    ]) func `e-mail addresses`(_ address: String, _ isValid: Bool) {
        #expect(UserStore.isValidEmail(address) == isValid)
    }

    @Test(arguments: Engine.available) func `a user comes back as it was added`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = UserStore(connection)
            let full = User(
                username: "bob'; --", email: "Bob@Example.org", firstName: "Böb", lastName: "O'Neil", isActive: false,
                expiresAt: 4_102_444_800)
            let bare = User(username: "alice")
            try store.add(full)
            try store.add(bare)
            #expect(try store.user(named: full.username) == full)
            #expect(try store.user(named: "alice") == bare)
            #expect(try store.user(named: "ALICE") == nil)
            #expect(try store.user(email: "bob@example.ORG") == full)
            #expect(try store.user(email: "nobody@example.org") == nil)
            #expect(try store.all() == [bare, full])
        }
    }

    @Test(arguments: Engine.available) func `names and addresses are unique, addresses in any case`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = UserStore(connection)
            try store.add(User(username: "bob", email: "bob@example.org"))
            // Two users without an address do not collide.
            try store.add(User(username: "carol"))
            try store.add(User(username: "dave"))
            #expect(throws: AccountsError.userExists(username: "bob")) { try store.add(User(username: "bob")) }
            #expect(throws: AccountsError.emailTaken("BOB@example.org")) {
                try store.add(User(username: "eve", email: "BOB@example.org"))
            }
            #expect(throws: AccountsError.invalidUsername(" eve")) { try store.add(User(username: " eve")) }
            #expect(throws: AccountsError.invalidEmail("eve")) { try store.add(User(username: "eve", email: "eve")) }
            #expect(try store.all().map(\.username) == ["bob", "carol", "dave"])
        }
    }

    @Test(arguments: Engine.available) func `memberships are listed with the user and end with either side`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let organizations = OrganizationStore(connection)
            let store = UserStore(connection)
            let (school, cafe) = (Organization(name: "School", slug: "school"), Organization(name: "Café", slug: "cafe"))
            let (bob, alice) = (User(username: "bob"), User(username: "alice"))
            for organization in [school, cafe] { try organizations.add(organization) }
            for user in [bob, alice] { try store.add(user) }
            try store.join(bob, organization: school)
            try store.join(bob, organization: school)
            try store.join(bob, organization: cafe)
            try store.join(alice, organization: cafe)
            #expect(try store.all().map(\.organizations) == [["cafe"], ["cafe", "school"]])
            #expect(try store.all(organizationSlug: "school").map(\.username) == ["bob"])
            #expect(try store.all(organizationSlug: "cafe").map(\.organizations) == [["cafe"], ["cafe", "school"]])
            #expect(try store.all(organizationSlug: "nowhere") == [])
            #expect(try organizations.memberCount(of: cafe) == 2)

            #expect(try store.remove(username: "bob"))
            #expect(try !store.remove(username: "bob"))
            #expect(try organizations.memberCount(of: cafe) == 1)
            try connection.script("DELETE FROM radian_organization WHERE slug = 'cafe'")
            #expect(try store.all().map(\.organizations) == [[]])
        }
    }
}
