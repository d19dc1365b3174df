import WebRouting

/// What a change was made to.
public struct AuditObject: Sendable, Equatable {
    /// Kinds of objects; the raw values are stored and shown.
    public enum Kind: String, Sendable, CaseIterable {
        case user, organization, membership, settings, role, group, nas, batch, session, token, plan, quota, rule, realm
        case emailAddress = "email address"
        case groupMembership = "group membership"
        case signingKey = "signing key"
        case addressPool = "address pool"
        case homeServer = "home server"
        case homeServerPool = "home server pool"
    }

    public var kind: Kind
    /// As the API has it; empty for what has none.
    public var id: String
    /// What people call it.
    public var label: String
    /// Id of the user whom the change is about, for the user's history.
    public var userID: String?
    /// Organizations whose managers may see the change; superusers see all.
    public var organizationIDs: Set<String>

    public init(_ kind: Kind, id: String, label: String, userID: String? = nil, organizationIDs: Set<String> = []) {
        self.kind = kind
        self.id = id
        self.label = label
        self.userID = userID
        self.organizationIDs = organizationIDs
    }
}

/// What was done to an object; the raw values are stored and shown.
public enum AuditAction: String, Sendable, CaseIterable {
    case added, changed, removed, replaced, cancelled, undone, disconnected
    case passwordSet = "password set"
    case secondFactorAdded = "second factor added"
    case secondFactorRemoved = "second factor removed"
    case changeRequested = "change requested"
}

/// Values of an object before or after a change, as they are kept: what is secret is only known to be there.
enum AuditValues {
    /// Ends of names whose values nobody must read.
    private static let secretEnds = ["secret", "password", "token", "credential", "key"]
    /// Octets of a text that are kept.
    private static let longestText = 1024

    /// The members that differ; all of them where one side is missing.
    static func differences(_ before: JSONValue?, _ after: JSONValue?) -> (before: JSONValue?, after: JSONValue?) {
        guard case .object(let old)? = before, case .object(let new)? = after else { return (hidden(before), hidden(after)) }
        let names = Set((old + new).map(\.name).filter { before?[$0] ?? .null != after?[$0] ?? .null })
        return (
            hidden(.object(old.filter { names.contains($0.name) })),
            hidden(.object(new.filter { names.contains($0.name) }), isAnother: true)
        )
    }

    /// - Parameter isAnother: whether it stands beside a hidden value that it differs from.
    private static func hidden(_ value: JSONValue?, isAnother: Bool = false) -> JSONValue? {
        guard case .object(let members)? = value else { return value }
        return .object(
            members.map { member in
                guard member.value != .null, secretEnds.contains(where: member.name.lowercased().hasSuffix) else {
                    return .init(member.name, shortened(member.value))
                }
                return .init(member.name, isAnother ? "*** (another)" : "***")
            })
    }

    private static func shortened(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value, text.utf8.count > longestText else { return value }
        return .string("\(text.prefix(256))... (\(text.utf8.count) octets)")
    }
}
