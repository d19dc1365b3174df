import Foundation
import ServerKernel
import Testing

@Suite struct ConfigurationReaderTests {
    enum Mode: String, CaseIterable { case auto, always, never }

    private func reader(_ yaml: String, _ environment: [String: String] = [:]) -> ConfigurationReader {
        ConfigurationReader(yaml: yaml, file: "r.yaml", environment: environment)
    }

    /// The problems of a reader that has read `a.x`, `a.number`, `b.y` and the records `nas`.
    private func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
        var reader = reader(yaml, environment)
        _ = reader.text("a", "x", default: "")
        _ = reader.integer("a", "number", default: 1, in: 0...10)
        _ = reader.list("b", "listen", default: [])
        _ = reader.recordList("nas", keys: ["name", "secret"], secretKeys: ["secret"])
        do {
            try reader.finish()
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `typed reads`() throws {
        var reader = reader(
            """
            a:
              text: some words
              quoted: "0"
              empty: ""
              nothing:
              integer: -3
              seconds: 0.25
              yes: yes
              off: off
              choice: Always
              list: [one, "two, three", 4]
              single: one, two
            """)
        #expect(reader.text("a", "text", default: "") == "some words")
        #expect(reader.text("a", "quoted", default: "x") == "0")
        #expect(reader.text("a", "empty", default: "x") == "")
        #expect(reader.text("a", "nothing", default: "x") == "x")
        #expect(reader.text("a", "absent", default: "x") == "x")
        #expect(reader.text("other", "absent", default: "x") == "x")
        #expect(reader.integer("a", "integer", default: 0, in: -5...5) == -3)
        #expect(reader.seconds("a", "seconds", default: 1, in: 0...10) == .milliseconds(250))
        #expect(reader.flag("a", "yes", default: false) == true)
        #expect(reader.flag("a", "off", default: true) == false)
        #expect(reader.choice("a", "choice", default: Mode.auto) == .always)
        #expect(reader.list("a", "list", default: []) == ["one", "two, three", "4"])
        #expect(reader.list("a", "single", default: []) == ["one", "two"])
        #expect(reader.list("a", "none", default: ["d"]) == ["d"])
        try reader.finish()
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "a:\n"]) func `an empty file is all defaults`(_ yaml: String) {
        #expect(problems(yaml) == [])
    }

    @Test func `the environment wins`() throws {
        var reader = reader(
            "a:\n  x: file\n  list: [file]\n  number: 1\n",
            [
                "RADIAN_A_X": "environment", "RADIAN_A_LIST": "one, two,,three ", "RADIAN_A_NUMBER": "7", "PATH": "/bin",
                "RADIAN_TEST_POSTGRES": "p",
            ])
        #expect(reader.text("a", "x", default: "") == "environment")
        #expect(reader.list("a", "list", default: []) == ["one", "two", "three"])
        #expect(reader.integer("a", "number", default: 0, in: 0...9) == 7)
        #expect(reader.location("a", "x") == "environment RADIAN_A_X")
        try reader.finish()
    }

    @Test(arguments: [
        ("a:\n  number: 11\n", "r.yaml:2: 'a.number' is '11'; it must be a whole number from 0 to 10"),
        ("a:\n  number: 1.5\n", "r.yaml:2: 'a.number' is '1.5'; it must be a whole number from 0 to 10"),
        ("a:\n  number: ''\n", "r.yaml:2: 'a.number' is ''; it must be a whole number from 0 to 10"),
        ("a:\n  number: [1]\n", "r.yaml:2: 'a.number' must be a single value"),
        ("a:\n  numbr: 1\n", "r.yaml:2: unknown key 'a.numbr'; did you mean 'number'?"),
        ("a:\n  somethingelse: 1\n", "r.yaml:2: unknown key 'a.somethingelse'"),
        ("\nc:\n  x: 1\n", "r.yaml:2: unknown section 'c'; did you mean 'a'?"),
        ("sessions:\n  x: 1\n", "r.yaml:1: unknown section 'sessions'"),
        ("nass: []\n", "r.yaml:1: unknown section 'nass'; did you mean 'nas'?"),
        ("a: 5\n", "r.yaml:1: section 'a' must hold keys"),
        ("a:\n- x: 1\n", "r.yaml:1: section 'a' must hold keys, not a list"),
        ("nas:\n  name: n\n", "r.yaml:1: section 'nas' must be a list of records"),
        ("b:\n  listen:\n  - {a: b}\n", "r.yaml:3: 'b.listen' must be a list of single values"),
        ("nas:\n- name: n\n  secrt: x\n", "r.yaml:3: unknown key 'nas.secrt'; did you mean 'secret'?"),
        ("nas:\n- name: [n]\n", "r.yaml:2: 'nas.name' must be a single value"),
        ("nas:\n- words\n", "r.yaml:2: section 'nas' must hold keys"),
        ("- a\n", "r.yaml:1: the file must be sections of keys, such as 'database:' with 'url: …' below"),
    ]) func `a problem names its line and what would be right`(_ yaml: String, _ problem: String) {
        #expect(problems(yaml) == [problem])
    }

