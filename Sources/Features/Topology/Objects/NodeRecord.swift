import Foundation
import TopologyFormats
import WebRouting

/// A node as the API handles it on its own.
struct NodeRecord: Sendable {
    var id = UUID().uuidString.lowercased()
    var topologyID: String
    var organizationID: String?
    var label = ""
    /// The first one is its id in graphs.
    var addresses: [String] = []
    var properties: Properties = [:]
    var userProperties: Properties = [:]
    var created: Int64 = 0
    var modified: Int64 = 0

    var json: JSONValue {
        [
            "id": .string(id), "topology": .string(topologyID), "organization": .optional(organizationID), "label": .string(label),
            "addresses": .array(addresses.map { .string($0) }), "properties": properties.json, "user_properties": userProperties.json,
            "created": .string(TopologyTime.text(created)), "modified": .string(TopologyTime.text(modified)),
        ]
    }
}

/// A link as the API handles it on its own.
struct LinkRecord: Sendable {
    var id = UUID().uuidString.lowercased()
    var topologyID: String
    var organizationID: String?
    /// Ids of nodes.
    var source: String
    var target: String
    var cost: Double
    var costText = ""
    var isUp = true
    var properties: Properties = [:]
    var userProperties: Properties = [:]
    var statusChanged: Int64 = 0
    var created: Int64 = 0
    var modified: Int64 = 0

    var json: JSONValue {
        [
            "id": .string(id), "topology": .string(topologyID), "organization": .optional(organizationID),
            "status": .string(isUp ? "up" : "down"), "source": .string(source), "target": .string(target), "cost": .number(cost),
            "cost_text": .string(costText), "properties": properties.json, "user_properties": userProperties.json,
            "created": .string(TopologyTime.text(created)), "modified": .string(TopologyTime.text(modified)),
        ]
    }
}
