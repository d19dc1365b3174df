import Foundation
import Testing

@Suite struct UserExportCommandTests {
    @Test func accountsAreExported() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        try program.succeed("user", "add", "old", "--password-stdin", "--email", "old@example.org", input: "secret-one\n")
        try program.write(
            "bob,\"argon2$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$SGFzaEhhc2hIYXNoSGFzaA\",bob@example.org,,\n", to: "users.csv")
        try program.succeed("import", "users.csv", "--organization", "cafe")
        let all = try program.succeed("user", "export").output
        #expect(all.hasPrefix("id,username,email,first_name,"))
        #expect(all.contains("old@example.org") && all.contains("bob@example.org"))
        #expect(!all.contains("secret-one") && !all.contains("argon2"))
        let result = try program.succeed(
            "user", "export", "--organization", "cafe", "--hashes", "--exclude", "id, date_joined", "--file", "cafe.csv")
        #expect(result.output == "1 users written to cafe.csv\n")
        let url = program.directory.appendingPathComponent("cafe.csv")
        let text = try String(contentsOf: url, encoding: .utf8)
        #expect(text.hasPrefix("username,email,password,first_name,"))
        #expect(text.contains("\"argon2$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$SGFzaEhhc2hIYXNoSGFzaA\"") && !text.contains("old@"))
        #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == 0o600)
        #expect(try program.run("user", "export", "--exclude", "shoe_size").errors.contains("no column 'shoe_size'"))
        #expect(try program.run("user", "export", "--organization", "none").code == 1)
    }
}
