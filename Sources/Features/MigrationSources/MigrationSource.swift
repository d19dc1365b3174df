public import Database
import Foundation

/// Where another program's data are, and how to come at them.
public struct MigrationSource {
    enum Kind {
        /// Tables that can be read in any order.
        case database(any DatabaseEngine)
        /// Tables one behind the other in a file.
        case dump(any SourceContainer, size: Int)
    }

    let kind: Kind

    /// Engines by what a source is; the caller knows them.
    public struct Engines: Sendable {
        /// Of a URL `postgres://…`.
        public var postgres: @Sendable (String) throws -> any DatabaseEngine
        /// Of an SQLite file that is there and stays as it is.
        public var existingFile: @Sendable (String) -> any DatabaseEngine
        /// Of an SQLite file to be made.
        public var newFile: @Sendable (String) -> any DatabaseEngine

        public init(
            postgres: @escaping @Sendable (String) throws -> any DatabaseEngine,
            existingFile: @escaping @Sendable (String) -> any DatabaseEngine,
            newFile: @escaping @Sendable (String) -> any DatabaseEngine
        ) {
            self.postgres = postgres
            self.existingFile = existingFile
            self.newFile = newFile
        }
    }

    /// Finds out what a source is.
    /// - Parameter text: a URL `postgres://…`, or the path of a file: a dump in SQL, what `manage.py dumpdata` writes, or an SQLite
    ///   database, which may have `sqlite:` in front.
    /// - Throws: ``SourceError``, or the engine's error for a wrong URL.
    public init(_ text: String, engines: Engines) throws {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            kind = .database(try engines.postgres(text))
            return
        }
        if text.contains("://"), !text.hasPrefix("sqlite:") {
            throw SourceError.wrongKind(
                "'\(text.prefix { $0 != ":" })' databases cannot be asked directly; write a dump, as with mysqldump, and give its file")
        }
        let path = text.hasPrefix("sqlite:") ? String(text.dropFirst("sqlite:".count)) : text
        let beginning = try Self.beginning(of: path)
        if beginning.starts(with: Array("SQLite format 3\0".utf8)) {
            kind = .database(engines.existingFile(path))
            return
        }
        if let program = Self.unsupported.first(where: { beginning.starts(with: $0.mark) }) {
            throw SourceError.wrongKind("\(path) is \(program.kind): \(program.advice)")
        }
        let first = beginning.first { !$0.isBlank }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            kind = .dump(FixtureDump(path: path), size: size)
        } else {
            kind = .dump(SQLDump(path: path, beginning: beginning), size: size)
        }
    }

    private static let unsupported: [(mark: [UInt8], kind: String, advice: String)] = [
        (Array("PGDMP".utf8), "a dump in PostgreSQL's custom format", "write it as SQL with 'pg_restore -f dump.sql FILE'"),
        ([0x1f, 0x8b], "compressed by gzip", "unpack it first"),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed by zstd", "unpack it first"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed by xz", "unpack it first"),
        ([0x42, 0x5a, 0x68], "compressed by bzip2", "unpack it first"),
        ([0x50, 0x4b, 0x03, 0x04], "a zip archive", "unpack it first"),
    ]

    private static func beginning(of path: String) throws(SourceError) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadable(path) }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: 64 * 1024) else { throw .unreadable(path) }
        return Array(data)
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self <= 0x20 || self == 0xef || self == 0xbb || self == 0xbf }
}
