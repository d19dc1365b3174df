import Database
import DatabaseSQLite
import Foundation
import Testing
import TestSupport

@Suite struct SQLiteEngineTests {
    private func permissions(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian_test_" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test func `makes the file and its directories for the owner only`() throws {
        try withDirectory { directory in
            let engine = SQLiteEngine(path: directory + "/var/lib/radian.db")
            let connection = try engine.connect(.general)
            try connection.script("CREATE TABLE t (x text)")
            #expect(try permissions(directory + "/var") == 0o700)
            #expect(try permissions(directory + "/var/lib") == 0o700)
            for suffix in ["", "-wal", "-shm"] { #expect(try permissions(engine.path + suffix) == 0o600) }
        }
    }

    @Test func `a relative path is made absolute`() {
        let engine = SQLiteEngine(path: "./var/../var/radian.db")
        #expect(engine.path == FileManager.default.currentDirectoryPath + "/var/radian.db")
        #expect(engine.displayName == "sqlite:" + engine.path)
    }

    @Test func `what is no database is a connection error that names the file`() throws {
        try withDirectory { directory in
            let path = directory + "/notes.txt"
            try Data(repeating: 65, count: 4096).write(to: URL(fileURLWithPath: path))
            for path in [path, directory, path + "/below"] {
                let error = #expect(throws: DatabaseError.self) { try SQLiteEngine(path: path).connect(.general) }
                #expect(error?.kind == .connection)
                #expect(error?.description.contains(directory) == true)
            }
        }
    }

    @Test func `first connections may come together`() async throws {
        try await TestDatabase.with(.sqlite) { (database) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    let engine = database.engine
                    group.addTask { try engine.connect(.packets).script("CREATE TABLE IF NOT EXISTS t (x text)") }
                }
                for try await _ in group {}
            }
        }
    }

    @Test func `a damaged file makes the connection unusable until it is opened again`() throws {
        try TestDatabase.with(.sqlite) { (database) throws in
            let path = String(database.url.dropFirst("sqlite:".count))
            let make = """
                CREATE TABLE t (x text); INSERT INTO t VALUES ('a'); PRAGMA wal_checkpoint(TRUNCATE)
                """
            try database.engine.connect(.general).script(make)
            let good = try Data(contentsOf: URL(fileURLWithPath: path))
            let connection = try database.engine.connect(.general)
            try write(Data(repeating: 0x5a, count: good.count), into: path)
            #expect(kind { try connection.execute(Statement("SELECT * FROM t"), []) } == .connection)
            #expect(!connection.isUsable)
            #expect(kind { try connection.reconnect() } == .connection)
            #expect(!connection.isUsable)
            try write(good, into: path)
            #expect(kind { try connection.execute(Statement("SELECT * FROM t"), []) } == .connection)
            try connection.reconnect()
            #expect(connection.isUsable)
            #expect(try connection.column("SELECT x FROM t") == ["a"])
        }
    }

    /// In place, so that an open descriptor sees it.
    private func write(_ data: Data, into path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: data)
        try file.close()
    }
}
