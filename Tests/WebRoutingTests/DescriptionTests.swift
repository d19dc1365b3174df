import Foundation
import HTTPTypes
import Testing
import WebTestSupport
import Yams

@testable import WebRouting

@Suite struct DescriptionTests {
    private static let group = JSONSchema.named(
        "Group", .object([("id", .uuid), ("name", .string), ("note", .nullable(.string))], optional: ["note"]))
    private static let routes = [
        Route(
            .get, "/api/v1/groups/", "List of groups", section: "Groups", access: .manager(model: "radiusgroup"),
            query: [Field("search"), Field("page", .integer, minimum: 1)], replies: [Reply(.ok, "The groups.", .page(of: group))]
        ) { _ in
            WebResponse()
        },
        Route(
            .post, "/api/v1/groups/", "New group", section: "Groups", access: .manager(model: "radiusgroup"), throttle: .others,
            form: Form([
                Field("name", required: true, maximumLength: 64, help: "Without the organization's prefix"),
                Field("email", .email, blank: true),
                Field("kind", .choice(["a", "b"]), null: true), Field("secret", .password), Field("extra", .json),
            ]), replies: [Reply(.created, "Made.", group)]
        ) { _ in WebResponse(.created) },
        Route(.get, "/api/v1/groups/:id/", "One group", section: "Groups", access: .user, credentials: [.session]) { _ in WebResponse() },
        Route(
            .post, "/api/v1/files/", "Upload", section: "Files", form: Form([Field("file", .file, required: true)])
        ) { _ in WebResponse() },
        Route(.get, "/health", "Not described") { _ in WebResponse() },
    ]

    private let document = OpenAPI.document(routes)

