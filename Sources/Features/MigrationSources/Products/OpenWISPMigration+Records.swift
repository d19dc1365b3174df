import Accounts
import Database
import Foundation

extension OpenWISPMigration {
    func takeRegistrations() throws {
        let store = MigratedPolicyStore(connection: run.target)
        var pending = Chunks<MigratedPolicyStore.Registration>()
        func handOver(_ registrations: [MigratedPolicyStore.Registration]) throws {
            var present: [String: MigratedPolicyStore.Registration] = [:]
            for known in try store.registrations(of: registrations.map(\.userID)) {
                present[known.userID + " " + known.organizationID] = known
            }
            var missing: [MigratedPolicyStore.Registration] = []
            for new in registrations {
                let key = new.userID + " " + new.organizationID
                if let old = present[key] {
                    let isSame = old.method == new.method && old.isVerified == new.isVerified
                    guard !isSame, run.options.replaces else {
                        run.count(.registrations, isSame ? \.present : \.kept)
                        continue
                    }
                }
                present[key] = new
                missing.append(new)
            }
            let written = try run.write(missing) {
                try store.set($0)
            } refuse: { registration, reason in
                run.refuse(.registrations, MigrationProblem(table: "registereduser", key: registration.userID, reason: reason))
            }
            run.count(.registrations, \.taken, written.count)
        }
        try eachOfUsers("openwisp_radius_registereduser", orderedBy: ["user_id"], .registrations) { record, entry in
            let places: [String]
            if record.identifier("organization_id") != nil {
                places = organization(record).map { [$0.id] } ?? []
            } else {
                // Before release 1.3 a registration held in all of the user's organizations.
                places = try run.accounts.memberships(of: [entry.userID])[entry.userID] ?? []
            }
            if places.isEmpty { return refuse(.registrations, record, key: entry.username, "its organization was not taken") }
            for place in places {
                try pending.append(
                    .init(
                        userID: entry.userID, organizationID: place, method: String((record["method"] ?? "").prefix(64)),
                        isVerified: record.flag("is_verified") ?? false,
                        modified: run.times.microseconds(record["modified"]) ?? migrationMicroseconds()), handOver)
            }
        }
        try pending.finish(handOver)
    }

    func takeTokens() throws {
        let store = MigratedRecordStore(connection: run.target)
        try eachOfUsers("authtoken_token", orderedBy: ["user_id"], .apiTokens) { record, entry in
            guard entry.state != .linked || run.options.replaces else { return run.count(.apiTokens, \.kept) }
            guard let key = record.trimmed("key"), APITokenStore.hasTokenForm(key) else {
                return refuse(.apiTokens, record, key: entry.username, "its token is not 40 hexadecimal digits")
            }
            if let present = try store.apiTokens(of: [entry.userID])[entry.userID] {
                if present == key { return run.count(.apiTokens, \.present) }
                guard run.options.replaces else { return run.count(.apiTokens, \.kept) }
            }
            // The server's own key is for tokens that the server makes.
            let tokens = APITokenStore(run.target, key: [])
            let written = try run.write([key]) {
                for key in $0 { try tokens.adopt(key, userID: entry.userID) }
            } refuse: { _, reason in
                refuse(.apiTokens, record, key: entry.username, reason)
            }
            run.count(.apiTokens, \.taken, written.count)
        }
        try eachOfUsers("radiustoken", orderedBy: ["user_id"], .userTokens) { record, entry in
            guard let key = record.text("key"), key.utf8.count <= 40 else {
                return refuse(.userTokens, record, key: entry.username, "its key has more than 40 characters, or none")
            }
            guard let organization = organization(record) else {
                return refuse(.userTokens, record, key: entry.username, "its organization was not taken")
            }
            if let present = try store.userTokens(of: [entry.userID])[entry.userID] {
                return run.count(.userTokens, present == key ? \.present : \.kept)
            }
            let token = MigratedRecordStore.UserToken(
                userID: entry.userID, key: key, organizationID: organization.id, canAuthenticate: record.flag("can_auth") ?? false,
                isPasswordBased: record.flag("password_based"),
                created: run.times.microseconds(record["created"]) ?? migrationMicroseconds())
            let written = try run.write([token]) {
                for token in $0 { try store.add(token) }
            } refuse: { _, reason in
                refuse(.userTokens, record, key: entry.username, reason)
            }
            run.count(.userTokens, \.taken, written.count)
        }
    }

    /// Batches by name, and whom they made. Their passwords, which OpenWISP keeps readable, are left behind.
    func takeBatches() throws {
        let store = MigratedRecordStore(connection: run.target)
        guard try store.hasBatches() else {
            let count = try tables.count("radbatch")
            if count > 0 { run.note("radbatch", "", "not taken: \(count) batches; their users are") }
            return
        }
        try tables.each("radbatch", orderedBy: ["created"]) { record in
            guard let id = record.identifier("id"), let name = record.text("name"), UUID(uuidString: id) != nil else {
                return refuse(.batches, record, "it has no name, or its id is no UUID")
            }
            guard let organization = organization(record) else {
                return refuse(.batches, record, key: name, "its organization was not taken")
            }
            let group = record.identifier("group_id").flatMap { run.groups[$0] }
            let batch = MigratedRecordStore.Batch(
                id: id, organizationID: organization.id, name: String(name.prefix(128)),
                strategy: record["strategy"] == "prefix" ? "prefix" : "csv",
                // One that was not finished there is never finished here.
                status: record["status"].map { $0 == "completed" || $0.isEmpty ? "completed" : "failed" } ?? "completed",
                prefix: record.text("prefix").map { String($0.prefix(20)) }, groupID: group?.id, groupName: group?.name,
                expirationDate: SourceTime.days(ofDate: record.trimmed("expiration_date")) == nil ? nil : record.trimmed("expiration_date"),
                notes: record["notes"] ?? "", created: run.times.microseconds(record["created"]) ?? migrationMicroseconds())
            if let known = try store.batch(like: batch) {
                run.batches[id] = known
                return run.count(.batches, \.present)
            }
            let written = try run.write([batch]) {
                for batch in $0 { try store.add(batch) }
            } refuse: { _, reason in
                refuse(.batches, record, key: name, reason)
            }
            if written.isEmpty { return }
            run.batches[id] = id
            run.count(.batches, \.taken)
        }
        try takeBatchUsers(store)
    }

    private func takeBatchUsers(_ store: MigratedRecordStore) throws {
        var pending: [(batchID: String, userID: String)] = []
        func handOver() throws {
            let present = try store.batches(of: pending.map(\.userID))
            let missing = pending.filter { !present.contains($0.batchID + " " + $0.userID) }
            run.count(.batchUsers, \.present, pending.count - missing.count)
            pending.removeAll()
            let written = try run.write(missing) {
                try store.addBatchUsers($0)
            } refuse: { user, reason in
                run.refuse(.batchUsers, MigrationProblem(table: "radbatch_users", key: user.userID, reason: reason))
            }
            run.count(.batchUsers, \.taken, written.count)
        }
        try eachOfUsers("radbatch_users", orderedBy: ["radiusbatch_id", "id"], .batchUsers) { record, entry in
            guard let batch = record.identifier("radiusbatch_id").flatMap({ run.batches[$0] }) else {
                return refuse(.batchUsers, record, "its batch was not taken")
            }
            pending.append((batch, entry.userID))
            if pending.count >= MigrationRun.chunkSize { try handOver() }
        }
        try handOver()
    }
}
