import AccessPolicy
import Database

/// Makes groups, or finds those that are here already.
struct GroupMigration {
    private let run: MigrationRun
    private let store: MigratedPolicyStore
    private var byID: [String: RADIUSGroup] = [:]
    private var byName: [StoredName: RADIUSGroup] = [:]
    private var withDefault: Set<String> = []

    init(_ run: MigrationRun) throws {
        self.run = run
        store = MigratedPolicyStore(connection: run.target)
        for group in try store.groups() { remember(group) }
    }

    private mutating func remember(_ group: RADIUSGroup) {
        byID[group.id] = group
        byName[StoredName(group.name)] = group
        if group.isDefault, let organization = group.organizationID { withDefault.insert(organization) }
    }

    /// Takes a group.
    /// - Parameters:
    ///   - source: the group's key in the source.
    ///   - table: for problems.
    mutating func take(_ group: RADIUSGroup, source: String, table: String) throws {
        var group = group
        if let known = byID[group.id] ?? byName[StoredName(group.name)] {
            guard known.organizationID == nil || known.organizationID == group.organizationID else {
                return run.refuse(
                    .groups,
                    MigrationProblem(table: table, key: group.name, reason: "another organization has a group of this name"))
            }
            run.groups[source] = .init(id: known.id, name: known.name, organizationID: known.organizationID)
            return run.count(.groups, \.present)
        }
        guard RADIUSGroup.isValidName(group.name) else {
            return run.refuse(
                .groups, MigrationProblem(table: table, key: group.name, reason: "\(ProvisioningError.invalidGroupName(group.name))"))
        }
        if group.isDefault, let organization = group.organizationID, withDefault.contains(organization) {
            run.note(table, group.name, "is no default group: its organization has another one here")
            group.isDefault = false
        }
        if group.description.unicodeScalars.count > 255 {
            group.description = String(String.UnicodeScalarView(group.description.unicodeScalars.prefix(255)))
            run.note(table, group.name, "the description is cut to 255 characters")
        }
        let written = try run.write([group]) {
            for group in $0 { try store.add(group) }
        } refuse: { group, reason in
            run.refuse(.groups, MigrationProblem(table: table, key: group.name, reason: reason))
        }
        guard !written.isEmpty else { return }
        remember(group)
        run.groups[source] = .init(id: group.id, name: group.name, organizationID: group.organizationID)
        run.count(.groups, \.taken)
    }
}

/// Puts users into groups.
struct AssignmentMigration {
    private typealias Assignment = MigratedPolicyStore.Assignment
    private let run: MigrationRun
    private let store: MigratedPolicyStore
    private var chunks = Chunks<Assignment>()

    init(_ run: MigrationRun) {
        self.run = run
        store = MigratedPolicyStore(connection: run.target)
    }

    /// - Parameter username: as it is here; those of one user come one behind the other.
    mutating func take(username: String, group: String, priority: Int64, organizationID: String?) throws {
        try chunks.append(
            Assignment(
                username: StoredName(username), group: StoredName(group), priority: priority, organizationID: organizationID),
            key: username, handOver)
    }

    mutating func finish() throws { try chunks.finish(handOver) }

    private func handOver(_ assignments: [Assignment]) throws {
        struct Key: Hashable {
            var username: StoredName
            var group: StoredName
        }
        var present: [Key: Int64] = [:]
        for known in try store.assignments(of: Array(Set(assignments.map(\.username.text)))) {
            present[Key(username: known.username, group: known.group)] = known.priority
        }
        var missing: [Assignment] = []
        for assignment in assignments {
            let key = Key(username: assignment.username, group: assignment.group)
            switch present[key] {
            case nil:
                missing.append(assignment)
                present[key] = assignment.priority
            case assignment.priority: run.count(.assignments, \.present)
            default:
                run.count(.assignments, \.kept)
                run.note("radusergroup", "\(key.username.text) \(key.group.text)", "keeps the priority that it has here")
            }
        }
        let written = try run.write(missing) {
            try store.add($0)
        } refuse: { assignment, reason in
            run.refuse(
                .assignments,
                MigrationProblem(
                    table: "radusergroup", key: "\(assignment.username.text) \(assignment.group.text)", reason: reason))
        }
        run.count(.assignments, \.taken, written.count)
    }
}
