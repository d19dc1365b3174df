/// A named set of permissions that users hold together ("group" in the users API).
public struct Role: Sendable, Equatable, Codable {
    public var id: Int64
    /// Unique.
    public var name: String
    /// In the order of their ids.
    public var permissions: [GrantablePermission]
}

/// A permission with the number by which the users API names it.
public struct GrantablePermission: Sendable, Equatable, Codable {
    public var id: Int64
    /// `radiusgroup`.
    public var model: String
    /// `view_radiusgroup`.
    public var codeName: String
    /// `Can view RADIUS group`.
    public var name: String

    /// `12: radiusgroup | Can view RADIUS group`, as the users API writes it.
    public var label: String { "\(id): \(model) | \(name)" }
}