    @Test func `paths have braces and their methods, what has no section is left out`() {
        guard case .object(let paths)? = document["paths"] else { return #expect(Bool(false)) }
        #expect(paths.map(\.name) == ["/api/v1/groups/", "/api/v1/groups/{id}/", "/api/v1/files/"])
        guard case .object(let operations) = paths[0].value else { return #expect(Bool(false)) }
        #expect(operations.map(\.name) == ["get", "post"])
        #expect(operations.map { $0.value["operationId"] } == ["get_groups", "post_groups"])
    }

    @Test func `forms are described in the encodings that the server reads`() {
        let body = document["paths"]?["/api/v1/groups/"]?["post"]?["requestBody"]
        guard case .object(let content)? = body?["content"] else { return #expect(Bool(false)) }
        #expect(content.map(\.name) == ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"])
        let schema = content[0].value["schema"]
        #expect(schema?["required"] == ["name"])
        #expect(schema?["properties"]?["name"]?["maxLength"] == 64)
        #expect(schema?["properties"]?["email"]?["anyOf"] != nil)
        #expect(schema?["properties"]?["kind"] == ["anyOf": [["type": "string", "enum": ["a", "b"]], ["type": "null"]]])
        #expect(schema?["properties"]?["secret"]?["format"] == "password")
        let upload = document["paths"]?["/api/v1/files/"]?["post"]?["requestBody"]?["content"]
        #expect(upload?["application/json"] == nil)
        #expect(upload?["multipart/form-data"]?["schema"]?["properties"]?["file"]?["format"] == "binary")
    }

    @Test func `what the steps before the handler may answer is described, too`() {
        func statuses(_ path: String, _ method: String) -> [String] {
            guard case .object(let replies)? = document["paths"]?[path]?[method]?["responses"] else { return [] }
            return replies.map(\.name)
        }
        #expect(statuses("/api/v1/groups/", "get") == ["200", "400", "401", "403", "404"])
        #expect(statuses("/api/v1/groups/", "post") == ["201", "400", "401", "403", "413", "415", "429"])
        #expect(statuses("/api/v1/groups/{id}/", "get") == ["200", "403", "404"])
        #expect(statuses("/api/v1/files/", "post") == ["200", "400", "413", "415"])
        // Errors of fields come as arrays, a few as bare texts; what cannot be read has one sentence.
        #expect(
            document["components"]?["schemas"]?["FieldErrors"]?["additionalProperties"]
                == ["anyOf": [["type": "array", "items": ["type": "string"]], ["type": "string"]]])
    }

    @Test func `schemas with a name stand once`() {
        let group = document["components"]?["schemas"]?["Group"]
        #expect(group?["required"] == ["id", "name"])
        #expect(group?["properties"]?["note"]?["type"] == ["string", "null"])
        let reply = document["paths"]?["/api/v1/groups/"]?["post"]?["responses"]?["201"]?["content"]?["application/json"]?["schema"]
        #expect(reply == ["$ref": "#/components/schemas/Group"])
    }

    @Test func `security follows access and credentials`() {
        #expect(document["paths"]?["/api/v1/groups/"]?["get"]?["security"] == [["bearer": []], ["session": []]])
        #expect(document["paths"]?["/api/v1/groups/{id}/"]?["get"]?["security"] == [["session": []]])
        #expect(document["paths"]?["/api/v1/files/"]?["post"]?["security"] == [])
    }

    @Test func `YAML says the same as JSON`() throws {
        let yaml = try #require(try Yams.load(yaml: document.yaml) as? NSObject)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(document.bytes)) as? NSObject)
        let options: JSONSerialization.WritingOptions = [.sortedKeys]
        #expect(
            try JSONSerialization.data(withJSONObject: yaml, options: options)
                == JSONSerialization.data(withJSONObject: json, options: options))
    }

    @Test func `the reference for people`() {
        let text = RouteReference.markdown(Self.routes, sockets: [WebSocketRoute("/ws/x/", "Progress") { _, _ in }])
        for line in [
            "| `GET /api/v1/groups/` | List of groups | managers with permission for radiusgroup |  |",
            "| `POST /api/v1/groups/` | New group | managers with permission for radiusgroup | others: 400 in 3600 s |",
            "- `name` (text, required, at most 64 characters): Without the organization's prefix", "| `/ws/x/` | Progress | users |",
        ] {
            #expect(text.contains(line + "\n"))
        }
        #expect(!text.contains("/health"))
    }

    @Test func `the page has Swagger UI where it is installed, else a table`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "radian-docs-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let client = TestClient(DocumentationRoutes.routes(describing: Self.routes, assetFolder: folder))
        let table = await client.get("/api/v1/docs/")
        #expect(table.status == 200)
        #expect(table.text.contains("GET /api/v1/groups/"))
        #expect(table.headers[.contentType] == "text/html; charset=utf-8")
        #expect(await client.get("/api/v1/docs/assets/swagger-ui.css").status == 404)
        for name in ["swagger-ui.css", "swagger-ui-bundle.js", "secret.txt"] { try Data("x".utf8).write(to: folder.appending(path: name)) }
        let page = await client.get("/api/v1/docs/")
        #expect(page.text.contains("swagger-ui-bundle.js"))
        #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
        // Nothing from another site.
        #expect(!page.text.contains("http:") && !page.text.contains("https:"))
        #expect(await client.get("/api/v1/docs/assets/swagger-ui-bundle.js").text == "x")
        #expect(await client.get("/api/v1/docs/assets/start.js").text.contains("SwaggerUIBundle"))
        #expect(await client.get("/api/v1/docs/assets/secret.txt").status == 404)
        #expect(await client.get("/api/v1/docs/assets/..%2Fsecret.txt").status == 404)
        #expect(await client.get("/api/v1/docs.json").json?["openapi"] == "3.1.0")
        #expect(await client.get("/api/v1/docs.yaml").headers[.contentType] == "application/yaml")
    }

    @Test func `texts of routes do no harm in the table`() {
        let html = DocumentationPage.table([Route(.get, "/x/", "<script>alert(1)</script>", section: "A & B") { _ in WebResponse() }])
        #expect(!html.contains("<script>"))
        #expect(html.contains("A &amp; B"))
    }
}
