internal import Digests

/// What openNDS at level 3 or 4 asks the login page's host every few seconds, by a form.
public enum OpenNDSPoll: Sendable, Equatable {
    /// All entries of the gateway are stale: forget them. Answered by ``OpenNDSPoll/reply(_:)`` without entries.
    case clear(gateway: String)
    /// Send the entries and keep them until they are acknowledged.
    case view(gateway: String)
    /// Send the entries and forget them.
    case list(gateway: String)
    /// These have gone online: forget them. Answered by ``OpenNDSPoll/acknowledgement``.
    case acknowledged(gateway: String, ids: [String])
    /// A client has gone offline, or the gateway sends a text of its own. Answered by ``OpenNDSPoll/acknowledgement``.
    case notice(gateway: String, text: String)

    /// Somebody who may go online.
    public struct Entry: Sendable, Equatable, Codable {
        /// SHA-256 of the gateway's name, 64 lower-case digits: by this the gateway asks.
        public let gateway: String
        /// The returned id, 64 lower-case digits.
        public let id: String
        public let limits: CaptiveLimits

        /// Id, minutes, rates in kbit/s and volumes in KiB, up before down; 0 is the gateway's own limit.
        var line: String {
            func kibibytes(_ octets: Int64?) -> Int64 { octets.map { max(1, ($0 + 1023) / 1024) } ?? 0 }
            let numbers = [
                limits.minutes(or: 0), limits.upKilobits ?? 0, limits.downKilobits ?? 0, kibibytes(limits.upOctets ?? limits.totalOctets),
                kibibytes(limits.downOctets ?? limits.totalOctets),
            ]
            return ([id] + numbers.map(String.init)).joined(separator: " ")
        }
    }

    /// Entries that fit into one answer: the gateway reads 1024 characters of it.
    public static let maximumEntries = 8

    /// - Parameter form: fields of the gateway's request.
    /// - Returns: nil when it is none.
    public init?(_ form: CaptiveQuery) {
        guard let action = form.raw("auth_get"), let gateway = form.token("gatewayhash", others: "", limit: 64), gateway.utf8.count == 64
        else { return nil }
        let hash = gateway.lowercased()
        let payload = form.raw("payload").map { $0.utf8.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 } } ?? []
        let text = Base64.decode(payload).map { String(decoding: $0, as: UTF8.self) } ?? "none"
        switch action {
        case "clear": self = .clear(gateway: hash)
        case "list": self = .list(gateway: hash)
        case "view" where text.hasPrefix("*"):
            let ids = text.dropFirst().split { $0 == " " || $0 == "\n" || $0 == "*" }.prefix(64)
            self = .acknowledged(gateway: hash, ids: ids.filter { PlainText.isToken($0, others: "", limit: 64) }.map(String.init))
        case "view": self = .view(gateway: hash)
        case "deauthed", "custom": self = .notice(gateway: hash, text: PlainText.cleaned(text, limit: 1024))
        default: return nil
        }
    }

    /// The answer to ``view(gateway:)`` and ``list(gateway:)``, text/plain.
    public static func reply(_ entries: [Entry]) -> String {
        (["*"] + entries.prefix(maximumEntries).map { PercentEncoding.encode($0.line) }).joined(separator: " ")
    }

    public static let acknowledgement = "ack"
}
