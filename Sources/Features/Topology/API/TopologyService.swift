import Accounts
import Database
import HTTPTypes
import Localization
import ServerKernel
import TopologyFormats
import WebRouting

/// Topologies as managers handle them.
struct TopologyService: Sendable {
    let kernel: Kernel
    let engine: TopologyEngine
    let fetcher: InputFetcher
    let queue: UpdateQueue
    let settings: TopologySettings

    /// Published topologies that a reader sees.
    /// - Parameter reader: nil for everybody, where reading asks for nobody.
    func topologies(_ filter: TopologyStore.Filter, for reader: TopologyAccess?) async throws -> [NetworkTopology] {
        var wanted = filter
        var scope = reader?.caller.scope ?? .all
        if reader == nil { wanted.isWithUnpublished = false }
        // Everybody sees what is published; what is not, its managers.
        if !settings.readingNeedsLogin, !wanted.isWithUnpublished { scope = .all }
        return try await kernel.withConnection { [wanted, scope] in try TopologyStore($0).topologies(wanted, in: scope) }
    }

    /// A topology with its graph, and whether the reader is one of its managers.
    /// - Throws: 404 for what the reader does not see, and for unpublished ones unless those are wanted.
    func document(
        _ id: String, withUnpublished: Bool, for reader: TopologyAccess?
    ) async throws -> (document: GraphDocument, isManaged: Bool) {
        let document = try await kernel.withConnection { [engine] in try engine.document(id, over: $0) }
        guard let document else { throw Problem.notFound }
        let isManaged = reader?.sees(document.topology.organizationID) ?? false
        guard isManaged || !settings.readingNeedsLogin, document.topology.isPublished || (isManaged && withUnpublished) else {
            throw Problem.notFound
        }
        return (document, isManaged)
    }

    /// The graph as it was on a day.
    func history(_ id: String, day: String?, for reader: TopologyAccess?) async throws -> [UInt8] {
        try await kernel.withConnection { [settings] connection in
            guard let topology = try TopologyStore(connection).topology(id: id), topology.isPublished else { throw Problem.notFound }
            if settings.readingNeedsLogin, reader?.sees(topology.organizationID) != true { throw TopologyAccess.notManager }
            guard let day, !day.isEmpty else {
                throw Problem(.badRequest, Message("missing required \"{name}\" parameter", ["name": "date"]))
            }
            guard WebTime.days(day) != nil else { throw Problem(.forbidden, "invalid date supplied") }
            guard let graph = try SnapshotStore(connection).graph(of: id, day: day) else {
                throw Problem(.notFound, "no snapshot found for this date")
            }
            return graph
        }
    }

    /// Days that have a snapshot, the latest first.
    func days(_ id: String, for reader: TopologyAccess?) async throws -> [String] {
        try await kernel.withConnection { [settings] connection in
            guard let topology = try TopologyStore(connection).topology(id: id) else { throw Problem.notFound }
            let isManaged = reader?.sees(topology.organizationID) ?? false
            guard isManaged || (topology.isPublished && !settings.readingNeedsLogin) else { throw Problem.notFound }
            return try SnapshotStore(connection).days(of: id)
        }
    }

    func add(_ input: TopologyInputForm, for access: TopologyAccess) async throws -> GraphDocument {
        try await kernel.withConnection { connection in
            let topology = try input.make()
            try Self.checkChoice(topology.organizationID, access, connection)
            try connection.unitOfWork {
                try TopologyStore(connection).add(topology)
                try TopologyStore(connection).announce(topology.id)
            }
            return GraphDocument(topology: topology, graph: StoredGraph(writes: 0))
        }
    }

    func change(_ id: String, _ input: TopologyInputForm, for access: TopologyAccess) async throws -> GraphDocument {
        try await kernel.withConnection { [engine] connection in
            try Self.found(id) {
                try engine.change(id, over: connection) { topology in
                    try access.checkChange(topology.organizationID)
                    if let organization = input.organizationID, organization != topology.organizationID {
                        try Self.checkChoice(organization, access, connection)
                        if let organization, try NodeStore(connection).hasOthers(than: organization, in: id) {
                            throw Problem.field(
                                "organization",
                                "Please ensure that the organization of this topology and the organization of its nodes match.")
                        }
                        topology.organizationID = organization
                    }
                    try input.change(&topology)
                    topology.modified = NetworkTopology.now()
                }
            }
            guard let document = try engine.document(id, over: connection) else { throw Problem.notFound }
            return document
        }
    }

