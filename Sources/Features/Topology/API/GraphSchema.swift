import WebRouting

/// Shapes of graphs, for the description of the API.
enum GraphSchema {
    private static let node = JSONSchema.named(
        "TopologyGraphNode",
        .object(
            [("id", .string), ("label", .string), ("local_addresses", .array(.string)), ("properties", .value("object"))],
            optional: ["local_addresses"]))
    private static let link = JSONSchema.named(
        "TopologyGraphLink",
        .object([
            ("source", .string), ("target", .string), ("cost", .value("number")), ("cost_text", .string), ("properties", .value("object")),
        ]))
    private static let description: [(name: String, schema: JSONSchema)] = [
        ("type", .string), ("protocol", .string), ("version", .nullable(.string)), ("metric", .nullable(.string)), ("label", .string),
        ("id", .uuid), ("parser", .string),
    ]
    private static let rest: [(name: String, schema: JSONSchema)] = [
        ("created", .dateTime), ("modified", .dateTime), ("nodes", .array(node)), ("links", .array(link)),
    ]
    static let short = JSONSchema.named("TopologyGraph", .object(description + rest))
    static let long = JSONSchema.named(
        "Topology",
        .object(
            description + [
                ("organization", .nullable(.uuid)), ("strategy", .string), ("url", .string), ("key", .string),
                ("expiration_time", .integer), ("receive_url", .string), ("published", .boolean),
            ] + rest))
    static let collection = JSONSchema.object([("type", .string), ("collection", .array(short))])
    static let outcome = JSONSchema.object([
        ("new_nodes", .integer), ("changed_nodes", .integer), ("new_links", .integer), ("changed_links", .integer),
        ("links_down", .integer),
    ])
    static let nodeRecord = JSONSchema.named(
        "TopologyNode",
        .object([
            ("id", .uuid), ("topology", .uuid), ("organization", .nullable(.uuid)), ("label", .string), ("addresses", .array(.string)),
            ("properties", .value("object")), ("user_properties", .value("object")), ("created", .dateTime), ("modified", .dateTime),
        ]))
    static let linkRecord = JSONSchema.named(
        "TopologyLink",
        .object([
            ("id", .uuid), ("topology", .uuid), ("organization", .nullable(.uuid)), ("status", .string), ("source", .uuid),
            ("target", .uuid), ("cost", .value("number")), ("cost_text", .string), ("properties", .value("object")),
            ("user_properties", .value("object")), ("created", .dateTime), ("modified", .dateTime),
        ]))
}
