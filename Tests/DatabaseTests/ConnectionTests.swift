import Database
import Testing
import TestSupport

@Suite struct ConnectionTests {
    private static let tables = """
        CREATE TABLE parent (id integer PRIMARY KEY);
        CREATE TABLE item (
            id {{bigserial}}, name text NOT NULL, amount bigint CONSTRAINT positive CHECK (amount > 0),
            parent integer REFERENCES parent (id), note {{postgres: varchar(5)}}{{sqlite: text CHECK (length(note) <= 5)}},
            CONSTRAINT item_name UNIQUE (name))
        """
    private static let insert = Statement("INSERT INTO item (name, amount) VALUES ($1, $2)")
    private static let insertRows = Statement("INSERT INTO item (name, amount) SELECT r.n, r.a FROM {{rows n text, a bigint}}")
    private static let upsertRows = Statement(
        """
        INSERT INTO item (name, amount) SELECT r.n, r.a FROM {{rows n text, a bigint}} WHERE true
        ON CONFLICT (name) DO UPDATE SET amount = excluded.amount
        """)

    @Test(arguments: Engine.available) func `execute counts the rows it changed`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            #expect(try connection.execute(Self.insert, [.text("a"), .integer(1)]) == 1)
            #expect(try connection.execute(Self.insert, [.text("b"), .integer(2)]) == 1)
            #expect(try connection.execute(Statement("UPDATE item SET amount = amount + 1"), []) == 2)
            #expect(try connection.execute(Statement("CREATE TABLE other (x text)"), []) == 0)
            #expect(try connection.execute(Statement("UPDATE item SET amount = 1 WHERE name = 'none'"), []) == 0)
            #expect(try connection.execute(Statement("SELECT * FROM item"), []) == 0)
            #expect(try connection.execute(Statement("INSERT INTO item (name) VALUES ('a') ON CONFLICT DO NOTHING"), []) == 0)
            #expect(try connection.execute(Statement("DELETE FROM item WHERE name = $1"), [.text("a")]) == 1)
        }
    }

    @Test(arguments: Engine.available) func `RETURNING gives rows`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            let insert = Statement("INSERT INTO item (name, amount) VALUES ($1, 5) RETURNING id, amount")
            let read = try connection.first(insert, [.text("a")]) { (row) throws(DatabaseError) in [row.integer(0), row.integer(1)] }
            #expect(read == [1, 5])
            #expect(try connection.column("SELECT name FROM item") == ["a"])
        }
    }

    @Test(arguments: Engine.available) func `executeRows writes all rows`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            #expect(try connection.executeRows(Self.insertRows, columns: [.text(["a", "b", "c"]), .integer([1, nil, 3])]) == 3)
            #expect(try connection.column("SELECT amount FROM item ORDER BY name") == ["1", "NULL", "3"])
            #expect(try connection.executeRows(Self.upsertRows, columns: [.text(["c", "d"]), .integer([30, 4])]) == 2)
            #expect(try connection.column("SELECT amount FROM item ORDER BY name") == ["1", "NULL", "30", "4"])
            #expect(try connection.executeRows(Self.insertRows, columns: [.text([]), .integer([])]) == 0)
            #expect(try connection.executeRows(Self.insertRows, columns: [.text(["e", "f"]), .integer([nil, nil])]) == 2)
            #expect(try connection.column("SELECT amount FROM item WHERE name > 'd'") == ["NULL", "NULL"])
            let reals = Statement("UPDATE item SET note = 'x' WHERE amount IN (SELECT r.v FROM {{rows v real}})")
            #expect(try connection.executeRows(reals, columns: [.real([1.0, nil, 30.0])]) == 2)
        }
    }

    @Test(arguments: Engine.available) func `what SQLite tries first spares it the statement for the rows that it changes`(_ engine: Engine)
        throws
    {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            let insert = "INSERT INTO item (name, amount) SELECT r.name, r.amount FROM {{rows name text, amount bigint}} WHERE true"
            let upsert = Statement(
                "\(insert) ON CONFLICT (name) DO UPDATE SET amount = excluded.amount",
                firstOnSQLite: Statement("UPDATE item SET note = 'first' WHERE name = $1 AND amount = 1"))
            let columns: [DatabaseColumn] = [.text(["a", "b", "c"]), .integer([5, 6, 7])]
            try connection.executeRows(Self.insertRows, columns: [.text(["a", "b"]), .integer([1, 2])])
            #expect(try connection.executeRows(upsert, columns: columns) == 3)
            let rows = try connection.table("SELECT name, amount, note FROM item ORDER BY name").map { $0.joined(separator: " ") }
            #expect(rows == (engine == .sqlite ? ["a 1 first", "b 6 NULL", "c 7 NULL"] : ["a 5 NULL", "b 6 NULL", "c 7 NULL"]))
            // All rows or none, and the statement works again.
            let failing: [DatabaseColumn] = [.text(["a", "d"]), .integer([5, -1])]
            try connection.execute(Statement("UPDATE item SET note = NULL"), [])
            #expect(kind { try connection.executeRows(upsert, columns: failing) } == .data)
            #expect(try connection.column("SELECT count(note) FROM item") == ["0"])
            #expect(try connection.executeRows(upsert, columns: columns) == 3)
        }
    }

    @Test(arguments: Engine.available) func `executeRows is all or nothing`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            let columns: [DatabaseColumn] = [.text(["a", "b", "c"]), .integer([1, -1, 3])]
            #expect(kind { try connection.executeRows(Self.insertRows, columns: columns) } == .data)
            #expect(try connection.column("SELECT name FROM item") == [])
            #expect(kind { try connection.executeRows(Self.insertRows, columns: [.text(["a"]), .integer([1, 2])]) } == .other)
            #expect(kind { try connection.executeRows(Self.insertRows, columns: [.text(["a"])]) } == .other)
            #expect(try connection.executeRows(Self.insertRows, columns: [.text(["a"]), .integer([1])]) == 1)
        }
    }

    @Test(arguments: Engine.available) func `errors say what failed`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            let secret = "s3cr3t"
            try connection.execute(Self.insert, [.text(secret), .integer(1)])
            let unique = #expect(throws: DatabaseError.self) { try connection.execute(Self.insert, [.text(secret), .integer(1)]) }
            #expect(unique?.kind == .unique(constraint: engine == .postgres ? "item_name" : "item.name"))
            #expect(unique?.sqlState == (engine == .postgres ? "23505" : nil))
            let fail = { (sql: String, arguments: [DatabaseValue]) in kind { try connection.execute(Statement(sql), arguments) } }
            #expect(fail("INSERT INTO item (name, parent) VALUES ('x', 9)", []) == .foreignKey)
            #expect(fail("INSERT INTO item (name) VALUES (NULL)", []) == .notNull)
            #expect(fail("INSERT INTO item (name, amount) VALUES ('x', $1)", [.integer(0)]) == .data)
            #expect(fail("INSERT INTO item (name, note) VALUES ('x', $1)", [.text("too long")]) == .data)
            #expect(fail("SELECT nothing FROM nowhere", []) == .other)
            #expect(fail("SELEC 1", []) == .other)
            #expect(fail("SELECT {{nothing}}", []) == .other)
            #expect(fail("SELECT 1; SELECT 2", []) == .other)
            #expect(fail("SELECT CAST($1 AS text)", []) == .other)
            #expect(fail("SELECT CAST($1 AS text)", [.null, .null]) == .other)
            #expect(connection.isUsable)
            #expect(try connection.column("SELECT name FROM item") == [secret])
        }
    }

    @Test(arguments: Engine.available) func `an error's description has no value`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables + "; CREATE UNIQUE INDEX item_upper ON item (upper(name))") { (connection) throws in
            try connection.execute(Self.insert, [.text("s3cr3t"), .integer(1)])
            let statements = [
                "INSERT INTO item (name) VALUES ($1)", "INSERT INTO item (name, amount) VALUES ($1, -1)",
                "INSERT INTO item (name, note) VALUES ('x', $1)", "INSERT INTO item (name, parent) VALUES ($1, 1)",
                "UPDATE item SET name = NULL WHERE name = $1",
                "{{postgres: SELECT CAST(CAST($1 AS text) AS inet)}}{{sqlite: INSERT INTO parent (id) VALUES ($1)}}",
            ]
            for sql in statements {
                let error = #expect(throws: DatabaseError.self) { try connection.execute(Statement(sql), [.text("s3cr3t")]) }
                #expect(error?.description.contains("s3cr3t") == false)
                #expect(error?.sql != nil)
                #expect(error.map { String(reflecting: $0).contains(" in: ") } == true)
            }
            let index = kind { try connection.execute(Self.insert, [.text("S3CR3T"), .integer(1)]) }
            #expect(index == .unique(constraint: "item_upper"))
        }
    }

    @Test(arguments: Engine.available) func `a row's closure may run other statements and may throw`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            try connection.executeRows(Self.insertRows, columns: [.text(["a", "b", "c"]), .integer([1, 2, 3])])
            let names = Statement("SELECT name FROM item ORDER BY name")
            let amount = Statement("SELECT amount FROM item WHERE name = $1")
            let amounts = try connection.rows(names) { (row) throws(DatabaseError) in
                let name = row.text(0)
                let found = try connection.first(amount, [.text(name)]) { (row) throws(DatabaseError) in row.integer(0) }
                return name + String(found ?? 0) + row.text(0)
            }
            #expect(amounts == ["a1a", "b2b", "c3c"])
            var seen = 0
            let stopped = kind {
                try connection.query(names, []) { (_) throws(DatabaseError) in
                    seen += 1
                    throw DatabaseError(.timeout, "enough")
                }
            }
            #expect(stopped == .timeout)
            #expect(seen == 1)
            #expect(try connection.rows(names) { (row) throws(DatabaseError) in row.text(0) }.count == 3)
        }
    }

    @Test(arguments: Engine.available) func `a statement is prepared again when the schema changes`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.tables) { (connection) throws in
            let all = Statement("SELECT * FROM parent")
            #expect(try connection.rows(all) { (row) throws(DatabaseError) in row.columnCount }.isEmpty)
            try connection.script("ALTER TABLE parent ADD COLUMN more text; INSERT INTO parent VALUES (1, 'x')")
            // PostgreSQL says so once.
            _ = try? connection.execute(all, [])
            #expect(try connection.rows(all) { (row) throws(DatabaseError) in row.columnCount } == [2])
        }
    }

    @Test(arguments: Engine.available) func `statements made on the fly do not pile up`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            for number in 1...1100 {
                #expect(try connection.column("SELECT \(number)") == [String(number)])
            }
            if engine == .postgres {
                let count = try #require(try connection.column("SELECT count(*) FROM pg_prepared_statements").first)
                #expect(Int(count) ?? .max <= 500)
            }
        }
    }

    @Test(arguments: Engine.available) func `a script runs several statements with tokens`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            try connection.script(
                "CREATE TABLE a (id {{serial}}, t text DEFAULT ';'); INSERT INTO a (t) VALUES ('x;y'); {{postgres: SELECT 1}}")
            try connection.script("")
            #expect(try connection.column("SELECT t FROM a") == ["x;y"])
            #expect(kind { try connection.script("CREATE TABLE b (x text); CREATE TABLE b (x text)") } == .other)
        }
    }

    @Test(arguments: Engine.available) func `a purpose sets durability and planning`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let setting = { (purpose: ConnectionPurpose, name: String) in
                try database.engine.connect(purpose).column(engine == .postgres ? "SHOW \(name)" : "PRAGMA \(name)").first
            }
            switch engine {
            case .sqlite:
                #expect(try setting(.packets, "synchronous") == "2")
                #expect(try setting(.general, "synchronous") == "2")
                #expect(try setting(.log, "synchronous") == "1")
                #expect(try setting(.packets, "journal_mode") == "wal")
                #expect(try setting(.packets, "foreign_keys") == "1")
                #expect(try setting(.packets, "wal_autocheckpoint") == "10000")
                #expect(try setting(.packets, "busy_timeout") == "10000")
            case .postgres:
                #expect(try setting(.packets, "plan_cache_mode") == "force_generic_plan")
                #expect(try setting(.packets, "enable_seqscan") == "off")
                #expect(try setting(.bulk, "enable_seqscan") == "off")
                #expect(try setting(.bulk, "synchronous_commit") == "on")
                #expect(try setting(.general, "enable_seqscan") == "on")
                #expect(try setting(.packets, "synchronous_commit") == "on")
                #expect(try setting(.log, "synchronous_commit") == "off")
                #expect(try setting(.general, "statement_timeout") == "10s")
            }
        }
    }
}
