import Database
import Foundation
import Testing
import TestSupport

@testable import DatabasePostgres

@Suite struct PostgresURLTests {
    @Test(arguments: [
        ("postgres://bob:pass%20word@db.example:5433/radius", "postgres://bob@db.example:5433/radius"),
        ("postgresql://db/radius?password=pass%20word&sslmode=require", "postgres://db/radius"),
        ("postgres://[::1]:5432/radius", "postgres://[::1]:5432/radius"),
        ("postgres:///radius?host=/run/postgresql", "postgres:///radius?host=/run/postgresql"),
        ("postgres://bob@/", "postgres://bob@/"),
        ("postgres://bob:pass@a:1,b:2/radius?target_session_attrs=read-write", "postgres://bob@a:1,b:2/radius"),
        ("postgres://bob@a,[2001:db8::1]:2/radius", "postgres://bob@a,[2001:db8::1]:2/radius"),
    ])
    func `the display name has no password`(_ url: String, _ name: String) throws {
        let engine = try PostgresEngine(url: url)
        #expect(engine.displayName == name)
        var dumped = "\(engine) \(String(reflecting: engine))"
        dump(engine, to: &dumped)
        #expect(!dumped.contains("pass"))
    }

    @Test(arguments: ["", "radius", "sqlite:/x", "http://h/db", "postgres://h/db?nonsense=s3cr3t", "postgres://bob:s3cr3t@h:x:y/%zz"])
    func `what is no URL is refused without repeating it`(_ url: String) {
        let error = #expect(throws: DatabaseError.self) { try PostgresEngine(url: url) }
        #expect(error?.kind == .other)
        #expect(error.map { String(reflecting: $0).contains("s3cr3t") } == false)
    }

    @Test func `time-outs are set unless the URL sets them`() throws {
        let engine = try PostgresEngine(url: "postgres://h/db?connect_timeout=2")
        #expect(engine.parameters["connect_timeout"] == "2")
        #expect(engine.parameters["tcp_user_timeout"] == "10000")
        #expect(engine.parameters["dbname"] == "db")
    }

    @Test func `a server that is not there is a connection error`() throws {
        let engine = try PostgresEngine(url: "postgres://bob:s3cr3t@127.0.0.1:1/radius")
        let error = #expect(throws: DatabaseError.self) { try engine.connect(.general) }
        #expect(error?.kind == .connection)
        #expect(error.map { String(reflecting: $0).contains("s3cr3t") } == false)
    }
}

@Suite(.enabled(if: Engine.postgres.isAvailable, "RADIAN_TEST_POSTGRES is not set"))
struct PostgresConnectionTests {
    @Test func `a lost session is unusable until it is opened again`() throws {
        try TestDatabase.with(.postgres) { (database) throws in
            let connection = try database.engine.connect(.packets)
            let other = try database.engine.connect(.general)
            let select = Statement("SELECT 1 WHERE $1 = 'a'")
            try connection.execute(select, [.text("a")])
            let pid = try #require(try connection.column("SELECT pg_backend_pid()").first)
            // Waits until the session is gone.
            #expect(try other.column("SELECT pg_terminate_backend(\(pid), 5000)") == ["t"])
            let lost = kind { try connection.transaction { () throws(DatabaseError) in _ = try connection.execute(select, [.text("a")]) } }
            #expect(lost == .connection)
            #expect(!connection.isUsable)
            #expect(kind { try connection.execute(select, [.text("a")]) } == .connection)
            try connection.reconnect()
            #expect(connection.isUsable)
            #expect(try connection.rows(select, [.text("a")]) { (row) throws(DatabaseError) in row.integer(0) } == [1])
            #expect(try connection.column("SHOW enable_seqscan") == ["off"])
        }
    }

