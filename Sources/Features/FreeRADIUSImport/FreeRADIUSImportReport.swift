/// What an import took over, and what not.
public struct FreeRADIUSImportReport: Sendable, Codable, Equatable {
    /// How many of a kind.
    public struct Tally: Sendable, Codable, Equatable {
        public var added = 0
        /// Left as they are, since they exist already.
        public var existing = 0

        public init(added: Int = 0, existing: Int = 0) {
            self.added = added
            self.existing = existing
        }
    }

    /// Something that was not taken over as it stands.
    public struct Note: Sendable, Codable, Equatable {
        /// `FILE:LINE`.
        public var position: String
        public var text: String

        public init(_ position: some CustomStringConvertible, _ text: String) {
            self.position = position.description
            self.text = text
        }

        /// Takes `FILE:LINE: text` apart.
        init(prefixed text: String) {
            let parts = text.split(separator: ": ", maxSplits: 1)
            self.init(parts.count > 1 ? String(parts[0]) : "", String(parts.last ?? ""))
        }
    }

    public var clients = Tally()
    public var users = Tally()
    /// Entries of the users file that became groups.
    public var groups = Tally()
    public var realms = Tally()
    public var homeServers = Tally()
    public var pools = Tally()
    /// In the order of the files.
    public var notes: [Note] = []
    /// Lines that the configuration file needs.
    public var settings: [String] = []

    public init() {}
}
