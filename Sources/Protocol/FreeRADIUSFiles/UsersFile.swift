/// The entries of a FreeRADIUS `users` file, in their order.
///
/// An entry begins in the first column with a name, in quotes where it has blanks, or DEFAULT, and check items behind it on the same
/// line; reply items stand in the indented lines below, with a comma behind each but the last. Names of attributes are not looked up
/// here.
public struct UsersFile: Sendable, Equatable {
    /// `Attribute op value`.
    public struct Item: Sendable, Equatable {
        /// With its tag, if it has one: `Tunnel-Type:1`.
        public var attribute: String
        public var op: String
        /// Without quotes and escapes.
        public var value: String
        /// True for a value in double quotes or back-ticks that holds `%{…}`, which the server expands.
        public var isExpanded: Bool

        public init(attribute: String, op: String, value: String, isExpanded: Bool = false) {
            self.attribute = attribute
            self.op = op
            self.value = value
            self.isExpanded = isExpanded
        }

        /// The value as FreeRADIUS's SQL tables spell it: back-ticks around what is expanded, and quotes around a value that would lose its
        /// own.
        public var storedValue: String {
            if isExpanded { return "`\(value)`" }
            guard let first = value.first, value.count > 1, first == value.last, "\"'`".contains(first) else { return value }
            return first == "'" ? "\"\(value)\"" : "'\(value)'"
        }
    }

    public struct Entry: Sendable, Equatable {
        /// Nil for DEFAULT.
        public var name: String?
        public var checks: [Item]
        public var replies: [Item]
        public var file: String
        /// Of the entry's first line, from 1.
        public var line: Int
    }

    public private(set) var entries: [Entry] = []
    /// All files that were read, the first one included.
    public private(set) var files: [String] = []

    /// Files that may include each other that deep.
    private static let depthLimit = 20

    /// Reads a text and what it includes.
    /// - Parameters:
    ///   - file: the text's name in errors and in ``files``.
    ///   - include: the text of a file by its path, which is relative to the including file's folder unless it begins with `/`.
    /// - Throws: the first mistake, with file and line.
    public init(
        _ text: String, file: String, include: (_ path: String) throws(UsersFileError) -> String
    ) throws(UsersFileError) {
        try read(text, file: file, depth: 0, include)
    }

    private mutating func read(
        _ text: String, file: String, depth: Int, _ include: (String) throws(UsersFileError) -> String
    ) throws(UsersFileError) {
        files.append(file)
        /// Whether the line before said that another reply item follows.
        var expectsReply = false
        /// Whether reply items may follow.
        var isInEntry = false
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            func problem(_ message: String) -> UsersFileError { UsersFileError(file: file, line: number, message: message) }
            var scanner = UsersLineScanner(line)
            guard !scanner.isAtEnd else { continue }
            if scanner.isIndented {
                guard isInEntry, let last = entries.indices.last else {
                    throw problem("an indented line must follow an entry, or a line that ends with a comma")
                }
                do throws(UsersLineError) {
                    let (items, endsWithComma) = try scanner.items()
                    entries[last].replies += items
                    expectsReply = endsWithComma
                    isInEntry = endsWithComma
                } catch {
                    throw problem(error.message)
                }
                continue
            }
            guard !expectsReply else { throw problem("the line before ends with a comma, but no reply item follows") }
            isInEntry = false
            if let path = scanner.includedPath {
                guard depth < Self.depthLimit else { throw problem("files include each other too deeply") }
                let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
                let full = path.hasPrefix("/") ? path : folder + path
                let included = try include(full)
                try read(included, file: full, depth: depth + 1, include)
                continue
            }
            do throws(UsersLineError) {
                let name = try scanner.name()
                let (checks, endsWithComma) = try scanner.items()
                guard !endsWithComma else { throw UsersLineError(message: "check items end with a comma") }
                entries.append(Entry(name: name, checks: checks, replies: [], file: file, line: number))
                isInEntry = true
            } catch {
                throw problem(error.message)
            }
        }
        if expectsReply { throw UsersFileError(file: file, line: number, message: "the last line ends with a comma") }
    }
}

/// A mistake in a users file.
public struct UsersFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1; 0 for the file as a whole.
    public let line: Int
    public let message: String

    public init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `FILE:LINE: …`.
    public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}
