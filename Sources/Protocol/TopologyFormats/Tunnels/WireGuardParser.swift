/// WireGuard, as `wg show all dump` prints it, or the same as JSON.
///
/// Private and preshared keys are dropped where they are read, and no error repeats a value.
enum WireGuardParser {
    /// A peer makes a handshake every 2 minutes while it sends.
    private static let connectionSeconds: Int64 = 300

    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        var builder = GraphBuilder()
        if input.looksLikeJSON {
            for (name, interface) in try namedObjects(in: try input.json().object()) {
                try add(name, interface, input.options, to: &builder)
            }
        } else {
            try add(input.lines.filter { !$0.isBlank }, input.options, to: &builder)
        }
        return builder.graph(protocolName: "Wireguard Status Log", version: "1", metric: "static")
    }

    private struct Peer {
        let publicKey: String
        let endpoint: String?
        let allowedIPs: [String]
        /// As NetJSON has it; nil where there was none.
        let latestHandshake: String?
        let received, sent, keepalive: String?
    }

    private static func add(_ peer: Peer, of interface: String, to builder: inout GraphBuilder) {
        builder.node(
            peer.publicKey, label: peer.allowedIPs.joined(separator: ", "),
            properties: [
                "preshared_key": .null, "endpoint": .optional(peer.endpoint), "latest_handshake": .optional(peer.latestHandshake),
                "transfer_rx": .optional(peer.received), "transfer_tx": .optional(peer.sent),
                "persistent_keepalive": .optional(peer.keepalive), "allowed_ips": .array(peer.allowedIPs.map { .text($0) }),
                "connected": true,
            ])
        builder.link(interface, peer.publicKey, cost: 1)
    }

    private static func isConnected(_ handshake: Int64, at time: Int64) -> Bool {
        // A clock that is behind the other's is no reason to lose the peer.
        handshake > 0 && time &- handshake < connectionSeconds
    }

    // MARK: - Text

    /// A line of five columns for each interface, and below it one of nine for each of its peers.
    private static func add(_ lines: [TextLine], _ options: TopologyParseOptions, to builder: inout GraphBuilder)
        throws(TopologyFormatError)
    {
        guard !lines.isEmpty else { throw TopologyFormatError(.structure, "Unrecognized format: it is empty") }
        var current: String?
        for line in lines {
            let columns = line.fields(separatedBy: UInt8(ascii: "\t"))
            let interface = columns[0]
            guard !interface.isEmpty else { throw unrecognized(line) }
            if interface != current {
                guard columns.count == 5 else { throw unrecognized(line) }
                current = interface
                builder.node(
                    interface,
                    properties: [
                        "public_key": .optional(value(columns[2])), "listen_port": .optional(value(columns[3])),
                        "fwmark": .optional(value(columns[4])),
                    ])
            } else {
                guard columns.count == 9, !columns[1].isEmpty, let handshake = Int64(columns[5]) else { throw unrecognized(line) }
                guard isConnected(handshake, at: options.time) else { continue }
                let peer = Peer(
                    publicKey: columns[1], endpoint: value(columns[3]),
                    allowedIPs: value(columns[4])?.split(separator: ",").map(String.init) ?? [],
                    latestHandshake: UTCTime.text(epoch: handshake), received: value(columns[6]), sent: value(columns[7]),
                    keepalive: value(columns[8]))
                add(peer, of: interface, to: &builder)
            }
        }
    }

    private static func value(_ column: String) -> String? { column == "(none)" ? nil : column }

    private static func unrecognized(_ line: TextLine) -> TopologyFormatError {
        TopologyFormatError(.structure, "Unrecognized format", line.place)
    }

    // MARK: - JSON

    /// `{"public_key": …, "listen_port": …, "fwmark": …, "peers": [{"<public key>": {…}}]}`.
    private static func add(
        _ name: String, _ interface: JSONObject, _ options: TopologyParseOptions, to builder: inout GraphBuilder
    ) throws(TopologyFormatError) {
        builder.node(
            name,
            properties: [
                "public_key": .optional(try interface.optionalText("public_key")),
                "listen_port": .optional(try interface.optionalText("listen_port")),
                "fwmark": .optional(try interface.optionalText("fwmark")),
            ])
        for element in try interface.array("peers") {
            for (publicKey, peer) in try namedObjects(in: try element.object()) {
                try add(peer, named: publicKey, of: name, options, to: &builder)
            }
        }
    }

    private static func namedObjects(in object: JSONObject) throws(TopologyFormatError) -> [(String, JSONObject)] {
        var objects: [(String, JSONObject)] = []
        for member in object.members.members {
            guard !member.name.isEmpty else { throw TopologyFormatError(.structure, "Parse error, a name is empty", object.path.place) }
            objects.append((member.name, try JSONElement(value: member.value, path: object.path.member(member.name)).object()))
        }
        return objects
    }

    private static func add(
        _ peer: JSONObject, named publicKey: String, of interface: String, _ options: TopologyParseOptions, to builder: inout GraphBuilder
    ) throws(TopologyFormatError) {
        let handshakeText = try peer.optionalText("latest_handshake")
        let handshake = handshakeText.flatMap { Int64($0) }
        // Whoever made a text of the moment has already judged it.
        guard handshake.map({ isConnected($0, at: options.time) }) ?? (peer.members["connected"] == true) else { return }
        let allowedIPs: [String]
        if case .text(let text)? = peer.members["allowed_ips"] {
            allowedIPs = value(text)?.split(separator: ",").map { $0.trimmingBlanks } ?? []
        } else {
            allowedIPs = try peer.texts("allowed_ips")
        }
        add(
            Peer(
                publicKey: publicKey, endpoint: try peer.optionalText("endpoint"), allowedIPs: allowedIPs,
                latestHandshake: handshake.flatMap { UTCTime.text(epoch: $0) } ?? handshakeText,
                received: try peer.optionalText("transfer_rx"), sent: try peer.optionalText("transfer_tx"),
                keepalive: try peer.optionalText("persistent_keepalive")), of: interface, to: &builder)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