    @Test(arguments: [
        ("RADIAN_A_NUMBR", "environment RADIAN_A_NUMBR: unknown setting; did you mean 'RADIAN_A_NUMBER'?"),
        ("RADIAN_NAS_NAME", "environment RADIAN_NAS_NAME: unknown setting"),
        ("RADIAN_AA_NUMBER", "environment RADIAN_AA_NUMBER: unknown setting; did you mean 'RADIAN_A_NUMBER'?"),
    ]) func `an unknown variable of the program is a problem`(_ variable: String, _ problem: String) {
        #expect(problems("", [variable: "1"]) == [problem])
    }

    @Test func `all problems are told at once, in the order of the file`() {
        let found = problems("a:\n  x: 1\n  y: 2\n  number: many\nq: {}\nb:\n  z: 1\n", ["RADIAN_A_NUMBE": "1"])
        #expect(found.map { $0.prefix { $0 != " " } } == ["r.yaml:3:", "r.yaml:4:", "r.yaml:5:", "r.yaml:7:", "environment"])
    }

    @Test func `records keep their order and places`() throws {
        var reader = reader("nas:\n  - name: b\n    secret: s1\n  - name: a\n")
        let records = reader.recordList("nas", keys: ["name", "secret"])
        #expect(records.map(\.values) == [["name": "b", "secret": "s1"], ["name": "a"]])
        #expect(records.map(\.location) == ["r.yaml:2", "r.yaml:4"])
        try reader.finish()
    }

    @Test func `a secret may stand in a file, its first line`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("radian-\(UUID().uuidString)").path
        try Data("s3cr3t\r\nsecond line\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = reader("a:\n  inFile: file:\(path)\n  here: plain\nnas:\n- secret: file:\(path)\n")
        #expect(reader.secret("a", "inFile", default: "") == "s3cr3t")
        #expect(reader.secret("a", "here", default: "") == "plain")
        #expect(reader.secret("a", "absent", default: "d") == "d")
        #expect(reader.recordList("nas", keys: ["secret"], secretKeys: ["secret"]).map(\.values) == [["secret": "s3cr3t"]])
        try reader.finish()
    }

    @Test func `a secret's file that cannot be read is a problem`() {
        #expect(problems("nas:\n- secret: file:/nonexistent/x\n") == ["r.yaml:2: cannot read the file /nonexistent/x"])
    }

    @Test(arguments: [
        "nas:\n- secret: \"s3cr3t\n", "nas:\n- secret: s3cr3t\n  secret: s3cr3t\n", "nas:\n- secret: {s3cr3t\n", "a: b: s3cr3t\n",
        "nas:\n- secret: [s3cr3t]\n", "nas:\n- {secret: {s3cr3t: 1}}\n", "nas:\n- secret: *s3cr3t\n", "nas:\n\t- secret: s3cr3t\n",
        "nas:\n- secret: \"s3cr3t\\q\"\n", "nas:\n- secret: s3cr3t\u{1}\n", "nas: s3cr3t\n",
    ]) func `a broken file is told with its line and without its secrets`(_ yaml: String) throws {
        let found = problems(yaml)
        #expect(found.first?.hasPrefix("r.yaml:") == true)
        #expect(!found.joined().contains("s3cr3t"))
    }

    @Test func `a setting that may hold a password is not repeated`() {
        var reader = reader("a:\n  url: mysql://bob:s3cr3t@host\n")
        let url = reader.value("a", "url", default: "", expected: "sqlite:PATH", holdsSecret: true) { _ in nil as String? }
        #expect(url == "")
        let error = #expect(throws: ConfigurationError.self) { try reader.finish() }
        #expect(error?.description == "r.yaml:2: 'a.url' must be sqlite:PATH")
    }
}
