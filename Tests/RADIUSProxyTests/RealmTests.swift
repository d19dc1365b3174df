import RADIUSProxy
import Testing

@Suite struct RealmTests {
    @Test(arguments: [
        ("user@realm", "bob@example.org", "bob", "example.org"), ("user@realm", "bob@a@b", "bob@a", "b"), ("user@realm", "@b", "", "b"),
        ("realm/user", "IPASS/bob/x", "bob/x", "IPASS"), ("realm\\user", "CORP\\bob", "bob", "CORP"),
        ("domain\\user", "CORP\\bob", "bob", "CORP"), ("realm!user", "b.org!bob", "bob", "b.org"),
        ("user%realm", "bob%b.org", "bob", "b.org"),
    ]) func formatsSplitNames(format: String, name: String, user: String, realm: String) throws {
        #expect(try #require(RealmFormat(format)).split(name) == RealmName(user: user, realm: realm))
    }

    @Test(arguments: ["bob", "bob@", ""]) func namesWithoutARealmAreNotSplit(name: String) throws {
        #expect(try #require(RealmFormat("user@realm")).split(name) == nil)
    }

    @Test(arguments: ["", "user", "user@", "user@@realm", "realm@name", "a@b"]) func otherTextsAreNoFormat(text: String) {
        #expect(RealmFormat(text) == nil)
    }

    private static let formats = ["user@realm", "realm\\user"].compactMap { RealmFormat($0) }

    private func table(_ names: String...) throws -> RealmTable {
        RealmTable(try names.map { try #require(Realm(name: $0)) })
    }

    private func match(_ table: RealmTable, _ name: String, ours: Set<String> = []) -> String? {
        table.match(name, formats: Self.formats) { ours.contains($0) }?.realm.name
    }

    @Test func exactBeforeExpressionBeforeDefault() throws {
        let table = try table("~^.*\\.org$", "~^a\\.org$", "Example.ORG", "DEFAULT", "NULL")
        #expect(match(table, "bob@EXAMPLE.org") == "Example.ORG")
        #expect(match(table, "bob@a.ORG") == "~^.*\\.org$", "expressions in their order, without case")
        #expect(match(table, "bob@a.com") == "DEFAULT")
        #expect(match(table, "bob") == "NULL")
    }

    @Test func withoutNULLNamesWithoutARealmGoToDEFAULT() throws {
        #expect(match(try table("DEFAULT"), "bob") == "DEFAULT")
        #expect(match(try table("a.org"), "bob") == nil)
        #expect(match(RealmTable([]), "bob@a.org") == nil)
    }

    @Test func anExactRealmInALaterFormatGoesBeforeDEFAULTInTheFirst() throws {
        let table = try table("corp", "DEFAULT")
        #expect(match(table, "CORP\\bob@mail") == "corp")
        #expect(match(table, "HOME\\bob@mail") == "DEFAULT")
        #expect(match(table, "HOME\\bob") == "DEFAULT")
    }

    @Test func whatThisServerKnowsItselfGoesBeforeAnythingButAnExactRealm() throws {
        let table = try table("~.*", "DEFAULT", "hotel")
        #expect(match(table, "bob@cafe", ours: ["cafe", "hotel"]) == nil)
        #expect(match(table, "bob@hotel", ours: ["cafe", "hotel"]) == "hotel")
        #expect(match(table, "bob@LOCAL") == nil)
    }

    @Test(arguments: ["x@eap.arpa", "portal@EAP.arpa", "tls@v1.eap.arpa", "eap.arpa\\bob"]) func nothingBelowEapArpaLeaves(name: String)
        throws
    {
        let table = try table("~.*", "DEFAULT", "eap.arpa")
        #expect(match(table, name) == nil)
        #expect(match(table, "x@noteap.arpa") == "~.*")
    }

    @Test func wrongExpressionsAreRefused() {
        #expect(RealmPattern("~(") == nil)
        #expect(RealmPattern("") == nil)
    }

    @Test func namesAreRewritten() throws {
        let rewrite = try #require(UserNameRewrite(pattern: "^(.*)@old\\.org$", template: "$1@new.org"))
        #expect(rewrite("bob@OLD.org") == "bob@new.org")
        #expect(rewrite("bob@other.org") == "bob@other.org")
    }
}
