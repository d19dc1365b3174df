import AccessPolicy
import Accounts
import Database

extension MigrationRun {
    /// Takes over a MikroTik User Manager: users, profiles as groups, routers.
    /// - Throws: ``Accounts/AccountsError`` about the organization, or the database's error.
    public func run(_ export: UserManagerExport) throws {
        try findOrganization()
        try UserManagerMigration(run: self, export: export).take()
    }
}

/// Users get their passwords and limits, profiles become groups with the limits of their limitations.
struct UserManagerMigration {
    private typealias Row = UserManagerExport.Row
    let run: MigrationRun
    let export: UserManagerExport

    func take() throws {
        let profiles = try takeProfiles()
        let users = (export.tables[.user] ?? []).filter { row in
            if row.text("name", "username") != nil { return true }
            run.refuse(.users, MigrationProblem(table: "user", key: row.position, reason: "it has no name"))
            return false
        }
        try takeUsers(users)
        try takeItems(users)
        try takeAssignments(users, profiles)
        try DefaultGroupMigration(run: run).take()
        try takeRouters()
    }

    private func name(_ row: Row) -> String { row.text("name", "username") ?? "" }

    /// - Returns: names here by those there.
    private func takeProfiles() throws -> [String: String] {
        var groups = try GroupMigration(run)
        var named = export.tables[.profile] ?? []
        // A list of users alone names profiles, too.
        let known = Set(named.compactMap { $0.text("name") })
        let others =
            (export.tables[.user] ?? []).compactMap { $0.text("actual-profile", "profile") }
            + (export.tables[.userProfile] ?? []).compactMap { $0.text("profile") }
        for name in Set(others).subtracting(known).sorted() { named.append(Row(position: name, values: ["name": name])) }
        let limitations = Dictionary(
            (export.tables[.limitation] ?? []).compactMap { row in row.text("name").map { ($0, row) } },
            uniquingKeysWith: { first, _ in first })
        var names: [String: String] = [:]
        var checks = ItemMigration(run, .radgroupcheck, sourceTable: "profile")
        var replies = ItemMigration(run, .radgroupreply, sourceTable: "profile")
        for profile in named.sorted(by: { ($0.text("name") ?? "") < ($1.text("name") ?? "") }) {
            guard let name = profile.text("name") else { continue }
            let group = run.organization.map { RADIUSGroup.name(name, inOrganization: $0.slug) } ?? name
            try groups.take(
                RADIUSGroup(name: group, description: profile.text("name-for-users") ?? "", organizationID: run.organization?.id),
                source: name, table: "profile")
            guard let place = run.groups[name] else { continue }
            names[name] = place.name
            var limits = UserManagerLimits()
            limits.add(profile)
            let own = (export.tables[.profileLimitation] ?? []).filter { $0.text("profile") == name }
            for (index, link) in own.enumerated() {
                guard let limitation = link.text("limitation").flatMap({ limitations[$0] }) else { continue }
                if index > 0 || Self.isConditional(link) {
                    run.note("profile", name, "the limitation '\(link.text("limitation") ?? "")' at some times is not taken: write a rule")
                    continue
                }
                limits.add(limitation)
            }
            for note in limits.notes { run.note("profile", name, note) }
            for item in limits.checks { try checks.take(Self.item(item, place.name, nil), key: name) }
            for item in limits.replies { try replies.take(Self.item(item, place.name, nil), key: name) }
        }
        try checks.finish()
        try replies.finish()
        return names
    }

    /// Whether a limitation holds at some times only.
    private static func isConditional(_ link: Row) -> Bool {
        let from = link.text("from-time").flatMap { RouterOSText.seconds($0) } ?? 0
        let till = link.text("till-time").flatMap { RouterOSText.seconds($0) } ?? 86_399
        let weekdays = link.text("weekdays")?.split(separator: ",").count ?? 7
        return from > 0 || (till > 0 && till < 86_399) || weekdays < 7
    }

    private static func item(_ item: PolicyItem, _ owner: String, _ organizationID: String?) -> ItemMigration.Item {
        .init(owner: StoredName(owner), attribute: item.attribute, op: item.op, value: item.value, organizationID: organizationID)
    }

