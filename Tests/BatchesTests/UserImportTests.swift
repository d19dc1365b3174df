import AccessPolicy
import Accounts
@testable import Batches
import Database
import Documents
import TestSupport
import Testing

@Suite struct UserImportTests {
    private static func with(
        _ engine: TestDatabase.Engine, _ body: (any DatabaseConnection, Organization) throws -> Void
    ) throws {
        try TestDatabase.with(engine, schema: Fixture.schema) { database in
            let connection = try database.engine.connect(.general)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            try body(connection, cafe)
        }
    }

    /// All that an import tells.
    private struct Report {
        var counts = ImportCounts()
        var problems: [ImportProblem] = []
        var generated: [(line: Int, credential: GeneratedCredential)] = []
        var steps: [ImportStep] = []
    }

    private static func run(
        _ connection: any DatabaseConnection, _ organization: Organization?, _ text: String, isDryRun: Bool = false,
        step: (ImportStep) -> Void = { _ in }
    ) throws -> Report {
        var report = Report()
        let work = UserImport(connection, target: .init(organization: organization), hooks: Fixture.hooks())
        report.counts = try work.run(Fixture.reader(text), isDryRun: isDryRun) {
            report.problems += $0.problems
            report.generated += $0.generated
            report.steps.append($0)
            step($0)
        }
        return report
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
            let report = try Self.run(connection, cafe, Self.file)
            #expect(report.counts.created == 3)
            #expect(report.counts.linked == 1)
            #expect(report.counts.refused == 2)
            #expect(report.problems.map(\.line) == [4, 7])
            #expect(report.problems.map(\.column) == [.email, nil])
            #expect(report.generated.map(\.credential.username) == ["carol"])
            #expect(report.generated.map(\.line) == [3])
            #expect(report.steps.last?.bytesRead == Self.file.utf8.count)
            #expect(report.steps.flatMap(\.lines).map(\.action) == [.create, .create, .refuse, .link, .create, .refuse])

            let provisioning = UserProvisioning(connection)
            let bob = try #require(try provisioning.entry("bob"))
            #expect(bob.account?.email == "bob@example.org")
            #expect(bob.account?.firstName == "Bob")
            #expect(bob.account?.lastName == "Jones")
            #expect(bob.account?.organizations == ["cafe"])
            #expect(bob.account?.isActive == true)
            #expect(
                try provisioning.items(of: "bob", in: .check) == [PolicyItem(attribute: "Cleartext-Password", op: ":=", value: "secret")])
            #expect(try provisioning.items(of: "carol", in: .check).map(\.value) == report.generated.map(\.credential.password))
            #expect(try provisioning.entry("erin")?.credentials == ["PBKDF2-Password"])
            #expect(try provisioning.entry("erin")?.account?.email == nil)
            #expect(try provisioning.all().map(\.username) == ["bob", "carol", "erin"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aDryRunDecidesAlikeAndWritesNothing(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, cafe in
            let dry = try Self.run(connection, cafe, Self.file, isDryRun: true)
            #expect(try UserProvisioning(connection).isEmpty())
            #expect(try OrganizationStore(connection).memberCount(of: cafe) == 0)
            let wet = try Self.run(connection, cafe, Self.file)
            #expect(dry.problems == wet.problems)
            #expect(dry.counts == wet.counts)
            #expect(dry.steps.flatMap(\.lines) == wet.steps.flatMap(\.lines))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aDryRunNeedsNoTables(engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            #expect(try Self.run(connection, nil, Self.file, isDryRun: true).counts.created == 3)
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
            #expect(try Self.run(connection, nil, text).counts.unchanged == 1)
            #expect(try provisioning.entry("alice")?.account?.organizations == [])
            for _ in 1...2 {
                #expect(try Self.run(connection, cafe, text).counts.linked == 1)
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
            let report = try Self.run(connection, nil, "bob,x,,,\ncarol,x,,,\ndave,x,,,\n,x,bob@example.org,,\n")
            #expect(report.problems.map(\.line) == [1, 2, 3])
            #expect(report.problems.allSatisfy { $0.column == .username })
            #expect(try UserProvisioning(connection).entry("bob1")?.account?.email == "bob@example.org")
        }
    }

    /// The planner cannot know what another program writes after it has looked.
    @Test(arguments: TestDatabase.Engine.available) func oneRowTheDatabaseRefusesDoesNotTakeItsChunkAlong(engine: TestDatabase.Engine)
        throws
    {
        try TestDatabase.with(engine, schema: Fixture.schema) { database in
            let connection = try database.engine.connect(.general)
            let cafe = Organization(name: "Café", slug: "cafe")
            try OrganizationStore(connection).add(cafe)
            var hooks = Fixture.hooks()
            // Passwords are hashed between the look and the transaction.
            hooks.credentials = { [engine = database.engine] passwords, _ in
                if passwords.contains("pw700") {
                    let users = UserStore(try engine.connect(.general))
                    try users.add(User(username: "user700"))
                    try users.add(User(username: "other", email: "USER800@example.org"))
                }
                return passwords.map { UserProvisioning.cleartext($0) }
            }
            let rows = (1...1200).map { "user\($0),pw\($0),user\($0)@example.org,," }
            var problems: [ImportProblem] = []
            let counts = try UserImport(connection, target: .init(organization: cafe), hooks: hooks)
                .run(Fixture.reader(rows.joined(separator: "\n")), isDryRun: false) { problems += $0.problems }
            #expect(counts.created == 1198)
            #expect(problems.map(\.line) == [700, 800])
            #expect(problems.map(\.column) == [.username, .email])
            #expect(try OrganizationStore(connection).memberCount(of: cafe) == 1198)
            #expect(try UserProvisioning(connection).all().filter { $0.credentials.isEmpty }.map(\.username) == ["other", "user700"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aHeaderThatCannotBeUnderstoodEndsTheImport(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, _ in
            #expect(throws: ImportProblem.self) {
                try Self.run(connection, nil, "username,mail\nbob,b@example.org\n")
            }
            let isEmpty = try UserProvisioning(connection).isEmpty()
            #expect(isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func rowsThatCannotBeReadAreListed(engine: TestDatabase.Engine) throws {
        try Self.with(engine) { connection, _ in
            let text = "bob,\"pw\"x,,,\ncarol,pw,,,\ndave,\"pw,,,\n"
            let report = try Self.run(connection, nil, text)
            #expect(report.counts.created == 1)
            #expect(report.problems.map(\.line) == [1, 3])
        }
    }
}
