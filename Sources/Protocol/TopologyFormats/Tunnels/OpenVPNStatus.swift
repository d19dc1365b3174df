/// What a status file of an OpenVPN server says.
struct OpenVPNStatus {
    /// `status-version`: 1 to 3.
    var version = "1"
    /// Those that have a common name, the latest of each real address.
    var clients: [Client] = []
    /// The latest of each virtual address.
    var routes: [Route] = []
    private var clientIndexes: [String: Int] = [:]
    private var routeIndexes: [String: Int] = [:]

    struct Client {
        let commonName: String
        let realAddress: RealAddress
        /// As NetJSON has it.
        let connectedSince: String
        let bytesReceived, bytesSent: Int64
        let username: String?
    }

    struct Route {
        let virtualAddress: String
        let commonName: String
        let realAddress: RealAddress
    }

    mutating func add(_ client: Client) {
        guard client.commonName != Self.undefined else { return }
        if let index = clientIndexes[client.realAddress.text] {
            clients[index] = client
        } else {
            clientIndexes[client.realAddress.text] = clients.count
            clients.append(client)
        }
    }

    mutating func add(_ route: Route) {
        guard route.commonName != Self.undefined else { return }
        if let index = routeIndexes[route.virtualAddress] {
            routes[index] = route
        } else {
            routeIndexes[route.virtualAddress] = routes.count
            routes.append(route)
        }
    }

    /// What OpenVPN writes for a name that is not known yet.
    static let undefined = "UNDEF"
}

/// Where a client comes from.
struct RealAddress: Equatable {
    /// As it stands in the file: client and routes have the same.
    let text: String
    let host: String
    let port: Int?

    /// Understands `host:port`, `host`, IPv6 with and without brackets, and a protocol in front as OpenVPN 2.7 writes it (`udp4:`, `tcp6-server:`).
    init(_ text: String) {
        self.text = text
        var rest = text[...]
        // A look at the first letter saves most addresses the expression, which is slow.
        if text.first == "u" || text.first == "t", let prefix = text.prefixMatch(of: /(?:udp|tcp)[46]?(?:-server|-client)?:/) {
            rest = text[prefix.range.upperBound...]
        }
        if rest.first == "[", let close = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            let behind = rest[rest.index(after: close)...]
            port = behind.first == ":" ? Self.port(behind.dropFirst()) : nil
            return
        }
        if let colon = rest.lastIndex(of: ":"), let port = Self.port(rest[rest.index(after: colon)...]) {
            let head = String(rest[..<colon])
            // In an IPv6 address without a port the last colon is one of its own.
            if !head.contains(":") || AddressText.isIPv6(head) {
                host = head
                self.port = port
                return
            }
        }
        host = String(rest)
        port = nil
    }

    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text).flatMap { $0 <= 65_535 ? $0 : nil }
    }
}
