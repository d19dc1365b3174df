import Glibc

/// A dictionary file that was read.
struct DictionaryFile {
    /// What tells files apart whatever path leads to them.
    struct Identity: Hashable {
        var device: UInt
        var inode: UInt
    }

    enum Failure: Error {
        case notFound
        /// A sentence for the operator.
        case refused(String)
    }

    var identity: Identity
    var bytes: [UInt8]

    /// Reads a regular file; one that everybody may write is refused, since it decides what the server accepts.
    init(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .notFound : .refused(Self.reason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .refused(Self.reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("not a regular file") }
        guard status.st_mode & S_IWOTH == 0 else { throw .refused("writable by everybody") }
        identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        bytes = []
        var buffer = [UInt8](repeating: 0, count: max(4096, Int(status.st_size) + 1))
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 {
                return
            } else if errno != EINTR {
                throw .refused(Self.reason())
            }
        }
    }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The files a pattern of one `*` in the last component matches, in byte order of their names.
    static func matching(_ pattern: String) -> [String] {
        let folder = folderOf(pattern)
        let parts = pattern.dropFirst(folder.utf8.count).split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let listing = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(parts[0]), name.hasSuffix(parts[1]), name.utf8.count >= parts[0].utf8.count + parts[1].utf8.count {
                names.append(name)
            }
        }
        return names.sorted().map { folder + $0 }
    }

    /// The part of a path up to and with its last slash.
    static func folderOf(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