    private func takeUsers(_ rows: [Row]) throws {
        var accounts = AccountMigration(run)
        for row in rows {
            var user = User(
                username: name(row), email: row.text("email"), firstName: row.text("first-name") ?? "",
                lastName: row.text("last-name") ?? "",
                isActive: !RouterOSText.flag(row.text("disabled")))
            user.phoneNumber = row.text("phone").flatMap { PhoneNumber.candidates($0, prefixes: []).first }
            user.location = row.text("location") ?? ""
            user.notes = row.text("comment") ?? ""
            try accounts.take(SourceAccount(source: name(row), table: "user", key: row.position, user: user))
        }
        try accounts.finish()
        var addresses = AddressMigration(run)
        try addresses.finish()
        guard let organization = run.organization else { return }
        var members = MembershipMigration(run)
        for row in rows {
            guard let entry = try run.accounts.entries([name(row)])[name(row)] else { continue }
            try members.take(
                .init(
                    userID: entry.userID, organizationID: organization.id, id: RandomUUID.make(), isAdmin: false, isOwner: false,
                    created: migrationMicroseconds()))
        }
        try members.finish()
    }

    private func takeItems(_ rows: [Row]) throws {
        var checks = ItemMigration(run, .radcheck, sourceTable: "user")
        var replies = ItemMigration(run, .radreply, sourceTable: "user")
        let organization = run.organization?.id
        for row in rows {
            let name = name(row)
            if let password = row.text("password") {
                try checks.take(
                    .init(
                        owner: StoredName(name), attribute: "Cleartext-Password", op: ":=", value: password, organizationID: nil),
                    key: row.position)
            } else {
                run.note("user", row.position, "'\(name)' has no password; exports have them with show-sensitive only")
            }
            var limits = UserManagerLimits()
            limits.add(row)
            if let device = row.text("caller-id") {
                if device.contains(":") || device.contains("-") {
                    limits.check("Calling-Station-Id", device, op: "==")
                } else {
                    limits.notes(adding: "caller-id '\(device)' is no device's address")
                }
            }
            if let address = row.text("ip-address"), address != "0.0.0.0" { limits.reply("Framed-IP-Address", address) }
            if let pool = row.text("pool-name", "ip-pool"), pool != "none" { limits.reply("Framed-Pool", pool) }
            for attribute in (row.text("attributes") ?? "").split(separator: ",") {
                let parts = attribute.split(separator: ":", maxSplits: 1).map { String($0).trimmingBlanks }
                if parts.count == 2 { limits.reply(parts[0], parts[1]) }
            }
            if row.text("otp-secret") != nil { limits.notes(adding: "the one-time password is not taken; 'radian otp' sets one") }
            for note in limits.notes { run.note("user", row.position, note) }
            for item in limits.checks { try checks.take(Self.item(item, name, organization), key: row.position) }
            for item in limits.replies { try replies.take(Self.item(item, name, organization), key: row.position) }
        }
        try checks.finish()
        try replies.finish()
    }

    private func takeAssignments(_ rows: [Row], _ profiles: [String: String]) throws {
        // Rows of one user have to come together.
        var profilesOf: [String: [String]] = [:]
        for row in rows { if let profile = row.text("actual-profile", "profile") { profilesOf[name(row), default: []].append(profile) } }
        for row in export.tables[.userProfile] ?? [] {
            guard let user = row.text("user"), let profile = row.text("profile") else { continue }
            if profilesOf[user]?.contains(profile) != true { profilesOf[user, default: []].append(profile) }
        }
        var assignments = AssignmentMigration(run)
        for (user, own) in profilesOf.sorted(by: { $0.key < $1.key }) {
            for (index, profile) in own.enumerated() {
                guard let group = profiles[profile] else { continue }
                try assignments.take(username: user, group: group, priority: Int64(index + 1), organizationID: run.organization?.id)
            }
        }
        try assignments.finish()
    }

    private func takeRouters() throws {
        for row in export.tables[.router] ?? [] {
            let columns = SourceColumns(["id", "nasname", "shortname", "secret", "type"])
            let address = row.text("address", "ip-address")
            try DeviceMigration(run: run).take(
                SourceRecord(
                    table: "router", columns: columns,
                    values: [row.position, address, row.text("name"), row.text("shared-secret"), "mikrotik"]),
                organizationID: run.organization?.id)
        }
    }
}
