/// A language that messages are written in.
public enum Language: String, Sendable, CaseIterable, Codable {
    case english = "en"
    case italian = "it"
    case german = "de"
    case french = "fr"
    case spanish = "es"

    /// The best match for an `Accept-Language` field (RFC 9110 §12.5.4); nil when none of ours is asked for.
    ///
    /// Subtags are ignored (`de-AT` is German), equal qualities go to the one named first, quality 0 excludes.
    public init?(acceptLanguage field: String) {
        var best: (language: Language, quality: Double)?
        for range in field.prefix(1024).split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let tag = parts.first?.split(separator: "-").first.map({ $0.lowercased() }), let language = Language(rawValue: tag) else {
                continue
            }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if quality > (best?.quality ?? 0) { best = (language, quality) }
        }
        guard let best else { return nil }
        self = best.language
    }
}
