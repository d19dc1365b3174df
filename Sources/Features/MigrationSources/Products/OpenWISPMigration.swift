import AccessPolicy
import Accounts
import Database
import Foundation
import OrganizationSettings

/// OpenWISP's users, organizations and RADIUS tables. Ids stay what they are.
struct OpenWISPMigration {
    let run: MigrationRun
    let tables: SourceTables

    init(_ run: MigrationRun, _ tables: SourceTables) {
        self.run = run
        self.tables = tables
    }

    func take() throws {
        try takeOrganizations()
        try takeSettings()
        try takeUsers()
        try takePasswords()
        try takeAddresses()
        try takeMemberships()
        try takeRoles()
        try takeGroups()
        for table in MigratedPolicyStore.Table.allCases { try takeItems(table) }
        try takeAssignments()
        try takeRegistrations()
        try takeTokens()
        try takeBatches()
        try tables.each("nas", orderedBy: ["id"]) { record in
            let place = organization(record)
            if record.identifier("organization_id") != nil, place == nil {
                return refuse(.nas, record, "its organization was not taken")
            }
            try DeviceMigration(run: run).take(record, organizationID: place?.id)
        }
    }

    /// The organization here that a row belongs to; nil for none.
    func organization(_ record: SourceRecord) -> Organization? {
        record.identifier("organization_id").flatMap { run.organizations[$0] }
    }

    func refuse(_ kind: MigrationReport.Kind, _ record: SourceRecord, key: String? = nil, _ reason: String) {
        run.refuse(
            kind,
            MigrationProblem(table: record.table, key: key ?? record.text("id") ?? record.text("name") ?? "", reason: reason))
    }

    // MARK: Organizations

    private func takeOrganizations() throws {
        let store = OrganizationStore(run.target)
        var tokens: [String: String] = [:]
        try tables.each(Self.settings) { record in
            if let id = record.identifier("organization_id"), let token = record.trimmed("token") { tokens[id] = token }
        }
        try tables.each("openwisp_users_organization", orderedBy: ["slug"]) { record in
            guard let id = record.identifier("id"), UUID(uuidString: id) != nil else {
                return refuse(.organizations, record, "its id is no UUID")
            }
            let name = record.text("name") ?? record.text("slug") ?? id
            guard let slug = Self.slug(record.text("slug") ?? "", name: name) else {
                return refuse(.organizations, record, key: name, "no slug can be made of its name")
            }
            if let known = try store.organization(id: id) ?? store.organization(slug: slug) {
                run.organizations[id] = known
                run.count(.organizations, \.present)
                return
            }
            var made = Organization(id: id, name: String(name.prefix(255)), slug: slug, isActive: record.flag("is_active") ?? true)
            made.description = record["description"] ?? ""
            made.email = record.trimmed("email").flatMap { UserStore.isValidEmail($0) ? $0 : nil } ?? ""
            made.url = record.trimmed("url").flatMap { $0.count <= 200 ? $0 : nil } ?? ""
            if let created = run.times.microseconds(record["created"]) { made.created = created }
            let written = try run.write([made]) {
                for made in $0 { try run.addOrganization(made, token: tokens[id]) }
            } refuse: { _, reason in
                refuse(.organizations, record, key: slug, reason)
            }
            if written.isEmpty { return }
            if slug != record["slug"] { run.note(record.table, name, "has the slug '\(slug)' here") }
            run.organizations[id] = made
            run.count(.organizations, \.taken)
        }
    }

    /// The slug, or one made of it or of the name where it has more than 64 characters or others.
    private static func slug(_ slug: String, name: String) -> String? {
        Organization.isValidSlug(slug) ? slug : Organization.slug(from: slug) ?? Organization.slug(from: name)
    }

    private static let settings = "openwisp_radius_organizationradiussettings"
    private static let notSettings: Set<String> = ["id", "organization_id", "token", "created", "modified"]

    private func takeSettings() throws {
        let store = OrganizationSettingsStore(run.target, defaults: run.options.settings)
        try tables.each(Self.settings, orderedBy: ["organization_id"]) { record in
            guard let organization = organization(record) else {
                return refuse(.settings, record, "its organization was not taken")
            }
            let overrides = try store.overrides(of: organization.id)
            for name in record.columns.names where !Self.notSettings.contains(name) {
                guard let value = record.trimmed(name) else { continue }
                try takeSetting(name, value, of: organization, overrides, record, store)
            }
            // An organization that this migration made has the source's token from the start.
            guard let token = record.trimmed("token") else { return }
            let present = try store.settings(of: organization.id).token
            if present == token || run.options.isDryRun && present.isEmpty { return }
            guard run.options.replaces || present.isEmpty else {
                run.count(.settings, \.kept)
                return run.note(record.table, organization.slug, "keeps the token that it has here")
            }
            try run.write { try store.setToken(token, of: organization.id) }
            run.count(.settings, \.taken)
        }
    }

