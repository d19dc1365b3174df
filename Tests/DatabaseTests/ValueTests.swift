import Database
import Testing
import TestSupport

@Suite struct ValueTests {
    private static let table = """
        CREATE TABLE v (id integer PRIMARY KEY, i bigint, s smallint, b boolean, r double precision, t text, x {{postgres: bytea}}{{sqlite: blob}})
        """

    @Test(arguments: Engine.available, [Int64.min, -1, 0, 1, 1 << 31, .max])
    func integer(_ engine: Engine, _ value: Int64) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            try connection.execute(Statement("INSERT INTO v (id, i) VALUES (1, $1)"), [.integer(value)])
            let read = try connection.first(Statement("SELECT i FROM v WHERE i = $1"), [.integer(value)]) {
                (row) throws(DatabaseError) in (row.integerOrNil(0), row.text(0))
            }
            #expect(read?.0 == value)
            #expect(read?.1 == String(value))
        }
    }

    @Test(arguments: Engine.available, ["", "bob", "O'Brien \"x\" \\ ; --", "žluťoučký 🐎", "tab\tnew\nline\u{1}\u{7f}", "{{now}} $1"])
    func text(_ engine: Engine, _ value: String) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            try connection.execute(Statement("INSERT INTO v (id, t) VALUES (1, $1)"), [.text(value)])
            let read = try connection.first(Statement("SELECT t, i FROM v WHERE t {{any $1 text}}"), [.texts(["other", value])]) {
                (row) throws(DatabaseError) in (row.text(0), row.bytes(0), row.withUTF8(0) { [UInt8]($0) })
            }
            #expect(read?.0 == value)
            #expect(read?.1 == Array(value.utf8))
            #expect(read?.2 == Array(value.utf8))
        }
    }

    @Test(arguments: Engine.available, [[], [0], [0, 255, 92, 39, 10], Array(0...255)] as [[UInt8]])
    func blob(_ engine: Engine, _ value: [UInt8]) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            try connection.execute(Statement("INSERT INTO v (id, x) VALUES (1, $1)"), [.blob(value)])
            let read = try connection.first(Statement("SELECT x FROM v")) { (row) throws(DatabaseError) in row.bytesOrNil(0) }
            #expect(read == value)
        }
    }

    @Test(arguments: Engine.available) func `real, boolean and NULL`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let insert = Statement("INSERT INTO v (id, r, b, s, i, t, x) VALUES (1, $1, $2, $3, $4, $5, $6)")
            try connection.execute(insert, [.real(-0.1), .integer(1), .integer(-7), .null, .optional(nil as String?), .null])
            try connection.query(Statement("SELECT r, b, s, i, t, x, NOT b FROM v"), []) { (row) throws(DatabaseError) in
                #expect(row.columnCount == 7)
                #expect(row.real(0) == -0.1)
                #expect(row.integer(0) == 0)
                #expect(row.integer(1) == 1)
                #expect(row.integer(2) == -7)
                #expect(row.real(2) == -7)
                #expect((3...5).allSatisfy { row.isNull($0) && row.integer($0) == 0 && row.real($0) == 0 && row.text($0).isEmpty })
                #expect(row.integerOrNil(3) == nil && row.textOrNil(4) == nil && row.bytesOrNil(5) == nil && row.realOrNil(3) == nil)
                #expect(row.integer(6) == 0 && !row.isNull(6))
                #expect(row.isNull(7) && row.text(7).isEmpty && row.integer(7) == 0 && row.bytes(-1).isEmpty)
            }
        }
    }

    @Test(arguments: Engine.available) func `text where a number is asked`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            let sql = Statement("SELECT CAST('12abc' AS text), CAST('abc' AS text), CAST('99999999999999999999' AS text)")
            try connection.query(sql, []) { (row) throws(DatabaseError) in
                #expect(row.integer(0) == 12)
                #expect(row.integer(1) == 0)
                #expect(row.integer(2) == .max)
            }
        }
    }

    @Test(arguments: Engine.available) func `lists of none, one and many`(_ engine: Engine) throws {
        let strange = (1...40).map { "n\(UnicodeScalar(UInt8($0)))\"\\" }
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let insert = Statement("INSERT INTO v (id, i, t) SELECT r.id, r.i, r.t FROM {{rows id bigint, i bigint, t text}}")
            let numbers = (1...40).map { Int64($0) }
            try connection.executeRows(insert, columns: [.integer(numbers), .integer(numbers.map { $0 << 40 }), .text(strange)])
            let byText = Statement("SELECT id FROM v WHERE t {{any $1 text}} ORDER BY id")
            let byNumber = Statement("SELECT id FROM v WHERE i {{any $1 bigint}} ORDER BY id")
            let id: (any DatabaseRow) throws(DatabaseError) -> Int64 = { $0.integer(0) }
            #expect(try connection.rows(byText, [.texts([])], id) == [])
            #expect(try connection.rows(byText, [.texts(strange)], id) == numbers)
            #expect(try connection.rows(byText, [.texts([strange[4], "", strange[4]])], id) == [5])
            #expect(try connection.rows(byNumber, [.integers([])], id) == [])
            #expect(try connection.rows(byNumber, [.integers([7 << 40, -1, 3 << 40])], id) == [3, 7])
        }
    }

    @Test(arguments: Engine.available) func `parameters go by number, not by place`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            let sql = Statement("SELECT CAST($2 AS text), CAST($1 AS text), CAST($2 AS text)")
            let read = try connection.first(sql, [.text("one"), .text("two")]) { (row) throws(DatabaseError) in
                [row.text(0), row.text(1), row.text(2)]
            }
            #expect(read == ["two", "one", "two"])
        }
    }

    @Test(arguments: Engine.available) func `a NUL character is refused everywhere`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let insert = Statement("INSERT INTO v (id, t) VALUES (1, $1)")
            let select = Statement("SELECT id FROM v WHERE t {{any $1 text}}")
            let rows = Statement("INSERT INTO v (id, t) SELECT r.id, r.t FROM {{rows id bigint, t text}}")
            #expect(kind { try connection.execute(insert, [.text("a\0b")]) } == .data)
            #expect(kind { try connection.query(select, [.texts(["a", "a\0b"])]) { _ in } } == .data)
            #expect(kind { try connection.executeRows(rows, columns: [.integer([1, 2]), .text(["a", "a\0b"])]) } == .data)
            #expect(try connection.column("SELECT id FROM v") == [])
        }
    }

    @Test(arguments: Engine.available) func `times are epoch seconds outside`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, "CREATE TABLE m (at {{timestamptz}}, a {{inettype}}, n {{timestamptz}})") {
            (connection) throws in
            let insert = Statement("INSERT INTO m VALUES ({{timestamp $1}}, {{inet $2}}, {{now}})")
            try connection.execute(insert, [.integer(1_700_000_000), .text("2001:db8::1")])
            let select = Statement("SELECT {{epoch at}}, {{host a}}, {{epoch n}} - {{epoch {{now}}}} FROM m WHERE at = {{timestamp $1}}")
            let read = try connection.first(select, [.integer(1_700_000_000)]) { (row) throws(DatabaseError) in
                (row.integer(0), row.text(1), row.integer(2))
            }
            #expect(read?.0 == 1_700_000_000)
            #expect(read?.1 == "2001:db8::1")
            #expect((-60...0).contains(read?.2 ?? 1))
        }
    }
}
