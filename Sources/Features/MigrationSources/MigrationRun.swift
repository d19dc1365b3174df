import Accounts
public import Database
import Foundation
import OrganizationSettings

/// Takes over what another program has, step by step, a few hundred rows in a transaction.
///
/// Everything may be done again: what is there already stays, so that a run that was interrupted is simply repeated. A dry run takes the
/// same decisions and writes nothing. Blocks; used from one thread.
public final class MigrationRun {
    /// Rows in one transaction.
    static let chunkSize = 500

    let target: any DatabaseConnection
    let options: MigrationOptions
    let times: SourceTime
    let accounts: AccountMapStore
    private let scratch: Scratch
    private let onProblem: (MigrationProblem) -> Void
    private let onProgress: (MigrationProgress) -> Void
    public private(set) var report: MigrationReport

    /// Where everything of a source without organizations goes; nil for nowhere.
    var organization: Organization?
    /// Organizations here by their ids in the source.
    var organizations: [String: Organization] = [:]
    /// Groups here by their ids, or names, in the source.
    var groups: [String: GroupPlace] = [:]
    /// User names here by those in the source, where they differ.
    var renamed: [String: String] = [:]
    /// Batches here by their ids in the source.
    var batches: [String: String] = [:]

    /// A group here.
    struct GroupPlace {
        var id: String
        var name: String
        var organizationID: String?
    }

    /// - Parameters:
    ///   - target: with the schema of this program; its statements may take long from now on.
    ///   - scratchEngine: makes an SQLite database of a path.
    ///   - problem: is told of each row that is not taken as it is, at once.
    ///   - progress: called after each chunk.
    public init(
        into target: any DatabaseConnection, options: MigrationOptions, scratchEngine: (String) -> any DatabaseEngine,
        problem: @escaping (MigrationProblem) -> Void = { _ in }, progress: @escaping (MigrationProgress) -> Void = { _ in }
    ) throws {
        self.target = target
        self.options = options
        times = SourceTime(zone: options.timeZone)
        scratch = try Scratch(scratchEngine)
        accounts = try AccountMapStore(try scratch.accounts())
        report = MigrationReport(isDryRun: options.isDryRun)
        onProblem = problem
        onProgress = progress
        try target.limitStatements(false)
    }

    /// Takes over a database or a dump of a program.
    /// - Throws: ``SourceError``, ``Accounts/AccountsError`` about the organization, or a database's error; what was written stays, and
    ///   the same migration may be run again.
    public func run(_ product: MigrationProduct, _ source: MigrationSource) throws {
        try findOrganization()
        let small = ProductTables.small(product)
        let tables: SourceTables
        var container: (dump: any SourceContainer, size: Int)?
        switch source.kind {
        case .database(let engine): tables = try SourceTables(try engine.connect(.general))
        case .dump(let dump, let size):
            container = (dump, size)
            tables = try gather(dump, small, size)
        }
        guard try (small.union(ProductTables.large)).contains(where: { try tables.has($0) }) || container != nil else {
            throw SourceError.nothingThere(product.title)
        }
        switch product {
        case .openwisp: try OpenWISPMigration(self, tables).take()
        case .freeradius, .daloradius: try FreeRADIUSMigration(self, tables, hasDaloRADIUS: product == .daloradius).take()
        }
        guard !options.skipsAccounting else { return }
        try takeLarge(tables, container)
    }

    /// Reads the small tables of a dump, which may come in any order, into the scratch database.
    private func gather(_ dump: any SourceContainer, _ wanted: Set<String>, _ size: Int) throws -> SourceTables {
        var rows = 0
        return try scratch.gather(dump, { wanted.contains($0) }) { record, reason in
            self.refuse(.users, MigrationProblem(table: record.table, key: record.text("id") ?? "", reason: reason))
        } progress: { position in
            rows += 1
            if rows.isMultiple(of: 10_000) {
                self.onProgress(
                    MigrationProgress(stage: "reading", rows: 0, fraction: size > 0 ? Double(position) / Double(size) : nil))
            }
        }
    }

    /// Sessions and logins need nothing of other rows, so that they go from the source to the target directly.
    private func takeLarge(_ tables: SourceTables, _ container: (dump: any SourceContainer, size: Int)?) throws {
        let sessions = SessionMigration(self)
        if !options.isDryRun { try sessions.begin() }
        if let container {
            var position = 0
            try container.dump.read({ ProductTables.large.contains($0) }) { record in
                try sessions.take(record, fraction: container.size > 0 ? Double(position) / Double(container.size) : nil)
            } _: {
                position = $0
            }
        } else {
            for table in ProductTables.large.sorted() {
                let count = Double(max(1, try tables.count(table)))
                var rows = 0.0
                try tables.each(table) { record in
                    rows += 1
                    try sessions.take(record, fraction: rows / count)
                }
            }
        }
        try sessions.finish()
        if !options.isDryRun { try sessions.end() }
    }

