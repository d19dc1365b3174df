public import Logging
import Digests
import RADIUSPipeline
import RADIUSTransport

/// The back ends in the order in which they are asked.
public final class BackEnds: Sendable {
    let list: [GuardedBackEnd]
    private let overdue: WorkPool

    /// - Parameter list: with unique names.
    public init(_ list: [(backEnd: any BackEnd, settings: BackEndSettings)], logger: Logger) {
        let overdue = WorkPool(threads: 2, capacity: 1000, name: "overdue")
        self.overdue = overdue
        self.list = list.map { GuardedBackEnd($0.backEnd, $0.settings, overdue: overdue, logger: logger) }
    }

    /// Values of Auth-Type that pick a back end, in lower case, for ``RADIUSPipeline/SelectAuthType``.
    public var authTypes: Set<String> {
        list.reduce(into: []) { $0.formUnion($1.backEnd.authTypes.union([$1.name.lowercased()])) }
    }

    /// What each has done so far.
    public var statistics: [BackEndStatistics] { list.map(\.statistics) }

    /// Lets calls under way end and closes connections. Call once, when no request comes any more.
    public func stop() {
        for backEnd in list { backEnd.stop() }
        overdue.stop()
    }

    func index(named name: String) -> Int? { list.firstIndex { $0.name == name } }
}

extension UserPolicy {
    /// Whether the database holds a password for the user. Rows are judged by their names: what they say comes later.
    var hasPassword: Bool {
        checkRows.contains { row in
            let name = row.attribute.lowercased()
            return StoredPassword.isPasswordAttribute(name) || name == "user-password" || name == "password"
        }
    }

    /// Whether a check row asks for groups of a directory.
    var asksForDirectoryGroups: Bool {
        checkRows.contains { $0.attribute.lowercased() == "ldap-group" }
    }

    private var checkRows: some Sequence<PolicyRow> {
        [checks[...], groups.flatMap(\.checks)[...], profiles.values.flatMap { $0.flatMap(\.checks) }[...]].joined()
    }
}
