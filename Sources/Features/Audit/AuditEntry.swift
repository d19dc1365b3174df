import WebRouting

/// One change as the audit has it.
struct AuditEntry: Sendable, Equatable {
    var id: Int64
    /// Microseconds since 1970 UTC.
    var time: Int64
    /// User's id; nil for the command line and for nobody known.
    var actorID: String?
    /// Empty for nobody known.
    var actor: String
    var address: String?
    var action: String
    var objectType: String
    var objectID: String
    var objectLabel: String
    /// JSON objects with what differs.
    var before: JSONValue?
    var after: JSONValue?

    /// The entry as the API has it.
    var json: JSONValue {
        [
            "id": .integer(id), "time": .string(WebTime.text(microseconds: time)), "actor": actor.isEmpty ? .null : .string(actor),
            "actor_id": .optional(actorID), "address": .optional(address), "action": .string(action), "object_type": .string(objectType),
            "object_id": objectID.isEmpty ? .null : .string(objectID), "object_label": .string(objectLabel), "before": before ?? .null,
            "after": after ?? .null,
        ]
    }

    /// Shape of ``json``.
    static let schema = JSONSchema.named(
        "AuditEntry",
        .object([
            ("id", .integer), ("time", .dateTime), ("actor", .nullable(.string)), ("actor_id", .nullable(.uuid)),
            ("address", .nullable(.string)), ("action", .string), ("object_type", .string), ("object_id", .nullable(.string)),
            ("object_label", .string), ("before", .nullable(.object([]))), ("after", .nullable(.object([]))),
        ]))
}

/// Which entries a list shows; nil for all.
struct AuditFilter: Sendable {
    /// Part of the actor's name, in any case.
    var actor: String?
    /// An object's id or kind, or part of its label in any case.
    var object: String?
    /// Microseconds since 1970 UTC, from then on.
    var since: Int64?
    /// Microseconds since 1970 UTC, before then.
    var until: Int64?
}