    /// Finds the organization of the options, or makes it.
    func findOrganization() throws {
        guard let slug = options.organizationSlug else { return }
        if let found = try OrganizationStore(target).organization(slug: slug) {
            organization = found
            return
        }
        guard options.createsOrganization else { throw AccountsError.organizationUnknown(slug: slug) }
        guard Organization.isValidSlug(slug) else { throw AccountsError.invalidSlug(slug) }
        let made = Organization(name: slug, slug: slug)
        try write { try addOrganization(made) }
        count(.organizations, \.taken)
        organization = made
    }

    /// Adds an organization, inside the transaction of the caller.
    /// - Parameter token: of its FreeRADIUS; a new one when nil.
    func addOrganization(_ organization: Organization, token: String? = nil) throws {
        try OrganizationStore(target).add(organization)
        let settings = OrganizationSettingsStore(target, defaults: options.settings)
        if let token { try settings.setToken(token, of: organization.id) } else { try settings.prepare(organization.id) }
    }

    // MARK: Outcomes

    func count(_ kind: MigrationReport.Kind, _ field: WritableKeyPath<MigrationTally, Int>, _ number: Int = 1) {
        report.tallies[kind, default: MigrationTally()][keyPath: field] += number
    }

    /// Counts a row as refused, and tells why.
    func refuse(_ kind: MigrationReport.Kind, _ problem: MigrationProblem) {
        count(kind, \.refused)
        tell(problem)
    }

    /// Tells what is worth knowing about a row that is taken, or stays as it is here.
    func note(_ table: String, _ key: String, _ reason: String) {
        tell(MigrationProblem(table: table, key: key, reason: reason, isRefused: false))
    }

    private func tell(_ problem: MigrationProblem) {
        report.problemCount += 1
        if report.problems.count < MigrationReport.problemLimit { report.problems.append(problem) }
        onProblem(problem)
    }

    func progress(_ stage: MigrationReport.Kind, rows: Int, fraction: Double? = nil) {
        onProgress(MigrationProgress(stage: stage.rawValue, rows: rows, fraction: fraction))
    }

    // MARK: Writing

    /// Runs the body in a transaction; a dry run does not.
    func write(_ body: () throws -> Void) throws {
        if options.isDryRun { return }
        var attempts = 0
        while true {
            do {
                return try target.unitOfWork(body)
            } catch let error as DatabaseError where error.kind == .busy && attempts < 5 {
                attempts += 1
            }
        }
    }

    /// Writes rows in one transaction, or one by one when that fails, so that one row cannot take the others with it.
    /// - Parameters:
    ///   - body: writes some of the rows.
    ///   - refuse: is told of a row that the database refuses.
    /// - Returns: the rows that are written, all of them in a dry run.
    func write<Row>(_ rows: [Row], _ body: ([Row]) throws -> Void, refuse: (Row, String) -> Void) throws -> [Row] {
        if options.isDryRun || rows.isEmpty { return rows }
        do {
            try write { try body(rows) }
            return rows
        } catch let error where Self.isAboutRows(error) {
            var written: [Row] = []
            for row in rows {
                do {
                    try write { try body([row]) }
                    written.append(row)
                } catch let error where Self.isAboutRows(error) {
                    refuse(row, "the database refuses it: \(error)")
                }
            }
            return written
        }
    }

    private static func isAboutRows(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return true }
        switch error.kind {
        case .unique, .foreignKey, .notNull, .data: return true
        case .busy, .connection, .timeout, .other: return false
        }
    }
}

/// Gathers rows to some hundreds. What has one key stays together, where keys come in order.
struct Chunks<Row> {
    private(set) var rows: [Row] = []
    private var lastKey: String?

    /// Adds a row.
    /// - Parameters:
    ///   - key: rows of one key are handed over together; nil where that does not matter.
    ///   - handOver: gets a full chunk before the row is added.
    mutating func append(_ row: Row, key: String? = nil, _ handOver: ([Row]) throws -> Void) rethrows {
        if rows.count >= MigrationRun.chunkSize, key == nil || key != lastKey { try finish(handOver) }
        lastKey = key
        rows.append(row)
    }

    /// Hands over what is left.
    mutating func finish(_ handOver: ([Row]) throws -> Void) rethrows {
        if !rows.isEmpty { try handOver(rows) }
        rows.removeAll(keepingCapacity: true)
    }
}
