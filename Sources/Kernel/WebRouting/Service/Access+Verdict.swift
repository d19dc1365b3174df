public import HTTPTypes

extension Access {
    /// What a caller hears from a route.
    public enum Verdict: String, Sendable, Equatable {
        case admitted
        /// Nobody known asks.
        case anonymous
        /// A user that was deactivated.
        case inactive
        case forbidden
    }

    /// Whether a caller may use a route by a method. This is the whole rule: the server, the description and the tests ask here.
    public func verdict(on principal: Principal?, method: HTTPRequest.Method) -> Verdict {
        if self == .anonymous || self == .own || self == .optional { return .admitted }
        guard let principal else { return .anonymous }
        guard principal.isActive else { return .inactive }
        if principal.isSuperuser { return .admitted }
        switch self {
        case .anonymous, .own, .optional, .user: return .admitted
        case .manager(let model):
            return !principal.managedOrganizations.isEmpty && principal.may(Self.action(of: method), model) ? .admitted : .forbidden
        case .permission(let model): return principal.may(Self.action(of: method), model) ? .admitted : .forbidden
        case .staff(let model): return principal.isStaff && principal.may(Self.action(of: method), model) ? .admitted : .forbidden
        case .superuser: return .forbidden
        }
    }

    /// The kind of object whose permissions the access rests on; nil when it rests on none.
    public var model: String? {
        switch self {
        case .manager(let model), .permission(let model), .staff(let model): model
        default: nil
        }
    }

    private static func action(of method: HTTPRequest.Method) -> Permission.Action {
        switch method {
        case .post: .add
        case .put, .patch: .change
        case .delete: .delete
        default: .view
        }
    }
}
