public import HTTPTypes

/// Who the client is when requests come through proxies: their forwarding fields count only from addresses that the operator trusts.
public struct TrustedProxies: Sendable {
    private let blocks: [AddressBlock]
    private static let mostHops = 32

    public init(_ blocks: [AddressBlock] = []) { self.blocks = blocks }

    private func trusts(_ address: String) -> Bool { blocks.contains { $0.contains(address) } }

    /// The client's address: the peer's, or going from the right of `X-Forwarded-For` the first one that is no trusted proxy.
    ///
    /// What stands left of it anybody may have written.
    func clientAddress(peer: String, _ fields: HTTPFields) -> String {
        var client = AddressBlock.normalized(peer) ?? peer
        guard trusts(client) else { return client }
        let hops = fields[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
        for hop in hops.suffix(Self.mostHops).reversed() {
            guard let address = Self.address(hop) else { return client }
            client = address
            if !trusts(client) { return client }
        }
        return client
    }

    /// `https://portal.example.org`: the scheme and host that the client used.
    func origin(peer: String, isSecure: Bool, _ head: HTTPRequest) -> String {
        var scheme = isSecure ? "https" : "http"
        var host = head.authority ?? head.headerFields[.host] ?? ""
        if trusts(peer) {
            if let said = head.headerFields[.xForwardedProto]?.split(separator: ",").last?.filter({ $0 != " " }).lowercased(),
                ["http", "https"].contains(said)
            {
                scheme = said
            }
            if let said = head.headerFields[.xForwardedHost]?.split(separator: ",").last { host = said.filter { $0 != " " } }
        }
        return "\(scheme)://\(Self.isHost(host) ? host : "localhost")"
    }

    /// An address with or without port and brackets.
    private static func address(_ hop: Substring) -> String? {
        let text = hop.filter { $0 != " " && $0 != "\t" }
        if let address = AddressBlock.normalized(text) { return address }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return AddressBlock.normalized(String(text[text.index(after: text.startIndex)..<end]))
        }
        return text.lastIndex(of: ":").flatMap { AddressBlock.normalized(String(text[..<$0])) }
    }

    /// A host with or without port. Anything else would reach links that are sent to people.
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-:[]_".contains($0)) }
    }
}

extension HTTPField.Name {
    static let xForwardedFor = HTTPField.Name(parsed: "x-forwarded-for")!
    static let xForwardedProto = HTTPField.Name(parsed: "x-forwarded-proto")!
    static let xForwardedHost = HTTPField.Name(parsed: "x-forwarded-host")!
    static let host = HTTPField.Name(parsed: "host")!
    /// Names a request in answers and in the log.
    public static let xRequestID = HTTPField.Name(parsed: "x-request-id")!
}
