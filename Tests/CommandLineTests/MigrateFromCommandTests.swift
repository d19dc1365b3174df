import Foundation
import Testing

@Suite struct MigrateFromCommandTests {
    private static let dump = """
        CREATE TABLE radcheck (id int, username text, attribute text, op text, value text);
        INSERT INTO radcheck VALUES (1, 'bob', 'Cleartext-Password', ':=', 's3cret'), (2, 'bob', 'Port-Limit', '~~', '1');
        """

    @Test func refusedRowsAreListedAndTheOthersTaken() throws {
        let program = try Program()
        try program.write(Self.dump, to: "radius.sql")
        try program.succeed("migrate")
        let rehearsal = try program.run("migrate-from", "freeradius", "radius.sql", "--dry-run")
        #expect(rehearsal.code == 1)
        #expect(rehearsal.output.hasSuffix("dry run, nothing written\n"))
        #expect(try program.succeed("user", "list", "--json").json().isEmpty)

        let result = try program.run("migrate-from", "freeradius", "radius.sql", "--organization", "cafe", "--create-organization")
        #expect(result.code == 1)
        #expect(result.errors.contains("refused: radcheck 2 bob: '~~' is no operator\n"))
        #expect(result.errors.contains("radian: 1 rows were not taken; the messages say why"))
        #expect(!(result.output + result.errors).contains("s3cret"))
        let users = try program.succeed("user", "list", "--organization", "cafe", "--json").json()
        #expect(users.map { $0["username"] as? String } == ["bob"])

        let json = try program.run("migrate-from", "freeradius", "radius.sql", "--organization", "cafe", "--json").json()
        let tallies = try #require(json.first?["tallies"] as? [String: [String: Int]])
        #expect(tallies["users"]?["present"] == 1)
        #expect(tallies["users"]?["taken"] == 0)
    }

    @Test func wrongUsageIsNamed() throws {
        let program = try Program()
        try program.succeed("migrate")
        #expect(try program.run("migrate-from", "freeradius", "nowhere.sql").errors == "radian: cannot read the file nowhere.sql\n")
        #expect(try program.run("migrate-from", "freeradius", "x.sql", "--create-organization").code == 64)
        #expect(try program.run("migrate-from", "openwisp", "x.sql", "--since", "yesterday").code == 64)
        #expect(try program.run("migrate-from", "openwisp", "x.sql", "--time-zone", "Rome").code == 64)
        try program.write("SELECT 1;\n", to: "x.sql")
        #expect(try program.run("migrate-from", "freeradius", "x.sql", "--organization", "cafe").code == 1)
        #expect(try program.run("migrate-from", "freeradius", "mysql://localhost/radius").errors.contains("mysqldump"))
    }

    @Test func userManagerAndLoginPage() throws {
        let program = try Program()
        try program.write("name,password,shared-users,profile\nbob,builder,2,gold\n", to: "users.csv")
        try program.write("name: Café\nslug: cafe\nserver: {uuid: 11111111-1111-4111-8111-111111111111}\n", to: "cafe.yml")
        try program.succeed("migrate-from", "login-page", "cafe.yml")
        try program.succeed("migrate-from", "mikrotik", "users.csv", "--organization", "cafe")
        #expect(try program.succeed("organization", "list", "--json").json().first?["slug"] as? String == "cafe")
        let shown = try program.succeed("user", "list", "--organization", "cafe", "--json").json()
        #expect(shown.first?["groups"] as? [String] == ["cafe-gold"])
    }
}
