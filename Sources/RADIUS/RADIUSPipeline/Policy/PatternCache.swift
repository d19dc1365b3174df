import Foundation
import NIOConcurrencyHelpers

/// Compiled regular expressions of policy rows.
///
/// Full when ``capacity`` patterns are known; then it starts anew, since an installation has few patterns.
final class PatternCache: Sendable {
    private let capacity: Int
    private let patterns = NIOLockedValueBox<[String: NSRegularExpression]>([:])

    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    /// Matches a POSIX-extended or Perl-like pattern anywhere in the text.
    /// - Returns: the whole match and up to eight groups, empty for groups without a part; nil when the text does not match.
    /// - Throws: when the pattern is wrong.
    func match(_ pattern: String, in text: String) throws -> [String]? {
        let expression = try compile(pattern)
        let range = NSRange(text.startIndex..., in: text)
        guard let match = expression.firstMatch(in: text, range: range) else { return nil }
        return (0..<min(match.numberOfRanges, 9)).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? "" }
    }

    private func compile(_ pattern: String) throws -> NSRegularExpression {
        if let known = patterns.withLockedValue({ $0[pattern] }) { return known }
        let compiled = try NSRegularExpression(pattern: pattern)
        patterns.withLockedValue { patterns in
            if patterns.count >= capacity { patterns.removeAll(keepingCapacity: true) }
            patterns[pattern] = compiled
        }
        return compiled
    }
}
