import Digests

/// A file as it is sent.
struct ConsoleFile: Sendable {
    let type: String
    let bytes: [UInt8]
    /// Compressed, where that makes it smaller.
    let compressed: [UInt8]?
    /// Of the content, hexadecimal.
    let sum: String

    /// - Returns: nil for a kind of file that is not served.
    init?(name: String, bytes: [UInt8]) {
        guard let ending = name.split(separator: ".").last, name.contains("."), let type = Self.types[String(ending)] else { return nil }
        self.init(type: type, bytes: bytes)
    }

    init(type: String, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
        sum = Hexadecimal.encode(DigestAlgorithm.sha256.hash(bytes))
        compressed = Gzip.compress(bytes).flatMap { $0.count < bytes.count ? $0 : nil }
    }

    private static let types = [
        "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
        "html": "text/html; charset=utf-8",
    ]
}
