import AccessPolicy
import Accounts
import Database
import Digests
import Foundation
import Localization

extension OpenWISPMigration {
    private static let users = "openwisp_users_user"

    func takeUsers() throws {
        var accounts = AccountMigration(run)
        try tables.each(Self.users, orderedBy: ["username"]) { record in
            guard let id = record.identifier("id"), let username = record.text("username") else {
                return refuse(.users, record, "it has no id or no user name")
            }
            try accounts.take(
                SourceAccount(
                    source: id, table: Self.users, key: username, user: user(record, id: id, username: username), hasOwnID: true,
                    isFoundByAddress: true))
        }
        try accounts.finish()
    }

    private func user(_ record: SourceRecord, id: String, username: String) -> User {
        var user = User(
            id: id, username: username, email: record.trimmed("email"), firstName: record["first_name"] ?? "",
            lastName: record["last_name"] ?? "", isActive: record.flag("is_active") ?? true)
        // The last day counts whole.
        user.expiresAt = SourceTime.days(ofDate: record.trimmed("expiration_date")).map { ($0 + 1) * 86_400 }
        user.phoneNumber = record.trimmed("phone_number")
        user.language = record.trimmed("language").flatMap { Language(rawValue: String($0.prefix(2)).lowercased()) }
        user.isStaff = record.flag("is_staff") ?? false
        user.isSuperuser = record.flag("is_superuser") ?? false
        user.birthDate = SourceTime.days(ofDate: record.trimmed("birth_date")) == nil ? nil : record.trimmed("birth_date")
        user.location = record["location"] ?? ""
        user.bio = record["bio"] ?? ""
        user.url = record["url"] ?? ""
        user.company = record["company"] ?? ""
        user.notes = record["notes"] ?? ""
        user.passwordUpdated = SourceTime.days(ofDate: record.trimmed("password_updated"))
        user.passwordBasedToken = record.flag("password_based_token")
        user.lastLogin = run.times.microseconds(record["last_login"])
        if let joined = run.times.microseconds(record["date_joined"]) { user.created = joined }
        return user
    }

    /// Django's hashes by how they begin, and the attribute that holds each here.
    private static let hashes = [
        "pbkdf2_sha256$": "PBKDF2-Password", "pbkdf2_sha1$": "PBKDF2-Password", "argon2$": "Argon2-Password",
        "bcrypt_sha256$": "Bcrypt-Password", "bcrypt$": "Bcrypt-Password", "scrypt$": "Scrypt-Password",
    ]

    /// Passwords of accounts that this migration made; one who was here before keeps his own.
    func takePasswords() throws {
        var items = ItemMigration(run, .radcheck, sourceTable: Self.users, kind: .passwords, isFollowed: true)
        var pending = Chunks<SourceRecord>()
        func handOver(_ records: [SourceRecord]) throws {
            let users = try run.accounts.entries(Set(records.compactMap { $0.identifier("id") }))
            for record in records {
                guard let entry = record.identifier("id").flatMap({ users[$0] }), let hash = record.text("password") else { continue }
                guard entry.state != .linked || run.options.replaces else { continue }
                // Django's mark of accounts that have no password.
                if hash.hasPrefix("!") { continue }
                guard let attribute = Self.hashes.first(where: { hash.hasPrefix($0.key) })?.value,
                    StoredPassword(attribute: attribute, value: hash) != nil
                else {
                    refuse(.passwords, record, key: entry.username, "the form of its password's hash is not known; it needs a new one")
                    continue
                }
                try items.take(
                    .init(owner: StoredName(entry.username), attribute: attribute, op: ":=", value: hash, organizationID: nil),
                    key: entry.username)
            }
        }
        try tables.each(Self.users, orderedBy: ["username"]) { try pending.append($0, handOver) }
        try pending.finish(handOver)
        try items.finish()
    }

