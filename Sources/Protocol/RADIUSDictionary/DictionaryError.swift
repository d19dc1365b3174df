/// What is wrong in a dictionary, and where.
public struct DictionaryError: Error, Equatable, CustomStringConvertible {
    /// Path as it was opened, or the name given to an inline text.
    public var file: String
    /// From 1; 0 when the file as a whole is meant.
    public var line: Int
    public var message: String

    /// "FILE:LINE: message".
    public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}
