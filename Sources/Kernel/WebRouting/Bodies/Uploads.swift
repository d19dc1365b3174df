import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// The temporary files of one request's body; gone when it is.
final class Uploads: Sendable {
    /// Writing to disk blocks: never on the cooperative threads.
    private static let queue = DispatchQueue(label: "uploads", qos: .utility)
    private let files = NIOLockedValueBox<[URL]>([])
    private let folder: URL

    /// - Parameter folder: exists.
    init(folder: URL) { self.folder = folder }

    deinit {
        let urls = files.withLockedValue { $0 }
        guard !urls.isEmpty else { return }
        Self.queue.async { for url in urls { try? FileManager.default.removeItem(at: url) } }
    }

    /// A new empty file that only this user can read.
    func makeFile() async throws -> URL {
        let url = folder.appending(path: "radian-upload-\(UUID().uuidString.lowercased())")
        try await Self.run {
            let options: Int32 = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC
            let descriptor = open(url.path, options, 0o600)
            guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
            close(descriptor)
        }
        files.withLockedValue { $0.append(url) }
        return url
    }

    /// Writes at the file's end.
    func append(_ bytes: [UInt8], to url: URL) async throws {
        try await Self.run {
            let handle = try FileHandle(forWritingTo: url)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: bytes)
        }
    }

    private static func run(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