    private func takeSetting(
        _ name: String, _ text: String, of organization: Organization, _ overrides: [String: String], _ record: SourceRecord,
        _ store: OrganizationSettingsStore
    ) throws {
        guard let setting = OrganizationSetting.named(name) else {
            return run.note(record.table, organization.slug, "'\(name)' is no setting here")
        }
        // PostgreSQL's short form of true and false.
        let value = ["t": "yes", "f": "no"][text] ?? text
        var wanted = run.options.settings
        guard setting.apply(value, &wanted) else {
            return refuse(.settings, record, key: organization.slug, "'\(name)' cannot be '\(value)'; it is \(setting.expected)")
        }
        let inherited = setting.text(wanted) == setting.text(run.options.settings)
        if overrides[name] == (inherited ? nil : setting.text(wanted)) { return run.count(.settings, \.present) }
        if overrides[name] != nil, !run.options.replaces {
            run.count(.settings, \.kept)
            return run.note(record.table, organization.slug, "keeps the '\(name)' that it has here")
        }
        do {
            var changes: [String: String?] = [name: value]
            // One needs the other.
            if name == "sms_verification", let sender = record.trimmed("sms_sender") { changes["sms_sender"] = sender }
            try run.write { try store.set(changes, of: organization.id) }
            run.count(.settings, \.taken)
        } catch let error as OrganizationSettingsError {
            refuse(.settings, record, key: organization.slug, "\(error)")
        }
    }

    // MARK: Groups and items

    private func takeGroups() throws {
        var groups = try GroupMigration(run)
        for table in ["openwisp_radius_radiusgroup", "radiusgroup"] {
            try tables.each(table, orderedBy: ["name"]) { record in
                guard let id = record.identifier("id"), let name = record.text("name"), UUID(uuidString: id) != nil else {
                    return refuse(.groups, record, "it has no name, or its id is no UUID")
                }
                guard let organization = organization(record) else {
                    return refuse(.groups, record, key: name, "its organization was not taken")
                }
                try groups.take(
                    RADIUSGroup(
                        id: id, name: name, description: record["description"] ?? "", organizationID: organization.id,
                        isDefault: record.flag("default") ?? false, created: run.times.microseconds(record["created"])),
                    source: id, table: table)
            }
        }
    }

    private func takeItems(_ table: MigratedPolicyStore.Table) throws {
        var items = ItemMigration(run, table)
        let owner = table.isOfGroups ? "groupname" : "username"
        var pending = Chunks<SourceRecord>()
        func handOver(_ records: [SourceRecord]) throws {
            let users = try run.accounts.entries(Set(records.compactMap { $0.identifier("user_id") }))
            for record in records {
                let name: String
                if table.isOfGroups {
                    name = record.identifier("group_id").flatMap { run.groups[$0]?.name } ?? record[owner] ?? ""
                } else if let user = record.identifier("user_id") {
                    guard let entry = users[user] else {
                        refuse(.userItems, record, "its user was not taken")
                        continue
                    }
                    name = entry.username
                } else {
                    name = record[owner].map { run.renamed[$0] ?? $0 } ?? ""
                }
                if record.flag("is_active") == false {
                    run.count(table.isOfGroups ? .groupItems : .userItems, \.skipped)
                    run.note(table.rawValue, name, "an inactive item is left out")
                    continue
                }
                try items.take(
                    .init(
                        owner: StoredName(name), attribute: record.trimmed("attribute") ?? "", op: record.trimmed("op") ?? "",
                        value: record["value"] ?? "", organizationID: table.isOfGroups ? nil : organization(record)?.id),
                    key: "\(record.text("id") ?? "") \(name)".trimmingBlanks)
            }
        }
        try tables.each(table.rawValue, orderedBy: [owner, "id"]) { record in
            try pending.append(record, key: record[owner] ?? "", handOver)
        }
        try pending.finish(handOver)
        try items.finish()
    }

    private func takeAssignments() throws {
        var assignments = AssignmentMigration(run)
        var pending = Chunks<SourceRecord>()
        func handOver(_ records: [SourceRecord]) throws {
            let users = try run.accounts.entries(Set(records.compactMap { $0.identifier("user_id") }))
            for record in records {
                guard let group = record.identifier("group_id").flatMap({ run.groups[$0] }) else {
                    refuse(.assignments, record, "its group was not taken")
                    continue
                }
                let known = record.identifier("user_id").map { users[$0]?.username }
                guard let username = known ?? record.text("username") else {
                    refuse(.assignments, record, "its user was not taken")
                    continue
                }
                try assignments.take(
                    username: username, group: group.name, priority: record.integer("priority") ?? 1,
                    organizationID: group.organizationID)
            }
        }
        try tables.each("radusergroup", orderedBy: ["username", "id"]) { record in
            try pending.append(record, key: record["username"] ?? "", handOver)
        }
        try pending.finish(handOver)
        try assignments.finish()
    }
}
