import Foundation
public import WebRouting

/// A group with a row of its own in `radiusgroup`, as the API handles it. FreeRADIUS's tables know groups by their names only.
public struct RADIUSGroup: Sendable, Equatable {
    /// UUID, lower-case text.
    public var id: String
    /// Unique in the program; that of an organization begins with its slug and `-`.
    public var name: String
    public var description: String
    /// Nil for a group of all organizations, which only superusers handle.
    public var organizationID: String?
    /// Whether new members of the organization get it.
    public var isDefault: Bool
    /// Microseconds since 1970 UTC.
    public var created: Int64
    public var modified: Int64

    /// - Parameters:
    ///   - id: a new one when nil.
    ///   - created: now when nil.
    public init(
        id: String? = nil, name: String, description: String = "", organizationID: String? = nil,
        isDefault: Bool = false, created: Int64? = nil
    ) {
        self.id = id ?? UUID().uuidString.lowercased()
        self.name = name
        self.description = description
        self.organizationID = organizationID
        self.isDefault = isDefault
        self.created = created ?? currentMicroseconds()
        modified = self.created
    }

    /// A group's name in an organization: with the slug before it, unless it is there already.
    public static func name(_ name: String, inOrganization slug: String) -> String {
        name.utf8.starts(with: "\(slug)-".utf8) ? name : "\(slug)-\(name)"
    }

    /// Whether `name` can be a group's name: 1…253 bytes without control characters.
    public static func isValidName(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count) && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}

extension RADIUSGroup {
    /// The group as the API has it.
    public var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "description": .string(description), "default": .bool(isDefault),
            "organization": .optional(organizationID), "created": .string(WebTime.text(microseconds: created)),
            "modified": .string(WebTime.text(microseconds: modified)),
        ]
    }

    /// Shape of ``json``.
    public static let schema = JSONSchema.named(
        "RADIUSGroup",
        .object([
            ("id", .uuid), ("name", .string), ("description", .string), ("default", .boolean), ("organization", .nullable(.uuid)),
            ("created", .dateTime), ("modified", .dateTime),
        ]))
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
