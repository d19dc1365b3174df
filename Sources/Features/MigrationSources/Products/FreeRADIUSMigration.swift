import AccessPolicy
import Accounts
import Database
import Digests

/// FreeRADIUS's tables, and those that daloRADIUS has beside them.
///
/// A user is who has a row in `radcheck` or `userinfo`. With an organization, groups get its slug in front of their names, as the groups
/// of organizations have here.
struct FreeRADIUSMigration {
    private let run: MigrationRun
    private let tables: SourceTables
    private let hasDaloRADIUS: Bool

    init(_ run: MigrationRun, _ tables: SourceTables, hasDaloRADIUS: Bool) {
        self.run = run
        self.tables = tables
        self.hasDaloRADIUS = hasDaloRADIUS
    }

    func take() throws {
        try takeUsers()
        try takeMemberships()
        try takeGroups()
        for table in MigratedPolicyStore.Table.allCases { try takeItems(table) }
        try takeAssignments()
        try DefaultGroupMigration(run: run).take()
        if hasDaloRADIUS { try takeOperators() }
        try tables.each("nas", orderedBy: ["id"]) { try DeviceMigration(run: run).take($0, organizationID: run.organization?.id) }
        try takeHuntGroups()
        if hasDaloRADIUS { try listNotTaken() }
    }

    private func takeUsers() throws {
        var accounts = AccountMigration(run)
        if hasDaloRADIUS {
            try tables.each("userinfo", orderedBy: ["username", "id"]) { record in
                guard let username = record.text("username") else { return }
                try accounts.take(DaloRADIUSUsers.account(record, username: username, times: run.times))
            }
        }
        try accounts.finish()
        var last: StoredName?
        try tables.each("radcheck", orderedBy: ["username", "id"]) { record in
            guard let username = record.text("username"), last != StoredName(username) else { return }
            last = StoredName(username)
            // An entry for everybody is nobody's account.
            if username == "DEFAULT" { return }
            if hasDaloRADIUS, try run.accounts.entries([username])[username] != nil { return }
            try accounts.take(
                SourceAccount(source: username, table: "radcheck", key: username, user: User(username: username)))
        }
        try accounts.finish()
        var addresses = AddressMigration(run)
        try addresses.finish()
    }

    private func takeMemberships() throws {
        guard let organization = run.organization else { return }
        var members = MembershipMigration(run)
        var last = ""
        while true {
            let entries = try run.accounts.entries(after: last, limit: MigrationRun.chunkSize)
            guard let end = entries.last else { break }
            last = end.source
            for entry in entries {
                try members.take(
                    .init(
                        userID: entry.userID, organizationID: organization.id, id: RandomUUID.make(), isAdmin: false, isOwner: false,
                        created: migrationMicroseconds()))
            }
        }
        try members.finish()
    }

    /// The name that a group has here.
    private func groupName(_ name: String) -> String {
        run.organization.map { RADIUSGroup.name(name, inOrganization: $0.slug) } ?? name
    }

    private func takeGroups() throws {
        var groups = try GroupMigration(run)
        var spellings: [String: String] = [:]
        for table in ["radgroupcheck", "radgroupreply", "radusergroup"] {
            var last: StoredName?
            try tables.each(table, orderedBy: ["groupname"]) { record in
                guard let name = record.text("groupname"), last != StoredName(name), run.groups[name] == nil else { return }
                last = StoredName(name)
                if let other = spellings[name.lowercased()], other != name {
                    run.note(table, name, "is another group than '\(other)' here; MySQL takes them for one")
                }
                spellings[name.lowercased()] = name
                try groups.take(
                    RADIUSGroup(name: groupName(name), organizationID: run.organization?.id), source: name, table: table)
            }
        }
    }

    /// Check items that compare with the name of a group.
    private static let groupAttributes: Set<String> = ["group", "sql-group", "group-name"]

