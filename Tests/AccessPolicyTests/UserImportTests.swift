@testable import AccessPolicy
import Accounts
import Composition
import Database
import Documents
import TestSupport
import Testing

@Suite struct UserImportTests {
    private static func reader(_ text: String) -> CSVReader {
        var rest = Array(text.utf8)[...]
        return CSVReader {
            let piece = Array(rest.prefix(1000))
            rest = rest.dropFirst(1000)
            return piece
        }
    }

    /// A migrated database with the organization `cafe` and, where wanted, its import.
    private static func with(
        _ engine: TestDatabase.Engine, _ body: (any DatabaseConnection, Organization) throws -> Void
    ) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            _ = try Schema.migrate(connection)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            try body(connection, cafe)
        }
    }

    private static let file = """
        bob,secret,bob@example.org,Bob,Jones

        ,,carol@example.org,Carol,
        dave,cleartext$pw,nonsense,,
        ,x,BOB@example.org,,
        erin,pbkdf2_sha256$1000$salt$9AzKWcCKZmoVBlOYJMjbV3Bo6w2o3cnjRkYE4lpoyK4=,,,
        frank,x

        """

    @Test(arguments: TestDatabase.Engine.available) func goodRowsAreWrittenAndWrongOnesListed(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, cafe in
            var last = ImportProgress()
            let report = try UserImport(connection, organization: cafe).run(Self.reader(Self.file), isDryRun: false) { last = $0 }
            #expect(report.created == 3)
            #expect(report.linked == 1)
            #expect(report.problems.map(\.line) == [4, 7])
            #expect(report.problems.map(\.column) == [.email, nil])
            #expect(report.generatedPasswords.map(\.username) == ["carol"])
            #expect(report.generatedPasswords.map(\.line) == [3])
            #expect(last == ImportProgress(rows: 6, bytesRead: Self.file.utf8.count))

            let provisioning = UserProvisioning(connection)
            let bob = try #require(try provisioning.entry("bob"))
            #expect(bob.account?.email == "bob@example.org")
            #expect(bob.account?.firstName == "Bob")
            #expect(bob.account?.lastName == "Jones")
            #expect(bob.account?.organizations == ["cafe"])
            #expect(bob.account?.isActive == true)
            #expect(
                try provisioning.items(of: "bob", in: .check) == [PolicyItem(attribute: "Cleartext-Password", op: ":=", value: "secret")])
            #expect(try provisioning.items(of: "carol", in: .check).map(\.value) == report.generatedPasswords.map(\.password))
            #expect(try provisioning.entry("erin")?.credentials == ["PBKDF2-Password"])
            #expect(try provisioning.entry("erin")?.account?.email == nil)
            #expect(try provisioning.all().map(\.username) == ["bob", "carol", "erin"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aDryRunDecidesAlikeAndWritesNothing(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, cafe in
            let dry = try UserImport(connection, organization: cafe).run(Self.reader(Self.file), isDryRun: true)
            #expect(try UserProvisioning(connection).isEmpty())
            #expect(try OrganizationStore(connection).memberCount(of: cafe) == 0)
            let wet = try UserImport(connection, organization: cafe).run(Self.reader(Self.file), isDryRun: false)
            #expect(dry.problems == wet.problems)
            #expect(dry.created == wet.created)
            #expect(dry.linked == wet.linked)
            #expect(dry.generatedPasswords.map(\.username) == wet.generatedPasswords.map(\.username))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aDryRunNeedsNoTables(engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            #expect(try UserImport(connection, organization: nil).run(Self.reader(Self.file), isDryRun: true).created == 3)
            #expect(try !connection.tableExists("radian_user"))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func knownAddressesAreLinkedAndNothingElseOfTheAccountChanges(
        engine: TestDatabase.Engine
    ) throws {
        try Self.with(engine) { connection, cafe in
            let provisioning = UserProvisioning(connection)
            try provisioning.add(
                User(username: "alice", email: "Alice@example.org", firstName: "A"), credential: UserProvisioning.cleartext("old"))
            let text = "email,username,password,first_name\nalice@EXAMPLE.org,new,new,N\n"
            #expect(try UserImport(connection, organization: nil).run(Self.reader(text), isDryRun: false).unchanged == 1)
            #expect(try provisioning.entry("alice")?.account?.organizations == [])
            for _ in 1...2 {
                #expect(try UserImport(connection, organization: cafe).run(Self.reader(text), isDryRun: false).linked == 1)
            }
            let alice = try #require(try provisioning.entry("alice"))
            #expect(alice.account?.organizations == ["cafe"])
            #expect(alice.account?.firstName == "A")
            #expect(try provisioning.items(of: "alice", in: .check).map(\.value) == ["old"])
            #expect(try provisioning.all().count == 1)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func namesOfFreeRADIUSTablesAreTaken(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, _ in
            try connection.script(
                """
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Cleartext-Password', ':=', 'x');
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('carol', 'staff', 1);
                INSERT INTO radreply (username, attribute, op, value) VALUES ('dave', 'Session-Timeout', '=', '1')
                """)
            let report = try UserImport(connection, organization: nil).run(
                Self.reader("bob,x,,,\ncarol,x,,,\ndave,x,,,\n,x,bob@example.org,,\n"), isDryRun: false)
            #expect(report.problems.map(\.line) == [1, 2, 3])
            #expect(report.problems.allSatisfy { $0.column == .username })
            #expect(try UserProvisioning(connection).entry("bob1")?.account?.email == "bob@example.org")
        }
    }

    /// The planner cannot know what another program wrote after it had looked.
    @Test(arguments: TestDatabase.Engine.available) func oneRowTheDatabaseRefusesDoesNotTakeItsChunkAlong(engine: TestDatabase.Engine)
        throws
    {
        try Self.with(engine) { connection, cafe in
            let rows = (1...1200).map { "user\($0),pw,user\($0)@example.org,," }
            var isTaken = false
            let report = try UserImport(connection, organization: cafe).run(
                Self.reader(rows.joined(separator: "\n")), isDryRun: false
            ) { progress in
                guard !isTaken else { return }
                isTaken = true
                #expect(progress.rows == 500)
                try? UserStore(connection).add(User(username: "user700"))
                try? UserStore(connection).add(User(username: "other", email: "USER800@example.org"))
            }
            #expect(report.created == 1198)
            #expect(report.problems.map(\.line) == [700, 800])
            #expect(report.problems.map(\.column) == [.username, .email])
            #expect(try OrganizationStore(connection).memberCount(of: cafe) == 1198)
            #expect(try UserProvisioning(connection).all().filter { $0.credentials.isEmpty }.map(\.username) == ["other", "user700"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aHeaderThatCannotBeUnderstoodEndsTheImport(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, _ in
            #expect(throws: ImportProblem.self) {
                try UserImport(connection, organization: nil).run(Self.reader("username,mail\nbob,b@example.org\n"), isDryRun: false)
            }
            let isEmpty = try UserProvisioning(connection).isEmpty()
            #expect(isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func rowsThatCannotBeReadAreListed(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, _ in
            let text = "bob,\"pw\"x,,,\ncarol,pw,,,\ndave,\"pw,,,\n"
            let report = try UserImport(connection, organization: nil).run(Self.reader(text), isDryRun: false)
            #expect(report.created == 1)
            #expect(report.problems.map(\.line) == [1, 3])
        }
    }
}
