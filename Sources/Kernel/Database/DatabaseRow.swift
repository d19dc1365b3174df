/// One row of a result; columns count from 0. A column that does not exist reads as NULL.
///
/// Reading converts: an integer column has a text, a text of digits has an integer. NULL reads as 0, 0.0 or empty.
public protocol DatabaseRow: AnyObject {
    /// How many columns the row has.
    var columnCount: Int { get }
    func isNull(_ column: Int) -> Bool
    /// 0 where the value is no number; booleans are 0 and 1.
    func integer(_ column: Int) -> Int64
    func real(_ column: Int) -> Double
    /// Bytes that are not UTF-8 are replaced by U+FFFD.
    func text(_ column: Int) -> String
    /// The content of a blob column, or the UTF-8 of any other.
    func bytes(_ column: Int) -> [UInt8]
    /// The UTF-8 of a column that is not a blob, in place, for comparing without a copy; valid inside the call. NULL is empty.
    func withUTF8<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R
}

extension DatabaseRow {
    public func integerOrNil(_ column: Int) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    public func realOrNil(_ column: Int) -> Double? {
        isNull(column) ? nil : real(column)
    }

    public func textOrNil(_ column: Int) -> String? {
        isNull(column) ? nil : text(column)
    }

    public func bytesOrNil(_ column: Int) -> [UInt8]? {
        isNull(column) ? nil : bytes(column)
    }
}
