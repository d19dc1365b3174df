import Foundation

/// A small OpenWISP database, in the shapes in which it can be given.
enum OpenWISPFixture {
    static let cafe = "11111111-1111-4111-8111-111111111111"
    static let club = "22222222-2222-4222-8222-222222222222"
    static let alice = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    static let bob = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
    static let carol = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
    static let batch = "b1111111-1111-4111-8111-111111111111"
    static let group = "99999999-9999-4999-8999-999999999999"
    /// Of `s3cret-of-alice`: PBKDF2 with SHA-256, 1000 rounds, salt `salt`.
    static let hash = "pbkdf2_sha256$1000$salt$vpz1tgLWXWwtRiKHPKun2aFo9yNYG61vSC386fX412s="
    static let token = "0123456789abcdef0123456789abcdef01234567"
    static let secret = "cafetoken0123456789012345678901"

    /// Tables in an order that no reference allows.
    static let tables: [(name: String, columns: [String], rows: [[String?]])] = [
        (
            "radcheck", ["id", "username", "attribute", "op", "value", "user_id", "organization_id"],
            [["71111111-1111-4111-8111-111111111111", "alice", "Max-Daily-Session", ":=", "3600", alice, cafe]]
        ),
        (
            "radusergroup", ["id", "username", "groupname", "priority", "user_id", "group_id"],
            [["81111111-1111-4111-8111-111111111111", "alice", "cafe-users", "1", alice, group]]
        ),
        (
            "radgroupcheck", ["id", "groupname", "attribute", "op", "value", "group_id"],
            [
                ["61111111-1111-4111-8111-111111111111", "cafe-users", "Max-Daily-Session-Traffic", ":=", "3000000000", group]
            ]
        ),
        (
            "radgroupreply", ["id", "groupname", "attribute", "op", "value", "group_id"],
            [["51111111-1111-4111-8111-111111111111", "cafe-users", "Session-Timeout", "=", "1800", group]]
        ),
        (
            "radacct",
            [
                "acctuniqueid", "acctsessionid", "username", "groupname", "realm", "nasipaddress", "acctstarttime", "acctupdatetime",
                "acctstoptime", "acctsessiontime", "acctinputoctets", "acctoutputoctets", "callingstationid", "calledstationid",
                "acctterminatecause", "framedipaddress", "organization_id",
            ],
            [
                [
                    "u1", "s1", "alice", "cafe-users", nil, "10.0.0.1", "2026-01-31 12:00:00+00", "2026-01-31 12:10:00+00",
                    "2026-01-31 12:10:00+00", "600", "1000", "5000000000", "00-11-22-33-44-55", "AP", "User-Request", "10.1.0.2", cafe,
                ],
                [
                    "u2", "s2", "alice", nil, nil, "10.0.0.1", "2026-02-01 12:00:00+00", nil, nil, "0", "0", "0", "00-11-22-33-44-55",
                    "AP", nil, nil, cafe,
                ],
                ["u3", "s3", "alice", nil, nil, "nowhere", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, cafe],
            ]
        ),
        (
            "radpostauth", ["id", "username", "pass", "reply", "calledstationid", "callingstationid", "authdate", "organization_id"],
            [
                [
                    "41111111-1111-4111-8111-111111111111", "alice", "s3cret-of-alice", "Access-Accept", "AP", "00-11",
                    "2026-01-31 12:00:00.5+00", cafe,
                ]
            ]
        ),
        ("radbatch_users", ["id", "radiusbatch_id", "user_id"], [["1", batch, alice]]),
        (
            "radbatch",
            [
                "id", "name", "strategy", "status", "prefix", "user_credentials", "expiration_date", "group_id", "organization_id", "notes",
                "created",
            ],
            [
                [
                    batch, "Guests", "prefix", "completed", "guest", "{\"alice\": \"readable\"}", "2030-12-31", group, cafe, "a note",
                    "2025-12-01 10:00:00+00",
                ]
            ]
        ),
        ("authtoken_token", ["key", "created", "user_id"], [[token, "2026-01-01 00:00:00+00", alice]]),
        (
            "radiustoken", ["key", "created", "user_id", "organization_id", "can_auth", "password_based"],
            [["RadiusTokenOfAlice0123456789012345678901", "2026-01-01 00:00:00+00", alice, cafe, "t", nil]]
        ),
        (
            "openwisp_radius_registereduser", ["id", "user_id", "organization_id", "method", "is_verified", "modified"],
            [["31111111-1111-4111-8111-111111111111", alice, cafe, "mobile_phone", "t", "2026-01-02 00:00:00+00"]]
        ),
        (
            "account_emailaddress", ["id", "email", "verified", "primary", "user_id"],
            [
                ["1", "Alice@Example.org", "t", "t", alice], ["2", "alice@home.example", "f", "f", alice],
                ["3", "x@y.example", "t", "t", carol],
            ]
        ),
        (
            "openwisp_users_organizationowner", ["id", "organization_id", "organization_user_id"],
            [["21111111-1111-4111-8111-111111111111", cafe, "e1111111-1111-4111-8111-111111111111"]]
        ),
        (
            "openwisp_users_organizationuser", ["id", "created", "is_admin", "organization_id", "user_id"],
            [
                ["e1111111-1111-4111-8111-111111111111", "2026-01-01 00:00:00+00", "t", cafe, bob],
                ["e2222222-2222-4222-8222-222222222222", "2026-01-01 00:00:00+00", "f", cafe, alice],
                ["e3333333-3333-4333-8333-333333333333", "2026-01-01 00:00:00+00", "f", club, alice],
            ]
        ),
        ("openwisp_users_user_groups", ["id", "user_id", "group_id"], [["1", bob, "1"], ["2", bob, "7"]]),
        ("auth_group", ["id", "name"], [["1", "Operator"], ["7", "Accountants"]]),
        (
            "openwisp_users_user",
            [
                "id", "username", "email", "password", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "date_joined",
                "last_login", "phone_number", "expiration_date", "birth_date", "language", "password_updated", "bio", "url", "company",
                "location", "notes",
            ],
            [
                [
                    alice, "alice", "Alice@Example.org", hash, "Alice", "Cooper", "t", "f", "f", "2025-12-01 10:00:00+00",
                    "2026-01-31 12:00:00+00", "+393664255801", "2030-12-31", "1990-05-01", "it", "2026-01-01", "", "", "", "Rome",
                    "a\tnote",
                ],
                [
                    bob, "bob", "bob@example.org", "!unusable", "", "", "t", "t", "f", "2025-12-02 10:00:00+00", nil, nil, nil, nil, "de",
                    nil, "", "", "", "", "",
                ],
                [
                    carol, " carol", nil, "sha1$abc$def", "", "", "f", "f", "f", "2025-12-03 10:00:00+00", nil, nil, nil, nil, "en", nil,
                    "",
                    "", "", "", "",
                ],
            ]
        ),
        (
            "openwisp_radius_radiusgroup", ["id", "name", "description", "default", "organization_id", "created"],
            [[group, "cafe-users", "Regular users", "t", cafe, "2025-12-01 10:00:00+00"]]
        ),
        (
            "openwisp_radius_organizationradiussettings",
            [
                "id", "token", "organization_id", "sms_verification", "sms_sender", "needs_identity_verification", "first_name",
                "coa_enabled",
            ],
            [["f1111111-1111-4111-8111-111111111111", secret, cafe, "t", "+39066", "t", "mandatory", nil]]
        ),
        (
            "nas", ["id", "nasname", "shortname", "type", "ports", "secret", "server", "community", "description", "organization_id"],
            [["91111111-1111-4111-8111-111111111111", "10.0.0.0/24", "lab", "Other", nil, "nas-secret-0123456789", nil, nil, "Lab", cafe]]
        ),
        (
            "openwisp_users_organization", ["id", "name", "slug", "is_active", "description", "email", "url", "created"],
            [
                [cafe, "Café", "cafe", "t", "", "info@cafe.example", "", "2025-12-01 09:00:00+00"],
                [club, "Club", "club", "t", "", "", "", "2025-12-01 09:00:00+00"],
            ]
        ),
    ]

