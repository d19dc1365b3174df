/// A row that could not be read. The reader goes on with the row after it, except where the text itself ended.
public struct CSVError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with the row.
    public enum Problem: Equatable, Sendable {
        /// A quoted field that the end of the text cut off.
        case unterminatedQuote
        /// Something other than a delimiter or the line's end follows a closing quote.
        case textAfterQuote
        /// Octets that are not UTF-8, or half a UTF-16 pair.
        case notText
        /// More octets than ``CSVReader/recordLimit``.
        case recordTooLong
    }

    /// The line on which the row begins, from 1.
    public let line: Int
    /// The field in which the problem was found, from 1.
    public let column: Int
    public let problem: Problem

    /// The problem without its place.
    public var message: String {
        switch problem {
        case .unterminatedQuote: "the quote that opens here is never closed"
        case .textAfterQuote: "text follows a closing quote; write a quote inside quotes twice"
        case .notText: "holds a character that cannot be read; save the file as UTF-8"
        case .recordTooLong: "is longer than \(CSVReader.recordLimit / 1024) KiB; is a quote missing?"
        }
    }

    /// "line 3, column 2: …".
    public var description: String { "line \(line), column \(column): \(message)" }
}
