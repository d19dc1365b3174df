public import Foundation

/// A tenant: its users, groups and NAS devices are its own.
public struct Organization: Sendable, Equatable, Codable {
    /// UUID, lower-case text.
    public var id: String
    /// The name people see.
    public var name: String
    /// Short unique name in URLs and realms (`user@slug`): lower-case letters, digits, `-` and `_`.
    public var slug: String
    /// The realm of an inactive organization (`user@slug`) is not recognised.
    public var isActive: Bool

    public init(id: String = UUID().uuidString.lowercased(), name: String, slug: String, isActive: Bool = true) {
        self.id = id
        self.name = name
        self.slug = slug
        self.isActive = isActive
    }

    /// Whether `text` can be a slug: 1…64 of `a-z 0-9 - _`, beginning with a letter or digit.
    public static func isValidSlug(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "_") else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}
