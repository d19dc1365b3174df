import FreeRADIUSFiles
import Testing

@Suite struct UsersFileTests {
    private func parse(_ text: String, _ others: [String: String] = [:]) throws(UsersFileError) -> UsersFile {
        try UsersFile(text, file: "dir/users") { path throws(UsersFileError) in
            guard let text = others[path] else { throw UsersFileError(file: path, line: 0, message: "absent") }
            return text
        }
    }

    /// `name: checks / replies`, an expanded value marked by a `~`.
    private func lines(_ file: UsersFile) -> [String] {
        func text(_ items: [UsersFile.Item]) -> String {
            items.map { "\($0.attribute) \($0.op) \($0.isExpanded ? "~" : "")\($0.value)" }.joined(separator: ", ")
        }
        return file.entries.map { "\($0.name ?? "DEFAULT"): \(text($0.checks)) / \(text($0.replies))" }
    }

    @Test func `entries with checks and replies`() throws {
        let text = """
            # a comment
            bob     Cleartext-Password := "hello", NAS-Port == 1   # behind

                    Reply-Message := "Hello, %{User-Name}",
            	# between
                    Tunnel-Type:1 = VLAN,
                    Session-Timeout = 60, Fall-Through = Yes
            "John Doe"\tCrypt-Password:=$1$abc/def
            DEFAULT Framed-Protocol == PPP, Called-Station-Id =~ "^00-11",NAS-Port-Id =* ""
                    Framed-Protocol = PPP
            DEFAULT2  Auth-Type := Reject
                    Reply-Message = 'it\\'s "over"'
            lonely
            """
        let file = try parse(text)
        #expect(
            lines(file) == [
                "bob: Cleartext-Password := hello, NAS-Port == 1 / Reply-Message := ~Hello, %{User-Name}, Tunnel-Type:1 = VLAN, Session-Timeout = 60, Fall-Through = Yes",
                "John Doe: Crypt-Password := $1$abc/def / ",
                "DEFAULT: Framed-Protocol == PPP, Called-Station-Id =~ ^00-11, NAS-Port-Id =*  / Framed-Protocol = PPP",
                "DEFAULT: Auth-Type := Reject / Reply-Message = it's \"over\"",
                "lonely:  / ",
            ])
        #expect(file.entries.map(\.line) == [2, 8, 9, 11, 13])
    }

    @Test func `escapes of double quotes, and text without expansion`() throws {
        let file = try parse(#"a  Password == "q\"b\\c\nd\x", X = '%{User-Name}', Y = `%{User-Name}`"#)
        #expect(file.entries[0].checks.map(\.value) == ["q\"b\\c\nd\\x", "%{User-Name}", "%{User-Name}"])
        #expect(file.entries[0].checks.map(\.isExpanded) == [false, false, true])
    }

    @Test func `included files stand where they are named`() throws {
        let file = try parse("a\n$INCLUDE more/one\nc\n", ["dir/more/one": "b\n$INCLUDE /two\n", "/two": "B\n"])
        #expect(file.entries.map(\.name) == ["a", "b", "B", "c"])
        #expect(file.entries[1].file == "dir/more/one")
        #expect(file.files == ["dir/users", "dir/more/one", "/two"])
    }

    @Test(arguments: [
        ("   X = 1", 1, "an indented line must follow an entry, or a line that ends with a comma"),
        ("a\n  X = 1\n  Y = 2", 3, "an indented line must follow an entry, or a line that ends with a comma"),
        ("a\n  X = 1,\nb", 3, "the line before ends with a comma, but no reply item follows"),
        ("a\n  X = 1,", 2, "the last line ends with a comma"),
        ("a X := 1,", 1, "check items end with a comma"),
        ("a X 1", 1, "an operator is expected behind X"),
        ("a X := ", 1, "a value is expected behind X :="),
        ("a X := \"open", 1, "a quote is not closed"),
        ("a X := 1 Y := 2", 1, "a comma is missing behind X"),
        ("a , X := 1", 1, "an attribute is expected"),
        ("ok\n\"open", 2, "a quote is not closed"),
    ]) func `mistakes are told with their line`(_ text: String, _ line: Int, _ message: String) {
        #expect(throws: UsersFileError(file: "dir/users", line: line, message: message)) { try parse(text) }
    }

    @Test func `files that include each other end`() {
        #expect(throws: UsersFileError.self) { try parse("$INCLUDE users", ["dir/users": "$INCLUDE users"]) }
        #expect(throws: UsersFileError(file: "dir/absent", line: 0, message: "absent")) { try parse("$INCLUDE absent") }
    }

    @Test func `no text breaks the reader`() {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = [
            "bob", " ", "\t", "\n", ",", ":=", "=", ":", "1", "\"", "'", "`", "\\", "#", "$INCLUDE ", "DEFAULT", "Tunnel-Type:1", "%{", "}",
            "é",
        ]
        for _ in 0..<20_000 {
            let text = (0..<random(20)).map { _ in pieces[random(pieces.count)] }.joined()
            _ = try? parse(text)
        }
    }
}
