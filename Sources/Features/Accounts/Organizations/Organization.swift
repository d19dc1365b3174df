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
    public var description: String
    /// For people to write to; empty when unknown.
    public var email: String
    public var url: String
    /// Microseconds since 1970 UTC.
    public var created: Int64
    public var modified: Int64

    public init(
        id: String = UUID().uuidString.lowercased(), name: String, slug: String, isActive: Bool = true, description: String = "",
        email: String = "", url: String = "", created: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.isActive = isActive
        self.description = description
        self.email = email
        self.url = url
        self.created = created ?? currentMicroseconds()
        modified = self.created
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

    /// A slug made of a name: lower-case, accents gone, everything else a dash; nil when nothing is left.
    public static func slug(from name: String) -> String? {
        var slug = ""
        for scalar in name.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_" {
                slug.unicodeScalars.append(scalar)
            } else if !slug.hasSuffix("-"), scalar.properties.generalCategory != .nonspacingMark {
                slug += "-"
            }
        }
        let trimmed = slug.trimmingCharacters(in: CharacterSet(charactersIn: "-_")).prefix(64)
        return isValidSlug(String(trimmed)) ? String(trimmed) : nil
    }
}