    @Test func `a session lost inside a transaction commits nothing`() throws {
        try TestDatabase.connected(.postgres, "CREATE TABLE t (id integer)") { (other) throws in
            let database = try #require(try other.column("SELECT current_database()").first)
            let server = try #require(TestDatabase.serverURL)
            var parts = try #require(URLComponents(string: server))
            parts.path = "/" + database
            let connection = try PostgresEngine(url: parts.string ?? "").connect(.general)
            let pid = try #require(try connection.column("SELECT pg_backend_pid()").first)
            let terminate = Statement("SELECT pg_terminate_backend(\(pid), 5000)")
            let lost = kind {
                try connection.transaction { () throws(DatabaseError) in
                    try connection.execute(Statement("INSERT INTO t VALUES (1)"), [])
                    try other.execute(terminate, [])
                }
            }
            #expect(lost == .connection)
            #expect(!connection.isUsable)
            #expect(try other.column("SELECT id FROM t") == [])
            try connection.reconnect()
            try connection.transaction { () throws(DatabaseError) in
                _ = try connection.execute(Statement("INSERT INTO t VALUES (2)"), [])
            }
            #expect(try other.column("SELECT id FROM t") == ["2"])
        }
    }

    @Test func `a statement that runs too long is a time-out`() throws {
        try TestDatabase.connected(.postgres, "SET statement_timeout = 1") { (connection) throws in
            #expect(kind { try connection.execute(Statement("SELECT pg_sleep(10)"), []) } == .timeout)
            #expect(connection.isUsable)
        }
    }

    @Test func `statements made on the fly run in transactions, however many there are`() throws {
        try TestDatabase.connected(.postgres, "CREATE TABLE t (id integer)") { (connection) throws in
            for id in 1...510 {
                try connection.transaction { () throws(DatabaseError) in
                    _ = try connection.execute(Statement("INSERT INTO t VALUES (\(id))"), [])
                }
            }
            #expect(try connection.column("SELECT count(DISTINCT id) FROM t") == ["510"])
            // Fewer than were made: the session let them go, once.
            #expect(try #require(Int(connection.column("SELECT count(*) FROM pg_prepared_statements").first ?? "")) < 30)
        }
    }

    @Test func `an unknown database is a connection error`() throws {
        try TestDatabase.with(.postgres) { (database) throws in
            let error = #expect(throws: DatabaseError.self) { try PostgresEngine(url: database.url + "_none").connect(.general) }
            #expect(error?.kind == .connection)
        }
    }

    @Test(arguments: [ConnectionPurpose.packets, .bulk])
    func `a hot look-up uses the index even on an empty table`(_ purpose: ConnectionPurpose) throws {
        try TestDatabase.with(.postgres) { (database) throws in
            let connection = try database.engine.connect(purpose)
            try connection.script("CREATE TABLE radcheck (id serial, username text); CREATE INDEX radcheck_username ON radcheck (username)")
            let sql = try Dialect.postgres.render("SELECT id FROM radcheck WHERE username {{any $1 text}}")
            try connection.script("PREPARE p AS \(sql)")
            let plan = try connection.column("EXPLAIN EXECUTE p (ARRAY['a', 'b'])").joined()
            #expect(plan.contains("radcheck_username"))
        }
    }
}

@Suite struct PostgresTextTests {
    @Test(
        arguments: [
            ("0", 0), ("-12", -12), ("t", 1), ("f", 0), ("", 0), ("-", 0), ("12.7", 12), ("abc", 0), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9223372036854775808", .max), ("-9223372036854775809", .min), ("922337203685477580799", .max),
        ] as [(String, Int64)])
    func integer(_ text: String, _ value: Int64) {
        #expect(Array(text.utf8).withUnsafeBytes(PostgresText.integer) == value)
    }

    @Test(arguments: [(#"\x"#, []), (#"\x00ff7a"#, [0, 255, 0x7a]), ("", []), ("abc", []), (#"\x0"#, [])] as [(String, [UInt8])])
    func bytes(_ text: String, _ value: [UInt8]) {
        #expect(Array(text.utf8).withUnsafeBytes(PostgresText.bytes) == value)
    }
}
