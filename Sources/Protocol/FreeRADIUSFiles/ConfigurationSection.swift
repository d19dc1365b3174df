/// A section of a FreeRADIUS configuration: `client lax { ipaddr = 192.0.2.1 }`. The whole file is a section without a name.
public struct ConfigurationSection: Sendable, Equatable {
    /// `name = value` with where it stands.
    public struct Pair: Sendable, Equatable {
        public var name: String
        /// With quotes removed and `${…}` replaced.
        public var value: String
        public var position: Position
    }

    /// File and line, as `FILE:LINE`.
    public struct Position: Sendable, Equatable, CustomStringConvertible {
        public var file: String
        public var line: Int
        public var description: String { "\(file):\(line)" }
    }

    /// A line of a processing section, such as `sql` or `&reply:Class := 0x01`.
    public struct Statement: Sendable, Equatable {
        /// Its words with single blanks between them.
        public var text: String
        public var position: Position
    }

    /// `client`, `realm`; empty for the file itself.
    public var name: String
    /// The second word: `client lax {` has `lax`.
    public var instance: String?
    public var position: Position
    public var pairs: [Pair] = []
    public var sections: [ConfigurationSection] = []
    /// Lines that are no `name = value`.
    public var statements: [Statement] = []

    /// The last value of a name; FreeRADIUS's own rule takes the first, but a file that says a thing twice means the later.
    public func value(_ name: String) -> String? { pairs.last { $0.name == name }?.value }

    /// Statements of one word, such as `nostrip`.
    public var words: [String] { statements.map(\.text).filter { !$0.contains(" ") } }

    /// All values of a name that may stand several times, such as `home_server` in a pool.
    public func values(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// Direct subsections of a kind.
    public func sections(_ name: String) -> [ConfigurationSection] { sections.filter { $0.name == name } }
}

/// A FreeRADIUS file that cannot be read.
public struct FreeRADIUSFileError: Error, Equatable, CustomStringConvertible {
    public let position: ConfigurationSection.Position
    public let message: String

    public init(_ position: ConfigurationSection.Position, _ message: String) {
        self.position = position
        self.message = message
    }

    public var description: String { "\(position): \(message)" }
}
