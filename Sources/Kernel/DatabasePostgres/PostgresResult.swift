import CPostgres
import Database

/// The answer to one execution, and a cursor over its rows. Values came as text.
final class PostgresResult: DatabaseRow {
    let handle: OpaquePointer
    /// The row that is being read.
    private(set) var index: Int32 = -1
    private let rowCount: Int32
    private let fieldCount: Int32

    private static let bytea: Oid = 17

    /// - Parameter handle: freed with this object.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = PQntuples(handle)
        fieldCount = PQnfields(handle)
    }

    deinit {
        PQclear(handle)
    }

    /// Rows inserted, updated or deleted.
    var affectedRows: Int {
        // A SELECT reports its rows too, which nobody has changed.
        guard PQresultStatus(handle) == PGRES_COMMAND_OK || !String(cString: PQcmdStatus(handle)).hasPrefix("SELECT") else { return 0 }
        return Int(String(cString: PQcmdTuples(handle))) ?? 0
    }

    /// Goes to the next row.
    /// - Returns: false after the last.
    func next() -> Bool {
        index += 1
        return index < rowCount
    }

    var columnCount: Int { Int(fieldCount) }

    func isNull(_ column: Int) -> Bool {
        !(0..<Int(fieldCount)).contains(column) || PQgetisnull(handle, index, Int32(column)) != 0
    }

    func integer(_ column: Int) -> Int64 {
        withUTF8(column, PostgresText.integer)
    }

    func real(_ column: Int) -> Double {
        Double(text(column)) ?? Double(integer(column))
    }

    func text(_ column: Int) -> String {
        withUTF8(column) { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ column: Int) -> [UInt8] {
        let isBinary = !isNull(column) && PQftype(handle, Int32(column)) == Self.bytea
        return withUTF8(column) { isBinary ? PostgresText.bytes($0) : [UInt8]($0) }
    }

    func withUTF8<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        if isNull(column) { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let count = Int(PQgetlength(handle, index, Int32(column)))
        return body(UnsafeRawBufferPointer(start: PQgetvalue(handle, index, Int32(column)), count: count))
    }
}
