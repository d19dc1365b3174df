import Accounts
import Database
import TestSupport
import Testing

@Suite struct OrganizationStoreTests {
    @Test(arguments: [
        ("a", true), ("0-a_b", true), (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false), ("", false),
        ("-a", false), ("_a", false), ("A", false), ("é", false), ("a b", false), ("a/b", false), ("a\n", false),
    ]) func `slugs`(_ slug: String, _ isValid: Bool) {
        #expect(Organization.isValidSlug(slug) == isValid)
    }

    @Test(arguments: Engine.available) func `an organization comes back as it was added`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = OrganizationStore(connection)
            let school = Organization(name: "Écols & Söhne 'x'", slug: "school", isActive: false)
            let cafe = Organization(name: "Café", slug: "cafe")
            try store.add(school)
            try store.add(cafe)
            #expect(try store.organization(slug: "school") == school)
            #expect(try store.organization(slug: "School") == nil)
            #expect(try store.all() == [cafe, school])
            #expect(try store.memberCount(of: cafe) == 0)
        }
    }

    @Test(arguments: Engine.available) func `a slug is unique and well formed`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = OrganizationStore(connection)
            try store.add(Organization(name: "One", slug: "one"))
            #expect(throws: AccountsError.organizationExists(slug: "one")) { try store.add(Organization(name: "Two", slug: "one")) }
            #expect(throws: AccountsError.invalidSlug("Two")) { try store.add(Organization(name: "Two", slug: "Two")) }
            #expect(try store.all().map(\.name) == ["One"])
        }
    }

    @Test(arguments: Engine.available) func `the directory knows active organizations only, and forgets`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = OrganizationStore(connection)
            let one = Organization(name: "One", slug: "one")
            try store.add(one)
            try store.add(Organization(name: "Two", slug: "two", isActive: false))
            let directory = OrganizationDirectory()
            #expect(directory.id(slug: "one") == nil)
            try directory.refresh(over: connection)
            #expect(directory.id(slug: "one") == one.id)
            #expect(directory.id(slug: "two") == nil)
            try connection.script("UPDATE radian_organization SET is_active = 1 - is_active")
            try directory.refresh(over: connection)
            #expect(directory.id(slug: "one") == nil)
            #expect(directory.id(slug: "two") != nil)
        }
    }
}
