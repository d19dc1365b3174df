import Database
public import RADIUSPipeline
public import ServerKernel

/// Asks the database for each batch whether policies changed, and loads those that are not known: never an answer older than the request,
/// and as a rule one small statement for a batch instead of a large one.
///
/// Confined to the packet thread that made it.
public final class CachedPolicyStore: PolicyStore {
    private let loader: any PolicyStore
    private let cache: PolicyCache
    private let connection: KeptConnection
    private var session: Int64?

    /// - Parameters:
    ///   - loader: loads what is not known, over the same connection.
    ///   - cache: shared by all threads.
    public init(_ loader: any PolicyStore, cache: PolicyCache, over connection: KeptConnection) {
        self.loader = loader
        self.cache = cache
        self.connection = connection
    }

    public func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
        guard cache.keepsAny, !queries.isEmpty else { return try loader.load(queries) }
        let (position, active) = cache.position(asked: queries)
        var changes: PolicyChanges
        do {
            changes = try connection.use { (connection) throws(DatabaseError) in
                try PolicyChanges.since(position, active: active, over: connection)
            }
        } catch {
            throw error.storeError
        }
        // Behind a new connection may be another server, whose transactions have other numbers: a standby that took over, or a backup.
        if changes.session != session { changes.isEverybody = true }
        session = changes.session
        let (known, mark) = cache.known(queries, after: changes, now: currentMicroseconds() / 1_000_000)
        let missing = known.indices.filter { known[$0] == nil }
        if missing.isEmpty { return known.compactMap(\.self) }
        let wanted = missing.map { queries[$0] }
        let loaded = try loader.load(wanted)
        guard loaded.count == wanted.count else { throw StoreError.failed("\(loaded.count) of \(wanted.count) policies were loaded") }
        cache.keep(loaded, of: wanted, at: mark)
        var rest = loaded.makeIterator()
        return known.compactMap { $0 ?? rest.next() }
    }
}
