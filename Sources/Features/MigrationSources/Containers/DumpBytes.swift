import Foundation

/// The octets of a file, read in pieces: a dump of any size needs the memory of one piece.
final class DumpBytes {
    private static let pieceSize = 256 * 1024
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var index = 0
    private var fetched = 0

    /// - Parameter path: of a readable file.
    init(path: String) throws(SourceError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadable(path) }
        self.file = file
    }

    deinit {
        try? file.close()
    }

    /// How many octets were used.
    var position: Int { fetched - (buffer.count - index) }

    /// The next octet, left where it is; nil at the end.
    func peek() throws -> UInt8? {
        if index == buffer.count, try !fill() { return nil }
        return buffer[index]
    }

    /// Takes the next octet; nil at the end.
    func next() throws -> UInt8? {
        if index == buffer.count, try !fill() { return nil }
        defer { index += 1 }
        return buffer[index]
    }

    /// Takes the octets up to the next line end, which goes, too; nil at the end of the file.
    /// - Throws: ``SourceError/tooLong(_:)`` when the line is longer than `limit`.
    func line(limit: Int) throws -> [UInt8]? {
        var line: [UInt8] = []
        var isFirst = true
        while true {
            if index == buffer.count, try !fill() { return isFirst ? nil : line }
            isFirst = false
            let end = buffer[index...].firstIndex(of: UInt8(ascii: "\n"))
            line += buffer[index..<(end ?? buffer.count)]
            index = end.map { $0 + 1 } ?? buffer.count
            guard line.count <= limit else { throw SourceError.tooLong(position) }
            if end != nil { return line }
        }
    }

    private func fill() throws -> Bool {
        buffer = Array(try file.read(upToCount: Self.pieceSize) ?? Data())
        index = 0
        fetched += buffer.count
        return !buffer.isEmpty
    }
}
