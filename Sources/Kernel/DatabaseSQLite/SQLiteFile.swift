import Database
import Foundation
import CSQLite

/// Opening the file of a database.
enum SQLiteFile {
    private static let busyMilliseconds: Int32 = 10_000
    /// Made once, before the first file is opened; where SQLite was in use before, it stays as it is.
    private static let librarySettings: Int32 = csqlite_count_no_memory()

    /// - Returns: a connection with every setting made; the caller closes it.
    /// - Throws: kind `connection` when the file cannot be made or opened, or is no database.
    static func open(_ path: String, _ purpose: ConnectionPurpose, isReadOnly: Bool) throws(DatabaseError) -> OpaquePointer {
        if !isReadOnly { try create(path) }
        _ = librarySettings
        var handle: OpaquePointer?
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle, code == SQLITE_OK else {
            sqlite3_close_v2(handle)
            throw DatabaseError(.connection, "cannot open \(path): \(String(cString: sqlite3_errstr(code)))")
        }
        do {
            sqlite3_extended_result_codes(handle, 1)
            sqlite3_busy_timeout(handle, busyMilliseconds)
            if !isReadOnly {
                try enterWAL(handle)
                try run(handle, settings(purpose))
            }
            return handle
        } catch {
            sqlite3_close_v2(handle)
            throw DatabaseError(.connection, "cannot open \(path): \(error.summary)", detail: error.detail)
        }
    }

    /// Runs several statements; rows are dropped.
    static func run(_ handle: OpaquePointer, _ sql: String) throws(DatabaseError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw DatabaseError(handle, sql: sql) }
    }

    private static func settings(_ purpose: ConnectionPurpose) -> String {
        let synchronous = purpose == .log ? "NORMAL" : "FULL"
        let cacheKiB = purpose == .packets ? 65_536 : 8_192
        return """
            PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 10000; PRAGMA cache_size = -\(cacheKiB);
            PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY
            """
    }

    /// Only the first connection ever has something to do here. SQLite does not wait for the other when two do it together,
    /// whatever the busy timeout.
    private static func enterWAL(_ handle: OpaquePointer) throws(DatabaseError) {
        var waited: Int32 = 0
        while true {
            do {
                return try run(handle, "PRAGMA journal_mode = WAL")
            } catch {
                guard error.kind == .busy, waited < busyMilliseconds else { throw error }
                waited += max(1, sqlite3_sleep(10))
            }
        }
    }

    /// SQLite would make the file readable for everyone. `O_EXCL`, because to close a second descriptor of an open database drops
    /// the process's locks on it.
    private static func create(_ path: String) throws(DatabaseError) {
        let directory = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DatabaseError(.connection, "cannot make the directory \(directory)", detail: "\(error)")
        }
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw DatabaseError(.connection, "cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }
}
