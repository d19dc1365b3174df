import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import Testing
import WebRouting
import WebTestSupport

@testable import Console

@Suite("Console files")
struct ConsoleFilesTests {
    /// A console of two files and one of others, in a folder of its own.
    private final class Folder {
        let root: URL
        var folders: ConsoleFolders { ConsoleFolders(console: root.appending(path: "console"), vendor: root.appending(path: "vendor")) }

        init() throws {
            root = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID().uuidString)")
            try write("console/index.html", "<meta content=\"{{vendor}}\"><script src=\"{{assets}}/console.js\"></script>")
            try write("console/console.js", String(repeating: "import './a.js';\n", count: 50))
            try write("console/pages/a.js", "export default 1;")
            try write("console/notes.md", "not served")
            try write("vendor/qrcode-generator/qrcode.js", "var qrcode;")
            try write("vendor/other/secret.js", "not served")
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        func write(_ path: String, _ text: String) throws {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    private func client(_ shelf: ConsoleShelf) -> TestClient { TestClient(ConsoleRoutes(shelf: shelf).all) }

    private func assets(_ page: String) throws -> String {
        let match = try #require(page.firstMatch(of: /src="(\/console\/assets\/[0-9a-f]{16})\/console\.js"/))
        return String(match.1)
    }

    @Test(
        "Every address below /console/ is the page, with the policy and without being kept",
        arguments: ["/console", "/console/users/7?tab=x"])
    func page(path: String) async throws {
        let folder = try Folder()
        let answer = await client(ConsoleShelf(folder.folders)).get(path)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.headers[.cacheControl] == "no-cache")
        #expect(answer.headers[.contentSecurityPolicy] == ConsoleRoutes.policy)
        #expect(!ConsoleRoutes.policy.contains("unsafe") && ConsoleRoutes.policy.hasPrefix("default-src 'none'"))
        #expect(answer.text.contains("content=\"qrcode-generator/qrcode.js\""))
        _ = try assets(answer.text)
    }

    @Test("Features show pages of their own outside of the console, with the policy and pictures of the servers that are meant")
    func pages() async throws {
        let folder = try Folder()
        try folder.write("console/map.html", "<title>{{vendor}}</title>")
        let console = ConsoleModule(folder.folders, imageSources: ["https://tiles.example.org"])
        let routes = [
            Route(.get, "/map/", "A page") { try await console.page("map.html", for: $0) },
            Route(.get, "/none/", "No page") { try await console.page("none.html", for: $0) },
        ]
        let client = TestClient(console.routes + routes)
        let answer = await client.get("/map/")
        #expect(answer.status == 200 && answer.text == "<title>qrcode-generator/qrcode.js</title>")
        #expect(
            answer.headers[.contentSecurityPolicy]
                == ConsoleRoutes.policy.replacing("img-src 'self' data:", with: "img-src 'self' data: https://tiles.example.org"))
        #expect(await client.get("/none/").status == 404)
        let base = try assets(await client.get("/console/").text)
        #expect(await client.get("\(base)/map.html").status == 404)
    }

    @Test("Files are kept for ever under their version; unknown ones, other versions and other kinds are not there")
    func files() async throws {
        let folder = try Folder()
        let client = client(ConsoleShelf(folder.folders))
        let base = try assets(await client.get("/console/").text)
        let script = await client.get("\(base)/pages/a.js")
        #expect(script.status == 200 && script.text == "export default 1;")
        #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(script.headers[.cacheControl] == "public, max-age=31536000, immutable")
        // Workers load what they need by it.
        #expect(script.headers[.contentSecurityPolicy] == "default-src 'none'; script-src 'self'; frame-ancestors 'none'")
        #expect(await client.get("\(base)/vendor/qrcode-generator/qrcode.js").text == "var qrcode;")
        for path in [
            "\(base)/vendor/other/secret.js", "\(base)/notes.md", "\(base)/index.html", "\(base)/../index.html",
            "\(base)/%2e%2e/vendor/x.js",
            "/console/assets/0123456789abcdef/pages/a.js",
        ] {
            #expect(await client.get(path).status == 404, "\(path)")
        }
    }

    @Test("What compresses goes out as gzip to who takes it; an entity tag saves the body")
    func encodings() async throws {
        let folder = try Folder()
        let client = client(ConsoleShelf(folder.folders))
        let path = try assets(await client.get("/console/").text) + "/console.js"
        let plain = await client.get(path)
        let packed = await client.send(.get, path, headers: [.acceptEncoding: "br, gzip;q=0.8"])
        #expect(plain.headers[.contentEncoding] == nil && packed.headers[.contentEncoding] == "gzip")
        #expect(packed.body.count < plain.body.count / 4 && packed.body.starts(with: [0x1f, 0x8b]))
        #expect(packed.headers[.vary] == "Accept-Encoding" && packed.headers[.eTag] != plain.headers[.eTag])
        #expect(await client.send(.get, path, headers: [.acceptEncoding: "gzip;q=0"]).headers[.contentEncoding] == nil)
        let tag = try #require(plain.headers[.eTag])
        let again = await client.send(.get, path, headers: [.ifNoneMatch: "\"x\", W/\(tag)"])
        #expect(again.status == 304 && again.body.isEmpty)
        #expect(await client.send(.head, path).body.isEmpty)
    }

    @Test("A changed file gets another version within two seconds")
    func changes() async throws {
        let folder = try Folder()
        let time = NIOLockedValueBox<Int64>(0)
        let client = client(ConsoleShelf(folder.folders) { time.withLockedValue { $0 } })
        let before = try assets(await client.get("/console/").text)
        try folder.write("console/pages/b.js", "export default 2;")
        let found1 = try assets(await client.get("/console/").text)
        #expect(found1 == before)
        time.withLockedValue { $0 = 2_000_001 }
        let after = try assets(await client.get("/console/").text)
        #expect(after != before)
        #expect(await client.get("\(after)/pages/b.js").status == 200)
        #expect(await client.get("\(before)/console.js").status == 404)
    }

    @Test("Without files the server says what is missing; the root leads to the console")
    func absent() async throws {
        let client = client(ConsoleShelf(ConsoleFolders(console: nil, vendor: nil)))
        let answer = await client.get("/console/")
        #expect(answer.status == 404 && answer.text.contains("http.portal_directory"))
        let root = await client.get("/")
        #expect(root.status == 302 && root.headers[.location] == "/console/")
    }
}
