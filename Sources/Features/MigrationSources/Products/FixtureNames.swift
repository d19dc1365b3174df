/// Where the objects of `dumpdata` stand in OpenWISP's tables.
struct FixtureNames {
    /// A list of keys, which the database keeps in a table of its own.
    struct Join {
        let table: String
        let own: String
        let other: String
    }

    let table: String
    /// Column of the primary key.
    let key: String
    /// Fields that have another name than their column.
    private let renamed: [String: String]
    let joins: [String: Join]

    private init(_ table: String, key: String = "id", renamed: [String: String] = [:], joins: [String: Join] = [:]) {
        self.table = table
        self.key = key
        self.renamed = renamed
        self.joins = joins
    }

    /// The column of a field.
    func column(_ field: String) -> String {
        renamed[field] ?? (Self.references.contains(field) ? field + "_id" : field)
    }

    private static let references: Set<String> = ["organization", "user", "group", "organization_user"]

    /// The place of a model, `app.model`; nil for one that is of no use. Programs that extend OpenWISP have applications of other names.
    static func model(_ name: String) -> FixtureNames? {
        let parts = name.lowercased().split(separator: ".")
        guard parts.count == 2 else { return nil }
        let model = String(parts[1])
        switch parts[0] {
        case "auth": return model == "group" ? FixtureNames("auth_group") : nil
        case "authtoken": return model == "token" ? FixtureNames("authtoken_token", key: "key") : nil
        case "account": return model == "emailaddress" ? FixtureNames("account_emailaddress") : nil
        default: return models[model]
        }
    }

    private static let models: [String: FixtureNames] = [
        "user": FixtureNames(
            "openwisp_users_user",
            joins: ["groups": Join(table: "openwisp_users_user_groups", own: "user_id", other: "group_id")]),
        "organization": FixtureNames("openwisp_users_organization"),
        "organizationuser": FixtureNames("openwisp_users_organizationuser"),
        "organizationowner": FixtureNames("openwisp_users_organizationowner"),
        "organizationradiussettings": FixtureNames("openwisp_radius_organizationradiussettings"),
        "registereduser": FixtureNames("openwisp_radius_registereduser"),
        "radiusgroup": FixtureNames("openwisp_radius_radiusgroup"),
        "radiuscheck": FixtureNames("radcheck"),
        "radiusreply": FixtureNames("radreply"),
        "radiusgroupcheck": FixtureNames("radgroupcheck"),
        "radiusgroupreply": FixtureNames("radgroupreply"),
        "radiususergroup": FixtureNames("radusergroup"),
        "radiustoken": FixtureNames("radiustoken", key: "key"),
        "radiusbatch": FixtureNames(
            "radbatch", joins: ["users": Join(table: "radbatch_users", own: "radiusbatch_id", other: "user_id")]),
        "nas": FixtureNames("nas", renamed: ["name": "nasname", "short_name": "shortname"]),
        "radiuspostauth": FixtureNames(
            "radpostauth",
            renamed: [
                "password": "pass", "called_station_id": "calledstationid", "calling_station_id": "callingstationid", "date": "authdate",
            ]),
        "radiusaccounting": FixtureNames("radacct", key: "acctuniqueid", renamed: sessions),
    ]

    private static let sessions = [
        "session_id": "acctsessionid", "unique_id": "acctuniqueid", "nas_ip_address": "nasipaddress", "nas_port_id": "nasportid",
        "nas_port_type": "nasporttype", "start_time": "acctstarttime", "update_time": "acctupdatetime", "stop_time": "acctstoptime",
        "interval": "acctinterval", "session_time": "acctsessiontime", "authentication": "acctauthentic",
        "connection_info_start": "connectinfo_start", "connection_info_stop": "connectinfo_stop", "input_octets": "acctinputoctets",
        "output_octets": "acctoutputoctets", "called_station_id": "calledstationid", "calling_station_id": "callingstationid",
        "terminate_cause": "acctterminatecause", "service_type": "servicetype", "framed_protocol": "framedprotocol",
        "framed_ip_address": "framedipaddress", "framed_ipv6_address": "framedipv6address", "framed_ipv6_prefix": "framedipv6prefix",
        "framed_interface_id": "framedinterfaceid", "delegated_ipv6_prefix": "delegatedipv6prefix",
    ]
}
