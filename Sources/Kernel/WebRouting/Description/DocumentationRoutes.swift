public import Foundation
import HTTPTypes

/// Serves the description of the API: as JSON, as YAML, and as a page to try it.
public enum DocumentationRoutes {
    private static let base = "/api/v1/docs"
    /// Files of Swagger UI that the page takes; whatever else lies beside them is not served.
    private static let assets = [
        "swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    ]

    /// - Parameters:
    ///   - described: all routes of the program.
    ///   - assetFolder: with Swagger UI's files; without them the page lists the routes in a table.
    public static func routes(describing described: [Route], assetFolder: URL?) -> [Route] {
        // The routes do not change while the program runs; a server that nobody asks for them starts sooner.
        let json = MadeOnce { OpenAPI.document(described).bytes }
        let yaml = MadeOnce { Array(OpenAPI.document(described).yaml.utf8) }
        let plain = MadeOnce { DocumentationPage.table(described) }
        return [
            Route(.get, base + ".json", "The API's description, OpenAPI 3.1 in JSON") { _ in
                WebResponse(headers: [.contentType: "application/json"], body: .bytes(json.value))
            },
            Route(.get, base + ".yaml", "The API's description, OpenAPI 3.1 in YAML") { _ in
                WebResponse(headers: [.contentType: "application/yaml"], body: .bytes(yaml.value))
            },
            Route(.get, base + "/", "The API's description as a page") { _ in
                guard let assetFolder, assets.keys.allSatisfy({ exists(assetFolder.appending(path: $0)) }) else {
                    return page(plain.value, policy: "default-src 'none'; style-src 'unsafe-inline'")
                }
                return page(
                    DocumentationPage.swagger,
                    policy:
                        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'")
            },
            Route(.get, base + "/assets/:name", "A file of the page") { request in
                let name = request.parameter("name")
                if name == "start.js" {
                    return WebResponse(contentType: "text/javascript; charset=utf-8", body: DocumentationPage.start)
                }
                guard let type = assets[name], let file = assetFolder?.appending(path: name), exists(file) else { throw Problem.notFound }
                return WebResponse(headers: [.contentType: type, .cacheControl: "public, max-age=86400"], body: .file(file))
            },
        ]
    }

    private static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    private static func page(_ text: String, policy: String) -> WebResponse {
        WebResponse(
            headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy + "; frame-ancestors 'none'"],
            body: .bytes(Array(text.utf8)))
    }
}
