import WebRouting

/// What the roles Operator and Administrator may do, as long as nobody changes them.
enum DefaultRoles {
    static let administrator = "Administrator"
    static let operatorName = "Operator"

    /// Kinds of objects that concern the whole installation: superusers handle them, administrators only look at them or change them.
    private static let administratorLimits: [String: Set<Permission.Action>] = [
        "group": [.view], "organization": [.view, .change], "organizationowner": [.view, .change],
    ]
    /// Kinds of objects of this feature that an operator sees.
    private static let operatorViews: Set<String> = ["organization"]
    /// Kinds that day-to-day work changes.
    private static let operatorManages: Set<String> = ["radiusaccounting", "radiuspostauth"]
    /// Kinds of this feature.
    static let own: Set<String> = [
        "user", "organization", "organizationuser", "organizationowner", "group", "emailaddress", "token",
    ]

    /// The roles that get a permission when the program first knows it.
    static func roles(for permission: Permission) -> [String] {
        var roles: [String] = []
        if administratorLimits[permission.model]?.contains(permission.action) ?? true { roles.append(administrator) }
        let isOperators =
            operatorManages.contains(permission.model)
            || permission.action == .view && (operatorViews.contains(permission.model) || !own.contains(permission.model))
        if isOperators { roles.append(operatorName) }
        return roles
    }
}
