import FreeRADIUSFiles
import RADIUSPipeline

/// The rows that mean what a `users` file says.
struct UsersPlan {
    /// A row of `radcheck`, `radreply`, `radgroupcheck` or `radgroupreply`.
    struct Row: Equatable {
        var owner: String
        var table: PolicyRow.Table
        var attribute: String
        var op: String
        var value: String
    }

    struct Membership: Equatable {
        var user: String
        var group: String
        var priority: Int
    }

    /// The pseudo user whose groups are the DEFAULT entries.
    static let profile = "DEFAULT"

    /// In the order of the file.
    private(set) var users: [String] = []
    private(set) var groups: [String] = []
    private(set) var rows: [Row] = []
    private(set) var memberships: [Membership] = []
    private(set) var notes: [FreeRADIUSImportReport.Note] = []
    /// Whether there are DEFAULT entries.
    private(set) var needsProfile = false

    private let huntGroups: HuntGroups
    private let problem: (PolicyRow) -> String?

    /// - Parameter problem: why a row cannot be used; nil where it can.
    init(_ file: UsersFile, huntGroups: HuntGroups, problem: @escaping (PolicyRow) -> String?) {
        self.huntGroups = huntGroups
        self.problem = problem
        let entries = file.entries.compactMap { usable($0) }
        let defaults = entries.indices.filter { entries[$0].name == nil }
        needsProfile = !defaults.isEmpty
        var own: [String: [Int]] = [:]
        for (place, entry) in entries.enumerated() {
            guard let name = entry.name else { continue }
            if own[name] == nil { users.append(name) }
            own[name, default: []].append(place)
        }
        var inGroups = Set(defaults)
        for user in users {
            let places = own[user] ?? []
            if places.count == 1, defaults.allSatisfy({ $0 > places[0] }) {
                add(entries[places[0]], owner: user, .radcheck, .radreply)
            } else {
                inGroups.formUnion(places)
                join(user, (places + defaults).sorted().map { entries[$0] })
            }
        }
        for place in inGroups.sorted() { addGroup(entries[place]) }
        if needsProfile { join(Self.profile, defaults.map { entries[$0] }) }
    }

    // MARK: Entries

    /// The entry without what cannot be taken over; nil where its condition cannot.
    private mutating func usable(_ entry: UsersFile.Entry) -> UsersFile.Entry? {
        var entry = entry
        let position = Self.position(entry)
        var checks: [UsersFile.Item] = []
        for item in entry.checks {
            if item.attribute == "Huntgroup-Name" {
                guard let conditions = huntGroups.conditions(item) else {
                    notes.append(.init(position, "Huntgroup-Name \(item.op) \(item.value) has no simple counterpart: write a rule"))
                    return nil
                }
                checks += conditions
                continue
            }
            if item.attribute == "Hint" {
                notes.append(.init(position, "'Hint' is set by FreeRADIUS's hints, which have no counterpart: write a rule"))
                return nil
            }
            if let text = problem(Self.row(item, .radcheck)) {
                notes.append(.init(position, "the entry is left out, since \(item.attribute) \(item.op) cannot be checked: \(text)"))
                return nil
            }
            checks.append(item)
        }
        entry.checks = checks
        entry.replies = entry.replies.filter { item in
            guard let text = problem(Self.row(item, .radreply)) else { return true }
            notes.append(.init(position, "\(item.attribute) \(item.op) is left out of the reply: \(text)"))
            return false
        }
        return entry
    }

    private mutating func addGroup(_ entry: UsersFile.Entry) {
        let name = Self.groupName(entry)
        groups.append(name)
        add(entry, owner: name, .radgroupcheck, .radgroupreply)
    }

    private mutating func add(_ entry: UsersFile.Entry, owner: String, _ checks: PolicyRow.Table, _ replies: PolicyRow.Table) {
        for (items, table) in [(entry.checks, checks), (entry.replies, replies)] {
            for item in items {
                rows.append(Row(owner: owner, table: table, attribute: item.attribute, op: item.op, value: item.storedValue))
            }
        }
        // Without this row the tables go on to groups and the profile, where the file stops.
        if needsProfile, !entry.replies.contains(where: { $0.attribute == "Fall-Through" }) {
            rows.append(Row(owner: owner, table: replies, attribute: "Fall-Through", op: "=", value: "No"))
        }
    }

    private mutating func join(_ user: String, _ entries: [UsersFile.Entry]) {
        for (priority, entry) in entries.enumerated() {
            memberships.append(Membership(user: user, group: Self.groupName(entry), priority: priority + 1))
        }
        // The last entry may fall through, and the tables would begin the profile's walk, which this one holds already.
        guard user != Self.profile, needsProfile, entries.last?.fallsThrough == true else { return }
        if !groups.contains(Self.end) {
            groups.append(Self.end)
            rows.append(Row(owner: Self.end, table: .radgroupreply, attribute: "Fall-Through", op: "=", value: "No"))
        }
        memberships.append(Membership(user: user, group: Self.end, priority: entries.count + 1))
    }

    private static let end = "users:end"

    private static func row(_ item: UsersFile.Item, _ table: PolicyRow.Table) -> PolicyRow {
        PolicyRow(table: table, id: 0, attribute: item.attribute, op: item.op, value: item.storedValue)
    }

    /// `users:12`.
    private static func groupName(_ entry: UsersFile.Entry) -> String {
        "\(entry.file.split(separator: "/").last ?? "users"):\(entry.line)"
    }

    private static func position(_ entry: UsersFile.Entry) -> String { "\(entry.file):\(entry.line)" }
}

extension UsersFile.Entry {
    /// Whether the entries behind a matching one are looked at, too.
    fileprivate var fallsThrough: Bool {
        replies.contains { $0.attribute == "Fall-Through" && ["yes", "1"].contains($0.value.lowercased()) }
    }
}
