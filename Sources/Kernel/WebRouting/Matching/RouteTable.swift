/// Finds the routes of a path: a tree of path parts in which words come before parameters and parameters before the rest.
///
/// The slash at the end is optional on either side. Parts are percent-decoded one by one, so that an encoded slash stays inside its part.
public struct RouteTable: Sendable {
    /// What a path leads to.
    struct Match {
        /// All methods of the path.
        let routes: [Route]
        let socket: WebSocketRoute?
        /// What stood where the templates have parameters, in their order.
        let values: [String]

        /// The values under the names that a template gives them.
        func parameters(of path: String) -> [String: String] {
            Dictionary(zip(PathTemplate(path).parameterNames, values)) { first, _ in first }
        }
    }

    private struct Node {
        var words: [String: Node] = [:]
        /// One at most; an array, as a structure cannot hold itself.
        var parameter: [Node] = []
        var rest: [Node] = []
        var routes: [Route] = []
        var socket: WebSocketRoute?

        var isEnd: Bool { !routes.isEmpty || socket != nil }

        /// The node of a template, made where there is none.
        mutating func edit(_ parts: ArraySlice<PathTemplate.Part>, _ change: (inout Node) -> Void) {
            guard let part = parts.first else { return change(&self) }
            let later = parts.dropFirst()
            switch part {
            case .word(let word): words[word, default: Node()].edit(later, change)
            case .parameter:
                if parameter.isEmpty { parameter.append(Node()) }
                parameter[0].edit(later, change)
            case .rest:
                if rest.isEmpty { rest.append(Node()) }
                rest[0].edit(later, change)
            }
        }

        func find(_ parts: ArraySlice<String>, _ values: [String]) -> (Node, [String])? {
            guard let part = parts.first else { return isEnd ? (self, values) : nil }
            let later = parts.dropFirst()
            if let found = words[part]?.find(later, values) { return found }
            if !part.isEmpty, let found = parameter.first?.find(later, values + [part]) { return found }
            return rest.first.map { ($0, values + [parts.joined(separator: "/")]) }
        }
    }

    private var root = Node()
    private static let longestPath = 8192

    /// - Parameter routes: unique by method and path.
    public init(_ routes: [Route], sockets: [WebSocketRoute] = []) {
        for route in routes { root.edit(PathTemplate(route.path).parts[...]) { $0.routes.append(route) } }
        for socket in sockets { root.edit(PathTemplate(socket.path).parts[...]) { $0.socket = socket } }
    }

    /// - Parameter path: as the request has it, without query.
    /// - Returns: nil when no route has the path, or it is no text in UTF-8.
    func match(_ path: Substring) -> Match? {
        guard path.hasPrefix("/"), path.utf8.count <= Self.longestPath else { return nil }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = PercentCoding.decode(part.utf8), !text.hasNullCharacter else { return nil }
            parts.append(text)
        }
        if parts.last == "" { parts.removeLast() }
        guard let (node, values) = root.find(parts[...], []) else { return nil }
        return Match(routes: node.routes, socket: node.socket, values: values)
    }
}