    func remove(_ id: String, for access: TopologyAccess) async throws {
        try await kernel.withConnection { [engine] connection in
            guard let topology = try TopologyStore(connection).topology(id: id) else { throw Problem.notFound }
            try access.checkChange(topology.organizationID)
            try connection.unitOfWork {
                guard try TopologyStore(connection).remove(id: id) else { throw Problem.notFound }
                try TopologyStore(connection).announce(id)
            }
            engine.noteAddedOrRemoved(id)
        }
    }

    /// Checks whether somebody may send inputs, before any of it is read.
    func admit(_ id: String, key: String?, contentType: String?) async throws {
        let topology = try await kernel.withConnection { try TopologyStore($0).topology(id: id) }
        guard let topology, topology.isPublished, topology.strategy == .receive else { throw Problem.notFound }
        guard InputType(contentType) != nil else {
            throw Problem(.unsupportedMediaType, Message("expected content type \"{type}\"", ["type": "text/plain"]))
        }
        guard let key, !key.isEmpty else {
            throw Problem(.badRequest, Message("missing required \"{name}\" parameter", ["name": "key"]))
        }
        guard Self.equal(key, topology.key) else { throw Problem(.forbidden, "wrong key") }
    }

    /// Takes an input whose sender was admitted.
    func receive(_ id: String, _ body: [UInt8], type: InputType) async throws {
        let topology = try await kernel.withConnection { try TopologyStore($0).topology(id: id) }
        guard let format = topology?.format else { throw Problem.notFound }
        try await queue.run(id, preparing: { try await parse(type.utf8(body), as: format) }) { graph in
            let outcome = try await kernel.withConnection { [engine] in try engine.take(graph, for: id, over: $0) }
            if outcome == nil { throw Problem.notFound }
        }
    }

    /// - Throws: 400 in the words that clients know.
    private func parse(_ body: [UInt8], as format: TopologyFormat) async throws -> NetworkGraph {
        let options = TopologyParseOptions(time: NetworkTopology.now() / 1_000_000, sizeLimit: settings.largestInput)
        do {
            return try await TopologyWork.run { try format.parse(body, options: options) }
        } catch let error as TopologyFormatError {
            throw Problem(
                .badRequest,
                Message(
                    "Supplied data not recognized as {format}, got exception of type \"{type}\" with message \"{text}\"",
                    ["format": format.label, "type": error.kind.rawValue, "text": error.description]))
        }
    }

    /// In a time that does not tell how much of it is right.
    private static func equal(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        var difference = one.count ^ other.count
        for index in one.indices { difference |= Int(one[index] ^ (index < other.count ? other[index] : 0)) }
        return difference == 0
    }

    /// Fetches a topology now.
    func fetch(_ id: String, for access: TopologyAccess) async throws -> TopologyEngine.Outcome {
        let topology = try await kernel.withConnection { try TopologyStore($0).topology(id: id) }
        guard let topology, access.sees(topology.organizationID) else { throw Problem.notFound }
        try access.checkChange(topology.organizationID)
        guard topology.strategy == .fetch else {
            throw Problem.field("strategy", "The topology does not use the FETCH strategy.")
        }
        guard topology.isPublished else { throw Problem.field("published", "The topology is not published.") }
        return try await TopologyUpdater(kernel: kernel, engine: engine, fetcher: fetcher, queue: queue, settings: settings)
            .update(topology)
    }

    /// 404 instead of the engine's word for it.
    private static func found<R>(_ id: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch is TopologyGone {
            throw Problem.notFound
        }
    }

    private static func checkChoice(_ id: String?, _ access: TopologyAccess, _ connection: any DatabaseConnection) throws {
        let exists = try id.map { try OrganizationStore(connection).organization(id: $0) != nil } ?? true
        try access.checkChoice(id, exists: exists)
    }
}
