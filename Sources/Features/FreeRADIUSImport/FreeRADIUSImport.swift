public import Database
import Foundation
public import FreeRADIUSFiles
import NASClients
import Proxying
public import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport

/// Takes over a FreeRADIUS installation, file by file.
public struct FreeRADIUSImport {
    private let connection: any DatabaseConnection
    private let dictionary: AttributeDictionary
    public private(set) var report = FreeRADIUSImportReport()

    /// - Parameter dictionary: of the server that is to serve what is imported.
    public init(_ connection: any DatabaseConnection, dictionary: AttributeDictionary) {
        self.connection = connection
        self.dictionary = dictionary
    }

    /// Takes over the clients of a configuration.
    /// - Throws: the database's error.
    public mutating func addClients(_ root: ConfigurationSection) throws {
        let (clients, problems) = ClientDefinition.all(in: root)
        for problem in problems { report.notes.append(.init(problem.position, "the client is left out: \(problem.message)")) }
        let store = NASStore(connection)
        for client in clients {
            do {
                try ClientImport.add(client, to: store)
                report.clients.added += 1
                if let server = client.virtualServer {
                    report.notes.append(
                        .init(client.position, "client '\(client.name)' has the virtual server '\(server)': use rules by NAS"))
                }
            } catch NASError.exists {
                report.clients.existing += 1
            } catch let error as NASError {
                report.notes.append(.init(client.position, "client '\(client.name)' is left out: \(error)"))
            }
        }
    }

    /// Takes over a `users` file.
    /// - Parameter huntGroups: the `huntgroups` file, for checks of Huntgroup-Name.
    /// - Throws: the database's error.
    public mutating func addUsers(_ file: UsersFile, huntGroups: UsersFile? = nil) throws(DatabaseError) {
        let groups = huntGroups.map(HuntGroups.init) ?? HuntGroups()
        let plan = UsersPlan(file, huntGroups: groups) { [dictionary] in $0.problem(dictionary) }
        report.notes += groups.notes + plan.notes
        let tables = ImportTables(connection)
        var kept: Set<String> = []
        for name in plan.users + (plan.needsProfile ? [UsersPlan.profile] : []) where try tables.hasUser(name) { kept.insert(name) }
        report.users.existing += plan.users.count(where: kept.contains)
        report.users.added += plan.users.count { !kept.contains($0) }
        var keptGroups: Set<String> = []
        for name in plan.groups where try tables.hasGroup(name) { keptGroups.insert(name) }
        report.groups.existing += keptGroups.count
        report.groups.added += plan.groups.count - keptGroups.count
        for row in plan.rows {
            let isGroup = row.table == .radgroupcheck || row.table == .radgroupreply
            if !(isGroup ? keptGroups : kept).contains(row.owner) { try tables.add(row) }
        }
        for membership in plan.memberships where !kept.contains(membership.user) { try tables.add(membership) }
        if plan.needsProfile { report.settings.append("policy:\n  default_profile: \(UsersPlan.profile)") }
    }

    /// Takes over realms, home servers and pools of a configuration.
    /// - Throws: the database's error.
    public mutating func addProxies(_ root: ConfigurationSection) throws {
        let proxies = FreeRADIUSProxies(root)
        report.notes += proxies.notes.map { FreeRADIUSImportReport.Note(prefixed: $0) }
        let store = ProxyStore(connection)
        try add(proxies.homeServers, \.homeServers, "home server", known: store.homeServers(), store.addHomeServer)
        try add(proxies.pools, \.pools, "pool", known: store.pools(), store.addPool)
        try add(proxies.realms, \.realms, "realm", known: store.realms(), store.addRealm)
    }

    private mutating func add(
        _ records: [ProxyRecord], _ tally: WritableKeyPath<FreeRADIUSImportReport, FreeRADIUSImportReport.Tally>, _ kind: String,
        known: [ProxyRecord], _ add: (ProxyRecord) throws -> Void
    ) throws {
        // Asked beforehand: a refused row would end the whole transaction.
        var names = Set(known.compactMap { $0.values["name"] })
        for record in records {
            let name = record.values["name"] ?? ""
            guard names.insert(name).inserted else {
                report[keyPath: tally].existing += 1
                continue
            }
            do {
                try add(record)
                report[keyPath: tally].added += 1
            } catch let error as ProxyingError {
                report.notes.append(.init(kind, "'\(name)' is left out: \(error)"))
            }
        }
    }

    /// Notes what else a whole configuration holds.
    public mutating func look(through root: ConfigurationSection) {
        report.notes += ConfigurationInventory(root).notes
    }
}
