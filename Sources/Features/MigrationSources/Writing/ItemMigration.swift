import AccessPolicy
import Accounts
import Database
import Digests

/// Writes check and reply items. All of one attribute of a user or group go together: as the source has them, where there are none here.
///
/// Passwords of a user count as one attribute, whatever their form.
struct ItemMigration {
    typealias Item = MigratedPolicyStore.Item
    typealias Table = MigratedPolicyStore.Table

    /// What belongs together.
    private struct Key: Hashable {
        var owner: StoredName
        var attribute: String
        var organizationID: String?
    }

    /// The items of one key.
    private struct Change {
        var key: Key
        var added: [Item]
        /// Rows that go first.
        var removed: [Item] = []
    }

    private let run: MigrationRun
    private let store: MigratedPolicyStore
    private let table: Table
    /// What problems name.
    private let sourceTable: String
    private let kind: MigrationReport.Kind
    private let isFollowed: Bool
    private var chunks = Chunks<Item>()
    private var rows = 0

    /// - Parameters:
    ///   - table: of the target.
    ///   - sourceTable: for problems; the same when nil.
    ///   - isFollowed: what is here is another form of the same, as a hash that was made stronger at a login: nothing to tell.
    init(
        _ run: MigrationRun, _ table: Table, sourceTable: String? = nil, kind: MigrationReport.Kind? = nil, isFollowed: Bool = false
    ) {
        self.isFollowed = isFollowed
        self.run = run
        self.table = table
        self.sourceTable = sourceTable ?? table.rawValue
        self.kind = kind ?? (table.isOfGroups ? .groupItems : .userItems)
        store = MigratedPolicyStore(connection: run.target)
    }

    /// Takes an item; those of one owner come one behind the other.
    /// - Parameter key: for problems.
    mutating func take(_ item: Item, key: String) throws {
        guard !item.attribute.isEmpty, !item.owner.text.isEmpty else {
            return run.refuse(kind, MigrationProblem(table: sourceTable, key: key, reason: "it has no attribute, or nobody whose it is"))
        }
        let operators = GroupService.operators(table == .radcheck || table == .radgroupcheck ? .check : .reply)
        // FreeRADIUS takes an empty operator for a comparison.
        var item = item
        if item.op.isEmpty { item.op = "==" }
        guard operators.contains(item.op) else {
            return run.refuse(kind, MigrationProblem(table: sourceTable, key: key, reason: "'\(item.op)' is no operator"))
        }
        rows += 1
        if rows.isMultiple(of: MigrationRun.chunkSize) { run.progress(kind, rows: rows) }
        try chunks.append(item, key: item.owner.text, handOver)
    }

    mutating func finish() throws { try chunks.finish(handOver) }

    private func isPassword(_ item: Item) -> Bool { table == .radcheck && StoredPassword.isPasswordAttribute(item.attribute) }

    private func key(_ item: Item) -> Key {
        Key(
            owner: item.owner, attribute: isPassword(item) ? "password" : item.attribute.lowercased(), organizationID: item.organizationID)
    }

    private func handOver(_ items: [Item]) throws {
        let present = Dictionary(grouping: try store.items(table, of: Array(Set(items.map(\.owner.text)))), by: key)
        var order: [Key] = []
        var wanted: [Key: [Item]] = [:]
        for item in items {
            let key = key(item)
            if wanted[key] == nil { order.append(key) }
            if wanted[key]?.contains(item) != true { wanted[key, default: []].append(item) }
        }
        var changes: [Change] = []
        for key in order {
            let new = wanted[key] ?? []
            let old = present[key] ?? []
            let missing = new.filter { !old.contains($0) }
            if missing.isEmpty {
                run.count(kind, \.present, new.count)
            } else if old.allSatisfy(new.contains) {
                changes.append(Change(key: key, added: missing))
            } else if run.options.replaces {
                changes.append(Change(key: key, added: new, removed: old))
            } else if isFollowed {
                run.count(kind, \.present, new.count)
            } else {
                run.count(kind, \.kept, new.count)
                run.note(sourceTable, key.owner.text, "keeps the \(key.attribute) that it has here")
            }
        }
        let written = try run.write(changes) { changes in
            for change in changes { try clear(change) }
            try store.add(changes.flatMap(\.added), to: table)
        } refuse: { change, reason in
            run.count(kind, \.refused, change.added.count - 1)
            run.refuse(
                kind, MigrationProblem(table: sourceTable, key: "\(change.key.owner.text) \(change.key.attribute)", reason: reason))
        }
        run.count(kind, \.taken, written.reduce(0) { $0 + $1.added.count })
    }

    /// Removes what is replaced, and lets running servers know of it.
    private func clear(_ change: Change) throws {
        if change.removed.isEmpty { return }
        for item in change.removed { try store.remove(like: item, from: table) }
        let owner = change.key.owner.text
        try ChangeOutbox(run.target).append(AccountChange(table.isOfGroups ? .groupChanged : .userGroupsChanged, owner))
        if change.key.attribute == "password", let user = try UserStore(run.target).user(named: owner) {
            try LoginStore(run.target).endAll(of: user.id)
        }
    }
}
