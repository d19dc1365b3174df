/// The tables that are read of each program.
enum ProductTables {
    /// They are read through once, and never kept.
    static let large: Set<String> = ["radacct", "radpostauth"]

    static func small(_ product: MigrationProduct) -> Set<String> {
        switch product {
        case .freeradius: policy
        case .daloradius: policy.union(["userinfo", "operators"]).union(notTaken.keys)
        case .openwisp: policy.union(openWISP)
        }
    }

    private static let policy: Set<String> = [
        "radcheck", "radreply", "radgroupcheck", "radgroupreply", "radusergroup", "nas", "radhuntgroup",
    ]
    /// daloRADIUS's tables that have no counterpart, and what they are.
    static let notTaken: [String: String] = [
        "userbillinfo": "billing data of users", "billing_plans": "billing plans", "billing_plans_profiles": "billing plans",
        "billing_history": "billing history", "billing_merchant": "payments", "billing_paypal": "payments",
        "billing_rates": "billing rates",
        "invoice": "invoices", "payment": "payments", "hotspots": "hotspots", "node": "nodes", "realms": "realms", "proxys": "proxies",
        "batch_history": "batches", "operators_acl": "operators' rights",
    ]
    private static let openWISP: Set<String> = [
        "openwisp_users_user", "openwisp_users_organization", "openwisp_users_organizationuser", "openwisp_users_organizationowner",
        "openwisp_users_user_groups", "auth_group", "account_emailaddress", "authtoken_token", "radiustoken", "radbatch", "radbatch_users",
        "openwisp_radius_radiusgroup", "radiusgroup", "openwisp_radius_organizationradiussettings", "openwisp_radius_registereduser",
    ]
}
