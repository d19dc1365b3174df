import Foundation

/// The private store of uploaded files: one directory for each organization, readable by the server's user only.
struct BatchFiles {
    let directory: URL

    /// Where a batch's file is.
    func url(of batch: Batch) -> URL { url(organizationID: batch.organizationID, batchID: batch.id) }

    /// Whether this machine has the batch's file.
    func has(_ batch: Batch) -> Bool { FileManager.default.fileExists(atPath: url(of: batch).path) }

    /// Copies a file into the store.
    func keep(_ source: URL, for batch: Batch) throws {
        let target = url(of: batch)
        try makeDirectory(target.deletingLastPathComponent())
        guard FileManager.default.createFile(atPath: target.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let (input, output) = (try FileHandle(forReadingFrom: source), try FileHandle(forWritingTo: target))
        defer {
            try? input.close()
            try? output.close()
        }
        while let piece = try input.read(upToCount: 1 << 18), !piece.isEmpty { try output.write(contentsOf: piece) }
        try output.synchronize()
    }

    /// Files that have been here for an hour and longer, by their batch's id.
    func all() -> [(id: String, url: URL)] {
        let keys: [URLResourceKey] = [.contentModificationDateKey]
        let limit = Date(timeIntervalSinceNow: -3600)
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: keys)?.compactMap { $0 as? URL } ?? []
        return files.filter { url in
            guard url.pathExtension == "csv", let date = try? url.resourceValues(forKeys: Set(keys)).contentModificationDate else {
                return false
            }
            return date < limit
        }.map { ($0.deletingPathExtension().lastPathComponent, $0) }
    }

    /// Removes a batch's file, if there is one.
    func remove(_ batch: Batch) {
        try? FileManager.default.removeItem(at: url(of: batch))
    }

    /// An empty file for the server's user alone, under a name that nobody has.
    func makeTemporary() throws -> URL {
        try makeDirectory(directory)
        let url = directory.appendingPathComponent(".sheet-\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown)
        }
        return url
    }

    private func url(organizationID: String, batchID: String) -> URL {
        directory.appendingPathComponent(organizationID, isDirectory: true).appendingPathComponent("\(batchID).csv")
    }

    private func makeDirectory(_ url: URL) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
