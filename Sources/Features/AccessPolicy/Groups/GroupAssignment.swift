import Database
import Foundation
public import WebRouting

/// That a user is in a group, as the API handles it: a row of `radusergroup` whose group has one of `radiusgroup`.
public struct GroupAssignment: Sendable, Equatable {
    /// UUID, lower-case text.
    public var id: String
    public var username: String
    public var groupID: String
    public var groupName: String
    /// The group's; nil for a group of all organizations.
    public var organizationID: String?
    /// The group with the lowest number of an organization is the one that counts there.
    public var priority: Int64
    /// Microseconds since 1970 UTC.
    public var created: Int64
    public var modified: Int64

    /// A new assignment.
    init(_ username: String, to group: RADIUSGroup, priority: Int64) {
        self.init(
            id: RowID.make(), username: username, groupID: group.id, groupName: group.name,
            organizationID: group.organizationID, priority: priority, created: currentMicroseconds())
        modified = created
    }

    init(
        id: String, username: String, groupID: String, groupName: String, organizationID: String?, priority: Int64, created: Int64,
        modified: Int64 = 0
    ) {
        self.id = id
        self.username = username
        self.groupID = groupID
        self.groupName = groupName
        self.organizationID = organizationID
        self.priority = priority
        self.created = created
        self.modified = modified
    }
}

extension GroupAssignment {
    /// The assignment as the API has it.
    public var json: JSONValue {
        [
            "id": .string(id), "group": .string(groupID), "priority": .integer(priority),
            "created": .string(WebTime.text(microseconds: created)), "modified": .string(WebTime.text(microseconds: modified)),
        ]
    }

    /// Shape of ``json``.
    public static let schema = JSONSchema.named(
        "RADIUSUserGroup",
        .object([("id", .uuid), ("group", .uuid), ("priority", .integer), ("created", .dateTime), ("modified", .dateTime)]))
}