    private func takeItems(_ table: MigratedPolicyStore.Table) throws {
        var items = ItemMigration(run, table)
        let owner = table.isOfGroups ? "groupname" : "username"
        try tables.each(table.rawValue, orderedBy: [owner, "id"]) { record in
            let name = record[owner] ?? ""
            let attribute = record.trimmed("attribute") ?? ""
            // An account has one password in all of its organizations.
            let isPassword = table == .radcheck && StoredPassword.isPasswordAttribute(attribute)
            var value = record["value"] ?? ""
            if Self.groupAttributes.contains(attribute.lowercased()), run.groups[value] != nil { value = groupName(value) }
            try items.take(
                .init(
                    owner: StoredName(table.isOfGroups ? run.groups[name]?.name ?? groupName(name) : name), attribute: attribute,
                    op: record.trimmed("op") ?? "", value: value,
                    organizationID: isPassword || table.isOfGroups ? nil : run.organization?.id),
                key: "\(record.text("id") ?? "") \(name)".trimmingBlanks)
        }
        try items.finish()
    }

    private func takeAssignments() throws {
        var assignments = AssignmentMigration(run)
        try tables.each("radusergroup", orderedBy: ["username", "id"]) { record in
            guard let username = record.text("username"), let group = record.text("groupname") else {
                return run.refuse(
                    .assignments,
                    MigrationProblem(table: "radusergroup", key: record.text("id") ?? "", reason: "it has no user or no group"))
            }
            guard let place = run.groups[group] else {
                return run.refuse(
                    .assignments, MigrationProblem(table: "radusergroup", key: username, reason: "its group '\(group)' was not taken"))
            }
            try assignments.take(
                username: username, group: place.name, priority: record.integer("priority") ?? 1, organizationID: run.organization?.id)
        }
        try assignments.finish()
    }

    /// Operators become staff, without any right until roles and organizations are given to them.
    private func takeOperators() throws {
        var accounts = AccountMigration(run)
        var passwords: [String: PolicyCredential] = [:]
        try tables.each("operators", orderedBy: ["id"]) { record in
            guard let operatorAccount = DaloRADIUSUsers.operatorAccount(record, times: run.times) else { return }
            try accounts.take(operatorAccount)
            passwords[operatorAccount.source] = record.text("password").flatMap { DaloRADIUSUsers.credential($0) }
        }
        try accounts.finish()
        var addresses = AddressMigration(run)
        try addresses.finish()
        var items = ItemMigration(run, .radcheck, sourceTable: "operators", kind: .passwords)
        try tables.each("operators", orderedBy: ["username"]) { record in
            guard let account = DaloRADIUSUsers.operatorAccount(record, times: run.times),
                let entry = try run.accounts.entries([account.source])[account.source], entry.state == .new
            else { return }
            guard let credential = passwords[account.source] else {
                return run.note("operators", account.key, "needs a new password: the form of the stored one is not known")
            }
            try items.take(
                .init(
                    owner: StoredName(entry.username), attribute: credential.attribute, op: ":=", value: credential.value,
                    organizationID: nil), key: account.key)
        }
        try items.finish()
    }

    private func takeHuntGroups() throws {
        let store = MigratedRecordStore(connection: run.target)
        try tables.each("radhuntgroup", orderedBy: ["id"]) { record in
            guard let name = record.trimmed("groupname"), let address = record.trimmed("nasipaddress") else { return }
            var isNew = run.options.isDryRun
            try run.write { isNew = try store.addHuntGroup(name, address: address, port: record.trimmed("nasportid")) }
            run.count(.huntGroups, isNew ? \.taken : \.present)
        }
    }

    private func listNotTaken() throws {
        for (table, what) in ProductTables.notTaken.sorted(by: { $0.key < $1.key }) {
            let count = try tables.count(table)
            if count > 0 { run.note(table, "", "not taken: \(count) rows of \(what)") }
        }
    }
}
