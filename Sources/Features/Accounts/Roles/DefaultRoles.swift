import WebRouting

/// What the roles Operator, Administrator and Receptionist may do, as long as nobody changes them.
enum DefaultRoles {
    static let administrator = "Administrator"
    static let operatorName = "Operator"
    /// Makes vouchers, prints them, sees who has them, and nothing else.
    static let receptionist = "Receptionist"

    /// Kinds of objects that concern the whole installation: superusers handle them, administrators only look at them or change them.
    private static let administratorLimits: [String: Set<Permission.Action>] = [
        "group": [.view], "organization": [.view, .change], "organizationowner": [.view, .change],
    ]
    /// Kinds of objects of this feature that an operator sees.
    private static let operatorViews: Set<String> = ["organization"]
    /// Kinds of other features that operators do not see.
    private static let administratorViews: Set<String> = ["auditentry"]
    /// Kinds that day-to-day work changes.
    private static let operatorManages: Set<String> = ["link", "node", "radiusaccounting", "radiuspostauth"]
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
            || permission.action == .view
                && (operatorViews.contains(permission.model)
                    || !own.contains(permission.model) && !administratorViews.contains(permission.model))
        if isOperators { roles.append(operatorName) }
        if permission.model == "radiusbatch", [.view, .add].contains(permission.action) { roles.append(receptionist) }
        return roles
    }
}
