public import RADIUSPipeline
public import RADIUSTransport

/// Which sessions are meant, as an operator names them.
public enum SessionSelector: Sendable, Hashable {
    /// Acct-Unique-Session-Id.
    case uniqueID(String)
    case acctSessionID(String)
    case user(String)
    case station(MACAddress)
    case framedAddress(IPAddress)
    case nasAddress(IPAddress)
    case nasName(String)
    /// A word that may be a user's name or an Acct-Session-Id.
    case userOrSessionID(String)

    /// Reads `user=alice`, `mac=aa:bb:cc:dd:ee:ff`, `session=0001`, `id=…` (unique id), `ip=10.0.0.9`, `nas=ADDRESS or NAME`, or a word
    /// that is one of them. Nil for an unknown key or a value that does not fit it.
    public init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else {
            self.init(word: text)
            return
        }
        let value = String(text[text.index(after: equals)...])
        guard !value.isEmpty else { return nil }
        switch text[..<equals] {
        case "user": self = .user(value)
        case "session": self = .acctSessionID(value)
        case "id": self = .uniqueID(value.lowercased())
        case "mac":
            guard let address = MACAddress(value) else { return nil }
            self = .station(address)
        case "ip":
            guard let address = IPAddress(value) else { return nil }
            self = .framedAddress(address)
        case "nas": self = IPAddress(value).map { .nasAddress($0) } ?? .nasName(value)
        default: return nil
        }
    }

    private init?(word: String) {
        guard !word.isEmpty else { return nil }
        if let address = MACAddress(word) {
            self = .station(address)
        } else if let address = IPAddress(word) {
            self = .framedAddress(address)
        } else if word.utf8.count == 32, word.allSatisfy(\.isHexDigit) {
            self = .uniqueID(word.lowercased())
        } else {
            self = .userOrSessionID(word)
        }
    }
}
