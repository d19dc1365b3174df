import Localization
import TopologyFormats
import WebRouting

/// What a request says about a topology; nil for what it leaves out.
struct TopologyInputForm: Sendable {
    var label: String?
    var organizationID: String??
    var format: TopologyFormat?
    var strategy: NetworkTopology.Strategy?
    var url: String?
    var key: String?
    var expirationTime: Int64?
    var isPublished: Bool?

    /// Identifiers that requests may name, with OpenWISP's second spelling of one.
    static let parsers = TopologyFormat.allCases.map(\.identifier) + ["netdiff.Bmx6Parser"]

    static let form = Form([
        Field("label", required: true, maximumLength: 64),
        Field("organization", .uuid, null: true, help: "Null is shared by all, for superusers."),
        Field("parser", .choice(parsers), required: true, help: "What inputs are."),
        Field("strategy", .choice(NetworkTopology.Strategy.allCases.map(\.rawValue)), help: "fetch unless given."),
        Field("url", blank: true, maximumLength: 200, help: "http, https or telnet; for the strategy fetch."),
        Field("key", blank: true, maximumLength: 64, help: "For the strategy receive; made where it is left out."),
        Field("expiration_time", .integer, minimum: 0, maximum: 2_147_483_647, help: "Seconds until an absent link goes down."),
        Field("published", .boolean),
    ])

    init(_ values: FormValues) {
        label = values.text("label")
        organizationID = values.contains("organization") ? .some(values.nonEmptyText("organization")) : nil
        format = values.text("parser").flatMap { TopologyFormat(name: $0) }
        strategy = values.text("strategy").flatMap { NetworkTopology.Strategy(rawValue: $0) }
        url = values.text("url")
        key = values.text("key")
        expirationTime = values.integer("expiration_time")
        isPublished = values.flag("published")
    }

    /// A new topology.
    /// - Throws: 400 where the strategy lacks what it needs.
    func make() throws(Problem) -> NetworkTopology {
        var topology = NetworkTopology(organizationID: organizationID ?? nil, label: label ?? "", format: format ?? .netjson)
        apply(to: &topology)
        if topology.strategy == .fetch, topology.url.isEmpty {
            throw .field("url", "an url must be specified when using FETCH strategy")
        }
        if topology.strategy == .receive, topology.key.isEmpty {
            throw .field("key", "a key must be specified when using RECEIVE strategy")
        }
        try Self.check(topology)
        return topology
    }

    /// Changes a topology. Clients rely on it that a request which names a strategy names what the strategy needs, too.
    func change(_ topology: inout NetworkTopology) throws(Problem) {
        if strategy == .receive, key ?? "" == "" {
            throw .field("strategy", "A key must be specified when using RECEIVE strategy")
        }
        let isFetching = (strategy ?? topology.strategy) == .fetch
        if isFetching, url == "" || (strategy == .fetch && url == nil && topology.url.isEmpty) {
            throw .field("url", "An url must be specified when using FETCH strategy")
        }
        if !isFetching, key == "" { throw .field("key", "a key must be specified when using RECEIVE strategy") }
        apply(to: &topology)
        try Self.check(topology)
    }

    private func apply(to topology: inout NetworkTopology) {
        if let label { topology.label = label }
        if let format { topology.format = format }
        if let strategy { topology.strategy = strategy }
        if let url { topology.url = url }
        if let key { topology.key = key }
        if let expirationTime { topology.expirationTime = expirationTime }
        if let isPublished { topology.isPublished = isPublished }
    }

    private static func check(_ topology: NetworkTopology) throws(Problem) {
        if !topology.url.isEmpty, !NetworkTopology.isAddress(topology.url) { throw .field("url", "Enter a valid URL.") }
        if !topology.key.isEmpty, !NetworkTopology.isKey(topology.key) {
            throw .field("key", "This value must not contain spaces, dots or slashes.")
        }
    }
}
