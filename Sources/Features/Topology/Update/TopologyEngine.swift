import Accounts
public import Database
import Foundation
public import Logging
import ServerKernel
public import TopologyFormats

/// The one way by which topologies change: a transaction that locks the topology, writes what differs and nothing else, and after its
/// commit tells everybody once.
public final class TopologyEngine: Sendable {
    private let cache = GraphCache()
    private let events: EventBus
    private let logger: Logger
    private let onChange: @Sendable (String) -> Void

    /// - Parameter onChange: is called after each commit of what somebody can see, with the topology's id.
    init(events: EventBus, logger: Logger, onChange: @escaping @Sendable (String) -> Void) {
        self.events = events
        self.logger = logger
        self.onChange = onChange
    }

    /// For a command, whose changes the server notices by the database.
    public convenience init(logger: Logger) {
        self.init(events: EventBus(), logger: logger, onChange: { _ in })
    }

    /// What an input came to.
    public struct Outcome: Sendable, Equatable {
        public var newNodes = 0
        public var changedNodes = 0
        public var newLinks = 0
        public var changedLinks = 0
        public var linksDown = 0
        /// Nodes and links of the input that cannot be stored.
        public var refused = 0
        /// Whether somebody can see a difference.
        public var isChanged = false
    }

    /// Makes an input a topology's present state.
    /// - Parameter now: microseconds since 1970 UTC.
    /// - Returns: nil where the topology is gone.
    public func take(
        _ graph: NetworkGraph, for id: String, now: Int64 = NetworkTopology.now(), over connection: any DatabaseConnection
    ) throws(DatabaseError) -> Outcome? {
        let taken = try connection.transaction { () throws(DatabaseError) -> (StoredGraph, TopologyUpdate, Outcome, [String])? in
            let store = TopologyStore(connection)
            guard var topology = try store.lock(id: id) else { return nil }
            var stored = try self.cache.graph(of: topology, over: connection)
            let update = TopologyUpdate(of: stored.topology, with: graph, expiry: topology.expiry, now: now)
            let newNodes = try GraphWriter(connection, topology, now: now).write(update, to: &stored)
            let description = NetworkTopology.Description(graph)
            let isRenamed = description != topology.description
            var outcome = Outcome(update)
            outcome.isChanged = isRenamed || !update.isEmpty
            if !update.isEmpty || !update.touchedLinks.isEmpty { topology.writes += 1 }
            if outcome.isChanged { topology.changes += 1 }
            stored.writes = topology.writes
            if isRenamed {
                topology.description = description
                topology.modified = now
                try store.update(topology)
            } else if !update.isEmpty || !update.touchedLinks.isEmpty {
                try store.note(topology)
            }
            try store.noteInput(id, at: now)
            if outcome.isChanged { try store.announce(id) }
            return (stored, update, outcome, newNodes)
        }
        guard let (stored, update, outcome, newNodes) = taken else { return nil }
        cache.keep(stored, of: id)
        for refusal in update.refusals { logger.notice("topology: \(Self.text(refusal))", metadata: ["topology": "\(id)"]) }
        for node in newNodes { events.publish(TopologyNodeCreated(topologyID: id, nodeID: node)) }
        for link in update.changedLinks where link.comesUp {
            events.publish(TopologyLinkStatusChanged(topologyID: id, linkID: stored.links[link.place].id, isUp: true))
        }
        publish(down: update.downLinks.map { stored.links[$0].id }, of: id)
        if outcome.isChanged { onChange(id) }
        return outcome
    }

    /// Changes a topology, its nodes or links otherwise.
    /// - Parameter body: gets the topology, locked; the counters are this function's.
    /// - Throws: what `body` throws, and then nothing is changed; 404 where the topology is gone.
    func change<R>(
        _ id: String, over connection: any DatabaseConnection, _ body: (inout NetworkTopology) throws -> R
    ) throws -> R {
        let result = try connection.unitOfWork {
            let store = TopologyStore(connection)
            guard var topology = try store.lock(id: id) else { throw TopologyGone() }
            let result = try body(&topology)
            topology.changes += 1
            topology.writes += 1
            try store.update(topology)
            try store.announce(id)
            return result
        }
        onChange(id)
        return result
    }

    /// Tells watchers that a topology is new or gone.
    func noteAddedOrRemoved(_ id: String) {
        cache.drop(id)
        onChange(id)
    }

    /// A topology with its graph, both of one moment; nil where it is gone.
    func document(_ id: String, over connection: any DatabaseConnection) throws(DatabaseError) -> GraphDocument? {
        let store = TopologyStore(connection)
        for _ in 0..<3 {
            guard let topology = try store.topology(id: id) else { return nil }
            let graph = try self.cache.graph(of: topology, over: connection)
            // Nodes and links are read one after the other; somebody may have written in between.
            guard let after = try store.topology(id: id) else { return nil }
            if after.writes == topology.writes {
                self.cache.keep(graph, of: id)
                return GraphDocument(topology: after, graph: graph)
            }
        }
        return try connection.transaction { () throws(DatabaseError) -> GraphDocument? in
            guard let topology = try store.lock(id: id) else { return nil }
            return GraphDocument(topology: topology, graph: try self.cache.graph(of: topology, over: connection))
        }
    }

    /// Names what was refused, not what it holds.
    private static func text(_ refusal: TopologyUpdate.Refusal) -> String {
        switch refusal {
        case .label: "a node's label has more than \(NodeAttributes.labelLimit) characters, it is not stored"
        case .costText: "a link's cost_text has more than \(LinkAttributes.costTextLimit) characters, it is not stored"
        }
    }

    /// Tells of links that went down by themselves.
    func publish(down links: [String], of id: String) {
        for link in links { events.publish(TopologyLinkStatusChanged(topologyID: id, linkID: link, isUp: false)) }
    }
}

/// The topology was deleted meanwhile.
struct TopologyGone: Error {}

extension TopologyEngine.Outcome {
    fileprivate init(_ update: TopologyUpdate) {
        newNodes = update.newNodes.count
        changedNodes = update.changedNodes.count
        newLinks = update.newLinks.count
        changedLinks = update.changedLinks.count
        linksDown = update.downLinks.count
        refused = update.refusals.count
    }
}
