import Database
import Testing
import TestSupport

@Suite struct TransactionTests {
    private static let table = "CREATE TABLE t (id integer PRIMARY KEY, v integer)"
    private static let insert = Statement("INSERT INTO t (id) VALUES ($1)")
    private static let ids = "SELECT id FROM t ORDER BY id"

    @Test(arguments: Engine.available) func `a commit is seen by others, and only the commit`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let writer = try database.engine.connect(.packets)
            let reader = try database.engine.connect(.general)
            try writer.script(Self.table)
            let result = try writer.transaction { () throws(DatabaseError) -> String in
                try writer.execute(Self.insert, [.integer(1)])
                let seen = try reader.first(Statement("SELECT count(*) FROM t")) { (row) throws(DatabaseError) in row.text(0) }
                return seen ?? ""
            }
            #expect(result == "0")
            #expect(try reader.column(Self.ids) == ["1"])
        }
    }

    @Test(arguments: Engine.available) func `an error rolls back`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let thrown = kind {
                try connection.transaction { () throws(DatabaseError) in
                    try connection.execute(Self.insert, [.integer(1)])
                    throw DatabaseError(.timeout, "the body's own")
                }
            }
            #expect(thrown == .timeout)
            #expect(try connection.column(Self.ids) == [])
            try connection.transaction { () throws(DatabaseError) in _ = try connection.execute(Self.insert, [.integer(2)]) }
            #expect(try connection.column(Self.ids) == ["2"])
        }
    }

    @Test(arguments: Engine.available) func `a swallowed error still ends the transaction`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            var later: DatabaseError.Kind?
            let thrown = #expect(throws: DatabaseError.self) {
                try connection.transaction { () throws(DatabaseError) in
                    try connection.execute(Self.insert, [.integer(1)])
                    _ = try? connection.execute(Self.insert, [.integer(1)])
                    later = kind { try connection.execute(Self.insert, [.integer(2)]) }
                }
            }
            #expect(thrown?.kind == .unique(constraint: engine == .postgres ? "t_pkey" : "t.id"))
            #expect(later == thrown?.kind)
            #expect(try connection.column(Self.ids) == [])
        }
    }

    @Test(arguments: Engine.available) func `transactions do not nest`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            try connection.transaction { () throws(DatabaseError) in
                let nested = kind { try connection.transaction { () throws(DatabaseError) in } }
                #expect(nested == .other)
                try connection.execute(Self.insert, [.integer(1)])
            }
            #expect(try connection.column(Self.ids) == ["1"])
        }
    }

    @Test(arguments: Engine.available) func `a constraint checked at commit rolls back`(_ engine: Engine) throws {
        let tables = Self.table + "; CREATE TABLE c (t integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)"
        try TestDatabase.connected(engine, tables) { (connection) throws in
            let thrown = kind {
                try connection.transaction { () throws(DatabaseError) in
                    _ = try connection.execute(Statement("INSERT INTO c VALUES (7)"), [])
                }
            }
            #expect(thrown == .foreignKey)
            #expect(try connection.column("SELECT t FROM c") == [])
            try connection.transaction { () throws(DatabaseError) in _ = try connection.execute(Self.insert, [.integer(2)]) }
        }
    }

    @Test(arguments: Engine.available) func `who waits too long for a lock is told busy`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let first = try database.engine.connect(.general)
            let second = try database.engine.connect(.general)
            try first.script(Self.table + "; INSERT INTO t VALUES (1, 1)")
            try second.script("{{sqlite: PRAGMA busy_timeout = 1}}{{postgres: SET lock_timeout = 1}}")
            let update = Statement("UPDATE t SET v = 2 WHERE id = 1")
            try first.transaction { () throws(DatabaseError) in
                try first.execute(update, [])
                let waited = kind { try second.execute(update, []) }
                #expect(waited == .busy)
            }
            #expect(second.isUsable)
            #expect(try second.execute(update, []) == 1)
        }
    }

    @Test(arguments: Engine.available) func `executeRows joins the caller's transaction`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let rows = Statement("INSERT INTO t (id) SELECT r.i FROM {{rows i bigint}}")
            let thrown = kind {
                try connection.transaction { () throws(DatabaseError) in
                    try connection.executeRows(rows, columns: [.integer([1, 2])])
                    throw DatabaseError(.other, "stop")
                }
            }
            #expect(thrown == .other)
            #expect(try connection.column(Self.ids) == [])
        }
    }

    @Test(arguments: Engine.available) func `a query behind rows sees them`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            let rows = Statement("INSERT INTO t (id) SELECT r.i FROM {{rows i bigint}}")
            let after = Statement("SELECT id FROM t WHERE id > $1 ORDER BY id")
            var seen: [Int64] = []
            func write(_ ids: [Int64], then query: Statement = after) throws(DatabaseError) -> Int {
                seen = []
                return try connection.transaction { () throws(DatabaseError) in
                    try connection.executeRows(rows, columns: [.integer(ids)], then: query, [.integer(1)]) { row in
                        seen.append(row.integer(0))
                    }
                }
            }
            #expect(try write([1, 2, 3]) == 3)
            #expect(seen == [2, 3])
            #expect(try write([]) == 0)
            #expect(seen == [2, 3])
            // Whichever of them fails, nothing is there afterwards, and the connection goes on.
            #expect(kind { _ = try write([4, 1]) } == .unique(constraint: engine == .postgres ? "t_pkey" : "t.id"))
            #expect(kind { _ = try write([4], then: Statement("SELECT id FROM nowhere WHERE id > $1")) } == .other)
            let division = Statement("{{postgres: SELECT 1 / (CAST($1 AS integer) - 1)}}{{sqlite: SELECT abs(-9223372036854775807 - $1)}}")
            #expect(kind { _ = try write([4], then: division) } != nil)
            #expect(seen == [])
            #expect(try connection.column(Self.ids) == ["1", "2", "3"])
            #expect(try write([4]) == 1)
            #expect(seen == [2, 3, 4])
        }
    }

    @Test(arguments: Engine.available) func `a transaction that says nothing leaves nothing`(_ engine: Engine) throws {
        try TestDatabase.connected(engine, Self.table) { (connection) throws in
            try connection.transaction { () throws(DatabaseError) in }
            #expect(kind { try connection.transaction { () throws(DatabaseError) in throw DatabaseError(.other, "stop") } } == .other)
            // Neither this script nor this statement is part of one.
            #expect(try connection.execute(Self.insert, [.integer(1)]) == 1)
            #expect(
                kind {
                    try connection.transaction { () throws(DatabaseError) in
                        try connection.script("INSERT INTO t (id) VALUES (2)")
                        throw DatabaseError(.other, "stop")
                    }
                } == .other)
            #expect(try connection.column(Self.ids) == ["1"])
        }
    }
}
