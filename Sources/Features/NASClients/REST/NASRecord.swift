import WebRouting

/// A row of `nas` with what has been heard of the device, as the API shows it. Its secret is not in it.
struct NASRecord: Sendable, Equatable {
    var id: Int64
    /// `nasname`: an address or a block of addresses.
    var address: String
    /// `shortname`.
    var name: String
    var type: String
    var comment: String
    /// Nil for a device that serves all organizations.
    var organizationID: String?
    var hasSecret: Bool
    /// `require_ma`: yes, no or auto.
    var requirement: String
    /// Whether ``requirement`` was learned from the device's first packet.
    var isLearned: Bool
    /// Microseconds since 1970 UTC; nil for never.
    var lastSeen: Int64?
    var packets: Int64
    /// When a packet was not made with the secret, unless a good one came afterwards; microseconds since 1970 UTC.
    var wrongSecretAt: Int64?
}

extension NASRecord {
    /// How its requests are protected against forged replies (CVE-2024-3596); nil before its first packet.
    private var messageAuthenticator: String? {
        switch requirement {
        case "yes": isLearned ? "learned" : "required"
        case "no": "missing"
        default: nil
        }
    }

    /// Whether requests without Message-Authenticator are dropped.
    var requiresMessageAuthenticator: Bool { requirement == "yes" }

    /// The device as the API has it.
    var json: JSONValue {
        func time(_ microseconds: Int64?) -> JSONValue { .optional(microseconds.map { WebTime.text(microseconds: $0) }) }
        return [
            "id": .integer(id), "name": .string(address), "short_name": .string(name), "type": .string(type),
            "description": .string(comment), "has_secret": .bool(hasSecret), "organization": .optional(organizationID),
            "last_seen": time(lastSeen), "packets": .integer(packets), "wrong_secret_at": time(wrongSecretAt),
            "message_authenticator": .optional(messageAuthenticator),
            "require_message_authenticator": .bool(requiresMessageAuthenticator),
        ]
    }

    /// Shape of ``json``.
    static let schema = JSONSchema.named(
        "NAS",
        .object([
            ("id", .integer), ("name", .string), ("short_name", .string), ("type", .string), ("description", .string),
            ("has_secret", .boolean), ("organization", .nullable(.uuid)), ("last_seen", .nullable(.dateTime)), ("packets", .integer),
            ("wrong_secret_at", .nullable(.dateTime)), ("message_authenticator", .nullable(.string)),
            ("require_message_authenticator", .boolean),
        ]))

    /// What the audit keeps of it.
    var auditValues: JSONValue {
        [
            "name": .string(address), "short_name": .string(name), "type": .string(type), "description": .string(comment),
            "organization": .optional(organizationID), "require_message_authenticator": .string(requirement),
        ]
    }
}

/// Which devices a list shows; nil for all.
struct NASFilter: Sendable {
    /// Part of name or address, in any case.
    var text: String?
    var organizationID: String?
    var type: String?
}
