import Database
import CSQLite

/// The current row of a statement; SQLite reads a column that does not exist as NULL.
final class SQLiteRow: DatabaseRow {
    private let handle: OpaquePointer

    /// - Parameter handle: of the statement that owns this row.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    var columnCount: Int { Int(sqlite3_column_count(handle)) }

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(column))
    }

    func real(_ column: Int) -> Double {
        sqlite3_column_double(handle, Int32(column))
    }

    func text(_ column: Int) -> String {
        withUTF8(column) { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ column: Int) -> [UInt8] {
        let start = sqlite3_column_blob(handle, Int32(column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func withUTF8<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let start = sqlite3_column_text(handle, Int32(column))
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }
}
