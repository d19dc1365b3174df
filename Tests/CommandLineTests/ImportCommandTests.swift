import Foundation
import Testing

@Suite struct ImportCommandTests {
    private static let file = """
        username,password,email,first_name,last_name
        alice,s3cret,alice@example.org,Alice,
        ,,bob@example.org,Bob,
        carol,s3cret,nonsense,,
        """

    @Test func wrongLinesAreListedAndGoodOnesImported() throws {
        let program = try Program()
        try program.write(Self.file, to: "users.csv")
        try program.succeed("organization", "add", "cafe")
        let result = try program.run("import", "users.csv", "--organization", "cafe")
        #expect(result.code == 1)
        #expect(result.errors.contains("users.csv: line 4, column email: 'nonsense' is not an e-mail address\n"))
        #expect(result.errors.contains("radian: 1 of 3 lines were not imported"))
        #expect(result.output.contains("2 created, 1 wrong"))
        #expect(!result.output.contains("s3cret"))

        let password = try #require(result.output.split(separator: "\n").first { $0.contains("bob") }?.split(separator: " ").last)
        #expect(password.count == 12)
        let users = try program.succeed("user", "list", "--organization", "cafe", "--json").json()
        #expect(users.map { $0["username"] as? String } == ["alice", "bob"])

        let again = try program.run("import", "users.csv", "--organization", "cafe")
        #expect(again.output.contains("0 created, 2 linked to the organization, 1 wrong"))
    }

    @Test func aDryRunSaysTheSameAndWritesNothing() throws {
        let program = try Program()
        try program.write(Self.file, to: "users.csv")
        let fresh = try program.run("import", "users.csv", "--dry-run")
        #expect(fresh.code == 1)
        #expect(fresh.output == "dry run, nothing written: 2 created, 1 wrong\n")
        #expect(fresh.errors.contains("line 4, column email"))
        #expect(try program.succeed("migrate").output.contains("Accounts 1:"))
        #expect(try program.run("import", "users.csv", "--dry-run").output == fresh.output)
        #expect(try program.succeed("user", "list", "--json").json().isEmpty)
    }

    @Test func aGoodFileSucceedsWithPlainProgress() throws {
        let program = try Program()
        try program.write((1...2000).map { "user\($0),pw,,,\n" }.joined(), to: "users.csv")
        let result = try program.succeed("import", "users.csv")
        #expect(result.output == "2000 created\n")
        #expect(result.errors.hasSuffix("100 %  2000 lines\n"))
        #expect(!result.errors.contains("\r"))
    }

    @Test func whatCannotBeReadOrUnderstoodFails() throws {
        let program = try Program()
        try program.write("username,mail\n", to: "users.csv")
        #expect(try program.run("import", "absent.csv").errors == "radian: cannot read the file absent.csv\n")
        #expect(try program.run("import", ".").code == 1)
        #expect(try program.run("import", "users.csv").errors.contains("users.csv: line 1: the header's column 'mail' is unknown"))
        #expect(try program.run("import", "users.csv", "--organization", "none").errors.contains("there is no organization 'none'"))
    }
}
