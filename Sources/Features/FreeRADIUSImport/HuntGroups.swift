import FreeRADIUSFiles

/// FreeRADIUS's `huntgroups`: names for requests that look alike. Lines are those of a `users` file, several of one name are alternatives.
struct HuntGroups {
    private var groups: [String: [UsersFile.Entry]] = [:]

    init() {}

    init(_ file: UsersFile) {
        groups = Dictionary(grouping: file.entries) { $0.name ?? "DEFAULT" }
    }

    /// The check items that mean the same as one of `Huntgroup-Name`; nil where there is no such list.
    func conditions(_ item: UsersFile.Item) -> [UsersFile.Item]? {
        // Another comparison, or several alternatives, is no list of conditions that all hold.
        guard item.op == "==", let entries = groups[item.value], entries.count == 1 else { return nil }
        return entries[0].checks
    }

    /// A note about each group whose lines restrict who may use it, which is more than a name.
    var notes: [FreeRADIUSImportReport.Note] {
        groups.values.flatMap(\.self).filter { !$0.replies.isEmpty }.sorted { $0.line < $1.line }.map { entry in
            .init("\(entry.file):\(entry.line)", "the huntgroup allows only some users or groups: write a rule")
        }
    }
}
