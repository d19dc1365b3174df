public import ServerKernel

/// A link went up or down.
public struct TopologyLinkStatusChanged: Event, Equatable {
    public let topologyID: String
    public let linkID: String
    /// What it is from now on; it was the other before.
    public let isUp: Bool
}

/// A node was met that nobody knew.
public struct TopologyNodeCreated: Event, Equatable {
    public let topologyID: String
    public let nodeID: String
}
