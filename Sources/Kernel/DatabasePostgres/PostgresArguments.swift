import CPostgres
import Database

/// The arguments of one execution in libpq's form, in memory that is used again by the next.
///
/// Scalars travel as text, so that the server takes them as whatever type the parameter has; arrays and blobs travel as binary.
struct PostgresArguments {
    private var bytes: [UInt8] = []
    /// Where each value starts in `bytes`; nil is NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// Object identifiers of `pg_type`, the same in every database.
    private enum ElementType: Int32 {
        case bigint = 20
        case text = 25
        case doublePrecision = 701
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
    }

    mutating func append(_ value: DatabaseValue) throws(DatabaseError) {
        switch value {
        case .null: begin(isNull: true, isBinary: false)
        case .integer(let integer): try append(scalar: String(integer))
        case .real(let real): try append(scalar: real.description)
        case .text(let text): try append(scalar: text)
        case .blob(let blob):
            begin(isNull: false, isBinary: true)
            bytes.append(contentsOf: blob)
        case .texts(let texts): append(array: texts, of: .text) { Self.append(text: $0, to: &$1) }
        case .integers(let integers): append(array: integers, of: .bigint) { Self.append(fixed: $0, to: &$1) }
        }
        end()
    }

    mutating func append(_ column: DatabaseColumn) {
        switch column {
        case .text(let values):
            append(array: shortened(values), of: .text) { Self.append($0, to: &$1) { Self.append(text: $0, to: &$1) } }
        case .integer(let values):
            append(array: shortened(values), of: .bigint) { Self.append($0, to: &$1) { Self.append(fixed: $0, to: &$1) } }
        case .real(let values):
            append(array: shortened(values), of: .doublePrecision) {
                Self.append($0, to: &$1) { Self.append(fixed: Int64(bitPattern: $0.bitPattern), to: &$1) }
            }
        }
        end()
    }

    /// Empty for a column without any value: `unnest` side by side goes on until the longest array, here the first one, is at its end, and is
    /// NULL where others have ended before (PostgreSQL, "SQL Functions Returning Sets").
    private func shortened<V>(_ values: [V?]) -> [V?] {
        starts.isEmpty || values.contains { $0 != nil } ? values : []
    }

    /// Sends the prepared statement of this name with these arguments.
    /// - Returns: 1 when libpq has it.
    mutating func send(_ name: String, _ handle: OpaquePointer) -> Int32 {
        bytes.withUnsafeBytes { memory in
            pointers.removeAll(keepingCapacity: true)
            for start in starts {
                pointers.append(start.flatMap { memory.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) })
            }
            return PQsendQueryPrepared(handle, name, Int32(pointers.count), pointers, lengths, formats, 0)
        }
    }

    private mutating func begin(isNull: Bool, isBinary: Bool) {
        starts.append(isNull ? nil : bytes.count)
        formats.append(isBinary ? 1 : 0)
    }

    /// Also ends the value with a NUL, which a value in text form needs and any other does not count.
    private mutating func end() {
        lengths.append(Int32(bytes.count - ((starts.last ?? nil) ?? bytes.count)))
        bytes.append(0)
    }

    private mutating func append(scalar: String) throws(DatabaseError) {
        begin(isNull: false, isBinary: false)
        var text = scalar
        let isClean = text.withUTF8 { utf8 in
            bytes.append(contentsOf: utf8)
            return !utf8.contains(0)
        }
        guard isClean else { throw DatabaseError(.data, "a text holds a NUL character") }
    }

    /// PostgreSQL's binary array: dimensions, flag for NULLs, element type, then length and lower bound of the one dimension.
    private mutating func append<E>(array: [E], of type: ElementType, _ element: (E, inout [UInt8]) -> Void) {
        begin(isNull: false, isBinary: true)
        for field in [array.isEmpty ? 0 : 1, 1, type.rawValue] { Self.append(fixed: field, to: &bytes, hasLength: false) }
        if array.isEmpty { return }
        for field in [Int32(array.count), 1] { Self.append(fixed: field, to: &bytes, hasLength: false) }
        for value in array { element(value, &bytes) }
    }

    private static func append<E>(_ value: E?, to bytes: inout [UInt8], _ element: (E, inout [UInt8]) -> Void) {
        if let value { element(value, &bytes) } else { append(fixed: Int32(-1), to: &bytes, hasLength: false) }
    }

    private static func append(text: String, to bytes: inout [UInt8]) {
        append(fixed: Int32(text.utf8.count), to: &bytes, hasLength: false)
        bytes.append(contentsOf: text.utf8)
    }

    private static func append<I: FixedWidthInteger>(fixed value: I, to bytes: inout [UInt8], hasLength: Bool = true) {
        if hasLength { append(fixed: Int32(MemoryLayout<I>.size), to: &bytes, hasLength: false) }
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