    /// As pg_dump writes it.
    static var copyDump: String {
        var text = "--\n-- PostgreSQL database dump\n--\n\nSET standard_conforming_strings = on;\n"
        for table in tables {
            let columns = table.columns.map { $0 == "primary" || $0 == "default" ? "\"\($0)\"" : $0 }.joined(separator: ", ")
            text += "COPY public.\(table.name) (\(columns)) FROM stdin;\n"
            for row in table.rows {
                text +=
                    row.map { $0.map { $0.replacing("\\", with: "\\\\").replacing("\t", with: "\\t") } ?? "\\N" }.joined(separator: "\t")
                    + "\n"
            }
            text += "\\.\n\n"
        }
        return text
    }

    /// SQL that makes the tables and fills them.
    /// - Parameter isSQLite: with Django's forms there: UUIDs are 32 digits, booleans 1 and 0.
    static func script(isSQLite: Bool) -> String {
        var text = ""
        for table in tables {
            text += "CREATE TABLE \(table.name) (\(table.columns.map { "\"\($0)\" text" }.joined(separator: ", ")));\n"
            for row in table.rows {
                let values = row.map { value -> String in
                    guard var value else { return "NULL" }
                    if isSQLite {
                        if UUID(uuidString: value) != nil { value = value.replacing("-", with: "") }
                        value = ["t": "1", "f": "0"][value] ?? value
                        value = value.replacing("+00", with: "")
                    }
                    return "'" + value.replacing("'", with: "''") + "'"
                }
                text += "INSERT INTO \(table.name) VALUES (\(values.joined(separator: ", ")));\n"
            }
        }
        return text
    }

    /// As `manage.py dumpdata` writes it.
    static func fixture() throws -> String {
        let models = [
            "radcheck": "openwisp_radius.radiuscheck", "radusergroup": "openwisp_radius.radiususergroup",
            "radgroupcheck": "openwisp_radius.radiusgroupcheck", "radgroupreply": "openwisp_radius.radiusgroupreply",
            "radbatch": "openwisp_radius.radiusbatch", "radacct": "openwisp_radius.radiusaccounting",
            "radpostauth": "openwisp_radius.radiuspostauth",
            "authtoken_token": "authtoken.token", "radiustoken": "openwisp_radius.radiustoken",
            "openwisp_radius_registereduser": "openwisp_radius.registereduser", "account_emailaddress": "account.emailaddress",
            "openwisp_users_organizationowner": "openwisp_users.organizationowner",
            "openwisp_users_organizationuser": "openwisp_users.organizationuser", "auth_group": "auth.group",
            "openwisp_users_user": "openwisp_users.user", "openwisp_radius_radiusgroup": "openwisp_radius.radiusgroup",
            "openwisp_radius_organizationradiussettings": "openwisp_radius.organizationradiussettings", "nas": "openwisp_radius.nas",
            "openwisp_users_organization": "openwisp_users.organization",
        ]
        let fields = [
            "acctsessionid": "session_id", "nasipaddress": "nas_ip_address", "acctstarttime": "start_time", "acctupdatetime": "update_time",
            "acctstoptime": "stop_time", "acctsessiontime": "session_time", "acctinputoctets": "input_octets",
            "acctoutputoctets": "output_octets", "acctterminatecause": "terminate_cause", "framedipaddress": "framed_ip_address",
            "callingstationid": "calling_station_id", "calledstationid": "called_station_id", "nasname": "name", "shortname": "short_name",
            "pass": "password", "authdate": "date",
        ]
        var objects: [[String: Any]] = []
        for table in tables {
            guard let model = models[table.name] else { continue }
            for row in table.rows {
                var values: [String: Any] = [:]
                for (column, value) in zip(table.columns, row).dropFirst() {
                    let field = column.hasSuffix("_id") ? String(column.dropLast(3)) : fields[column] ?? column
                    values[field] =
                        value.map { ["t": true, "f": false][$0] as Any? ?? ($0.allSatisfy(\.isNumber) ? Int64($0) as Any? ?? $0 : $0) }
                        ?? NSNull()
                }
                if table.name == "radbatch" { values["users"] = [alice] }
                if table.name == "openwisp_users_user" { values["groups"] = row[1] == "bob" ? [1, 7] : [] }
                objects.append(["model": model, "pk": row[0] ?? "", "fields": values])
            }
        }
        return String(decoding: try JSONSerialization.data(withJSONObject: objects), as: UTF8.self)
    }
}
