public import Foundation

/// A folder that is removed with its last reference.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        // Sockets have short paths.
        url = URL(fileURLWithPath: "/tmp/radian-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }
}