    func takeAddresses() throws {
        var addresses = AddressMigration(run)
        try eachOfUsers("account_emailaddress", orderedBy: ["user_id", "id"], .addresses) { record, entry in
            guard entry.state != .linked || run.options.replaces, let email = record.trimmed("email") else { return }
            try addresses.take(
                .init(
                    userID: entry.userID, email: email, isVerified: record.flag("verified") ?? false,
                    isPrimary: record.flag("primary") ?? false))
        }
        try addresses.finish()
    }

    func takeMemberships() throws {
        var owners: Set<String> = []
        try tables.each("openwisp_users_organizationowner") { record in
            if let member = record.identifier("organization_user_id") { owners.insert(member) }
        }
        var members = MembershipMigration(run)
        try eachOfUsers("openwisp_users_organizationuser", orderedBy: ["user_id", "organization_id"], .memberships) { record, entry in
            guard let organization = organization(record) else {
                return refuse(.memberships, record, "its organization was not taken")
            }
            let id = record.identifier("id").flatMap { UUID(uuidString: $0) == nil ? nil : $0 }
            let isOwner = id.map(owners.contains) ?? false
            try members.take(
                .init(
                    userID: entry.userID, organizationID: organization.id, id: id ?? RandomUUID.make(),
                    isAdmin: isOwner || record.flag("is_admin") ?? false, isOwner: isOwner,
                    created: run.times.microseconds(record["created"]) ?? migrationMicroseconds()))
        }
        try members.finish()
    }

    /// OpenWISP's groups of permissions are roles here; those of the same name are given.
    func takeRoles() throws {
        let store = MigratedUserStore(connection: run.target)
        let roles = try store.roles()
        var names: [String: String] = [:]
        try tables.each("auth_group") { record in
            if let id = record.trimmed("id"), let name = record.text("name") { names[id] = name }
        }
        var pending: [(userID: String, roleID: Int64)] = []
        var unknown: Set<String> = []
        func handOver() throws {
            let present = try store.roles(of: pending.map(\.userID))
            let missing = pending.filter { !present.contains("\($0.userID) \($0.roleID)") }
            run.count(.roles, \.present, pending.count - missing.count)
            pending.removeAll()
            let written = try run.write(missing) {
                try store.giveRoles($0)
            } refuse: { role, reason in
                run.refuse(.roles, MigrationProblem(table: "openwisp_users_user_groups", key: role.userID, reason: reason))
            }
            run.count(.roles, \.taken, written.count)
        }
        try eachOfUsers("openwisp_users_user_groups", orderedBy: ["user_id", "id"], .roles) { record, entry in
            guard entry.state != .linked || run.options.replaces else { return run.count(.roles, \.kept) }
            let name = record.trimmed("group_id").flatMap { names[$0] } ?? ""
            guard let role = roles[name] else {
                run.count(.roles, \.refused)
                if unknown.insert(name).inserted {
                    run.note("auth_group", name, "there is no role of this name; make it with 'radian role' and run this again")
                }
                return
            }
            pending.append((entry.userID, role))
            if pending.count >= MigrationRun.chunkSize { try handOver() }
        }
        try handOver()
    }

    /// Hands over every row that belongs to a user, with the user's account here; others are refused.
    /// - Parameter column: that holds the user's id.
    func eachOfUsers(
        _ table: String, orderedBy order: [String], _ kind: MigrationReport.Kind, column: String = "user_id",
        _ take: (SourceRecord, AccountMapStore.Entry) throws -> Void
    ) throws {
        var pending = Chunks<SourceRecord>()
        var rows = 0
        func handOver(_ records: [SourceRecord]) throws {
            rows += records.count
            run.progress(kind, rows: rows)
            let users = try run.accounts.entries(Set(records.compactMap { $0.identifier(column) }))
            for record in records {
                guard let entry = record.identifier(column).flatMap({ users[$0] }) else {
                    refuse(kind, record, "its user was not taken")
                    continue
                }
                try take(record, entry)
            }
        }
        try tables.each(table, orderedBy: order) { try pending.append($0, handOver) }
        try pending.finish(handOver)
    }
}
