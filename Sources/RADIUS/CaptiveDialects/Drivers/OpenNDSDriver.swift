internal import Digests

/// openNDS and nodogsplash with a forward authentication service on another host.
///
/// It does not ask RADIUS: whoever knows the key answers for the client. Level 0 sends a token in the clear, 1 base64, 2 AES-256-CBC; at 3
/// and 4 (which look like 2 and 1) the NAS polls, see ``OpenNDSPoll``.
struct OpenNDSDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("fas") || (query.has("tok") && query.has("authaction", "gatewayname"))
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let fas = query.raw("fas") else { return try readClear(query, into: &request) }
        // A plus sign that was not encoded arrives as a space.
        guard let outer = Base64.decode(fas.utf8.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 }) else { throw .malformed }
        var octets = outer
        if let vector = query.raw("iv") {
            let key = try settings.requireSecret()
            guard let sealed = Base64.decode(outer) else { throw .malformed }
            guard let clear = AESCBC.decrypt(sealed, key: Self.cipherKey(key), vector: Array(vector.utf8)) else { throw .badSignature }
            octets = clear
        }
        var values: [String: String] = [:]
        for part in String(decoding: octets, as: UTF8.self).split(separator: ", ").prefix(CaptiveQuery.maximumFields) {
            let name = String(part.prefix { $0 != "=" })
            if values[name] == nil { values[name] = String(part.dropFirst(name.count + 1)) }
        }
        guard let hid = values["hid"], PlainText.isToken(hid, others: "", limit: 64), hid.utf8.count >= 16,
            let gateway = values["gatewayaddress"], let address = CaptiveURL(scheme: "http", authority: gateway, path: "/")
        else { throw .malformed }
        try request.keep("hid", hid)
        try request.keep("gateway", gateway)
        if let directory = values["authdir"], PlainText.isToken(directory, limit: 32) { try request.keep("directory", directory) }
        let name = PercentEncoding.decode((values["gatewayname"] ?? "").utf8, form: false)
        // The NAS names itself by this hash when it polls, over the text that it sent.
        try request.keep("hash", Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array((values["gatewayname"] ?? "").utf8))))
        request.nasIdentifier = PlainText.cleaned(name, limit: 128)
        request.nasAddress = address.host
        request.setClient(values["clientmac"])
        request.clientAddress = values["clientip"].flatMap { AddressText.isAddress($0) ? $0.lowercased() : nil }
        request.accessPointMAC = values["gatewaymac"].flatMap { CaptiveMAC($0) }
        request.originalURL = CaptiveURL(PercentEncoding.decode((values["originurl"] ?? "").utf8, form: false))
        try request.keep("status", CaptiveURL(PercentEncoding.decode((values["gatewayurl"] ?? "").utf8, form: false))?.description)
        if query.raw("status") == "authenticated" { request.phase = .online }
    }

    private func readClear(_ query: CaptiveQuery, into request: inout CaptiveRequest) throws(CaptiveProblem) {
        guard let token = query.token("tok", limit: 64) else { throw .malformed }
        try request.keep("tok", token)
        // `authaction` brings its own first field along: http://gateway/opennds_auth/?clientip=192.0.2.9
        let action = query.url("authaction")
        try request.keep("action", action.map { $0.origin + $0.path })
        request.clientAddress =
            query.address("clientip") ?? action?.query.flatMap { CaptiveQuery(encoded: $0).address("clientip") }
        request.setClient(query.raw("clientmac"))
        request.nasIdentifier = query.text("gatewayname")
        request.nasAddress = action.map(\.host)
        request.originalURL = query.url("redir")
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields: [CaptiveField] = []
        let destination = (login.destination ?? request.originalURL)?.description
        if let token = request.state["tok"] {
            fields.add("tok", token)
            fields.add("redir", destination)
            return .redirect(try target(request.url("action"), settings).adding(fields))
        }
        guard let hid = request.state["hid"] else { throw .malformed }
        let returned = Self.returnedID(hid, key: try settings.requireSecret())
        if settings.isPolled {
            return .poll(OpenNDSPoll.Entry(gateway: request.state["hash"] ?? "", id: returned, limits: login.limits))
        }
        fields.add("tok", returned)
        fields.add("redir", destination)
        return .redirect(try gateway(request, settings, "/\(request.state["directory"] ?? "opennds_auth")/").adding(fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        if request.state["tok"] != nil { return .redirect(try target(request.url("action"), settings).at("/opennds_deny/")) }
        return .redirect(try gateway(request, settings, "/opennds_deny/"))
    }

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? { page(request.url("status"), settings) }

    private func gateway(_ request: CaptiveRequest, _ settings: CaptiveSettings, _ path: String) throws(CaptiveProblem) -> CaptiveURL {
        try target(CaptiveURL(scheme: "http", authority: request.state["gateway"] ?? "", path: path), settings)
    }

    /// `rhid`: what proves that the key is known.
    static func returnedID(_ hid: String, key: String) -> String {
        Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array((hid + key).utf8)))
    }

    /// The key's text, cut or filled with NUL to 32 octets, as PHP's openssl_encrypt takes it.
    private static func cipherKey(_ key: String) -> [UInt8] {
        let octets = Array(key.utf8.prefix(32))
        return octets + [UInt8](repeating: 0, count: 32 - octets.count)
    }
}
