import Foundation
import TestSupport
import Testing

@Suite struct BatchCommandTests {
    private static func program() throws -> Program {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        try program.succeed("organization", "add", "museum")
        return program
    }

    @Test func aBatchOfAFileIsListedShownAndUndone() throws {
        let program = try Self.program()
        try program.succeed("user", "add", "old", "--password-stdin", "--email", "old@example.org", input: "secret-one\n")
        try program.write("bob,pw,bob@example.org,,\n,,carol@example.org,,\nx,,OLD@example.org,,\nbad,pw,nonsense,,\n", to: "users.csv")
        let result = try program.run("import", "users.csv", "--organization", "cafe", "--batch", "guests", "--json")
        #expect(result.code == 1)
        let document = try #require(try result.json().first)
        #expect(document["created"] as? Int == 2)
        #expect(document["linked"] as? Int == 1)
        #expect(document["wrong"] as? Int == 1)
        let generated = try #require((document["generated_passwords"] as? [[String: Any]])?.first)
        #expect(generated["username"] as? String == "carol")
        #expect((generated["password"] as? String)?.count == 8)

        let listed = try #require(try program.succeed("batch", "list", "--organization", "cafe", "--json").json().first)
        #expect(listed["name"] as? String == "guests")
        #expect(listed["status"] as? String == "completed")
        #expect(try program.succeed("batch", "list", "--organization", "museum", "--json").json().isEmpty)
        let shown = try program.succeed("batch", "show", "guests").output
        for text in ["guests", "completed", "1 of 4 rows were refused", "bob", "carol", "old"] { #expect(shown.contains(text)) }
        let errors = try program.succeed("batch", "errors", "guests").output
        #expect(errors.contains("4,email,'nonsense' is not an e-mail address,bad,nonsense,,\r\n"))
        #expect(try program.succeed("batch", "pdf", "guests", "guests.pdf").output == "1 passwords written to guests.pdf\n")
        #expect(try Data(contentsOf: program.directory.appendingPathComponent("guests.pdf")).starts(with: Array("%PDF-".utf8)))
        // The file is kept for its owner alone.
        let kept = try #require(
            FileManager.default.enumerator(atPath: program.directory.appendingPathComponent("var/batches").path)?
                .compactMap { $0 as? String }.first { $0.hasSuffix(".csv") })
        let attributes = try FileManager.default.attributesOfItem(
            atPath: program.directory.appendingPathComponent("var/batches/\(kept)").path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        #expect(try program.succeed("batch", "undo", "guests").output == "undone: 2 created, 1 linked\n")
        let users = try program.succeed("user", "list", "--json").json()
        #expect(users.map { $0["username"] as? String } == ["old"])
        #expect(try program.succeed("user", "list", "--organization", "cafe", "--json").json().isEmpty)
        #expect(try program.run("batch", "show", "guests").errors.contains("there is no batch 'guests'"))
    }

    @Test func usersAreMadeByPrefix() throws {
        let program = try Self.program()
        let made = try program.succeed(
            "batch", "add", "vouchers", "--organization", "cafe", "--prefix", "guest", "--count", "12", "--expires", "2099-12-31")
        #expect(made.output.hasPrefix("12 created, 0 linked"))
        #expect(try program.succeed("user", "list", "--organization", "cafe", "--json").json().count == 12)
        #expect(try program.succeed("batch", "pdf", "vouchers", "list.pdf", "--layout", "list").output.hasPrefix("12 passwords"))
        let again = try program.run("batch", "add", "vouchers", "--organization", "cafe", "--prefix", "guest", "--count", "1")
        #expect(again.code == 1)
        #expect(again.errors.contains("name: A batch with this name exists already"))
        // The same name in two organizations needs a choice.
        try program.succeed("batch", "add", "vouchers", "--organization", "museum", "--prefix", "visitor", "--count", "1")
        #expect(try program.run("batch", "undo", "vouchers").errors.contains("choose one by --organization"))
        try program.succeed("batch", "undo", "vouchers", "--organization", "museum")
        #expect(try program.succeed("user", "list", "--json").json().count == 12)
        #expect(try program.run("batch", "resume", "vouchers").errors.contains("is completed"))
    }

    /// Killed in the middle, the import goes on behind its last chunk: nobody is missing, nobody is there twice.
    @Test func anImportThatWasKilledGoesOn() throws {
        let program = try Self.program()
        let count = 20_000
        try program.write((1...count).map { ",pw,user\($0)@example.org,,\n" }.joined(), to: "users.csv")
        let process = try program.start(["import", "users.csv", "--organization", "cafe", "--batch", "guests"])
        let isUnderWay = try waitUntil {
            guard let batch = try program.run("batch", "list", "--json").json().first else { return false }
            return (batch["position"] as? Int ?? 0) > 0
        }
        #expect(isUnderWay)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let left = try #require(try program.succeed("batch", "list", "--json").json().first)
        let position = try #require(left["position"] as? Int)
        // A machine that finished before the signal came proves nothing, and nothing wrong either.
        if position < count {
            #expect(left["status"] as? String == "processing")
            #expect(try program.succeed("user", "list", "--json").json().count == position)
            #expect(try program.succeed("batch", "resume", "guests").output.hasPrefix("\(count) created, 0 linked"))
        }
        let users = try program.succeed("user", "list", "--organization", "cafe", "--json").json()
        #expect(users.count == count)
        #expect(Set(users.compactMap { $0["username"] as? String }).count == count)
    }

    @Test func wrongWishesAreExplained() throws {
        let program = try Self.program()
        try program.write("bob,pw,,,\n", to: "users.csv")
        #expect(try program.run("import", "users.csv", "--batch", "x").errors.contains("--batch needs --organization"))
        #expect(try program.run("import", "users.csv", "--organization", "cafe", "--group", "none").errors.contains("no group 'none'"))
        #expect(
            try program.run("batch", "add", "x", "--organization", "cafe", "--prefix", "a b", "--count", "1").errors.contains("prefix: "))
        #expect(try program.run("batch", "add", "x", "--organization", "none", "--prefix", "a", "--count", "1").code == 1)
        let dry = try program.run("import", "users.csv", "--organization", "cafe", "--dry-run", "--json")
        #expect(dry.code == 0)
        #expect(try dry.json().first?["dry_run"] as? Bool == true)
        #expect(try program.succeed("user", "list", "--json").json().isEmpty)
    }
}
