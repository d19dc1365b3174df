import HTTPTypes
import WebRouting

/// The routes of the console's files. They are the same for everybody: what somebody may see is decided where the data is.
struct ConsoleRoutes: Sendable {
    let shelf: ConsoleShelf
    /// Servers whose pictures pages may show, such as map tiles: `https://tiles.example.org`.
    var imageSources: [String] = []

    /// What the pages may load: nothing that is not the server's own.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'none'; \
        frame-ancestors 'none'; base-uri 'none'; form-action 'self'
        """
    /// What a worker may load, by its own script's policy; pages and modules have the page's.
    static let scriptPolicy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"

    var all: [Route] {
        [
            Route(.get, "/console/", "The operator's console") { try await page($0) },
            // The console's own addresses: its script reads them.
            Route(.get, "/console/*", "A page of the operator's console") { try await page($0) },
            Route(.get, "/console/assets/:version/*", "A file of the operator's console") { request in
                guard let release = await shelf.current(), request.parameter("version") == release.version,
                    let file = release.files[request.parameter("*")]
                else { throw Problem.notFound }
                return answer(request, file, caching: "public, max-age=31536000, immutable")
            },
            Route(.get, "/", "The way to the operator's console") { _ in
                WebResponse(.found, headers: [.location: "/console/"])
            },
        ]
    }

    /// A page with the policy.
    /// - Parameter name: its file.
    func page(_ request: WebRequest, _ name: String = "index.html") async throws -> WebResponse {
        guard let release = await shelf.current(), let page = release.pages[name] else {
            return WebResponse(
                .notFound, contentType: "text/plain; charset=utf-8",
                body: "The console's files are not installed. The setting http.portal_directory tells where they are.\n")
        }
        var response = answer(request, page, caching: "no-cache")
        response.headers[.contentSecurityPolicy] = Self.policy.replacing(
            "data:", with: (["data:"] + imageSources).joined(separator: " "))
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        return response
    }

    private func answer(_ request: WebRequest, _ file: ConsoleFile, caching: String) -> WebResponse {
        let compressed = Self.takesGzip(request) ? file.compressed : nil
        let tag = "\"\(file.sum.prefix(32))\(compressed == nil ? "" : "-gzip")\""
        var headers: HTTPFields = [.cacheControl: caching, .eTag: tag, .vary: "Accept-Encoding"]
        if Self.has(request.head.headerFields[.ifNoneMatch], tag) { return WebResponse(.notModified, headers: headers) }
        headers[.contentType] = file.type
        if file.type.hasPrefix("text/javascript") { headers[.contentSecurityPolicy] = Self.scriptPolicy }
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        return WebResponse(headers: headers, body: .bytes(compressed ?? file.bytes))
    }

    /// Whether the client takes gzip (RFC 9110 §12.5.3).
    private static func takesGzip(_ request: WebRequest) -> Bool {
        for entry in words(request.head.headerFields[.acceptEncoding], separator: ",") {
            let parts = words(entry, separator: ";")
            guard parts.first?.lowercased() == "gzip" else { continue }
            // A weight of nothing refuses it.
            return !parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0.lowercased()) }
        }
        return false
    }

    /// Whether one of a field's entity tags is this one, or any is wanted (RFC 9110 §13.1.2).
    private static func has(_ field: String?, _ tag: String) -> Bool {
        let wanted = ["*", tag, "W/" + tag]
        return words(field, separator: ",").contains { wanted.contains($0) }
    }

    private static func words(_ text: String?, separator: Character) -> [String] {
        (text ?? "").split(separator: separator).map { word in String(word.filter { !$0.isWhitespace }) }
    }
}

extension HTTPField.Name {
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name(parsed: "cross-origin-opener-policy")!
}
