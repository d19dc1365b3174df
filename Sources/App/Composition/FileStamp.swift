import Foundation

/// What tells that a file is another one than before.
struct FileStamp: Equatable, Sendable {
    private let seconds: Int
    private let nanoseconds: Int
    private let inode: UInt64
    private let size: Int64

    /// Nil where there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        (inode, size) = (UInt64(status.st_ino), Int64(status.st_size))
    }

    /// Of the files that there are.
    static func all(_ paths: [String]) -> [String: FileStamp] {
        Dictionary(paths.compactMap { path in FileStamp(path).map { (path, $0) } }) { first, _ in first }
    }
}
