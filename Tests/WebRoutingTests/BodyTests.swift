import Foundation
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import Testing
import WebRouting
import WebTestSupport

@Suite struct BodyTests {
    private static let form = Form([
        Field("name", required: true), Field("number", .integer), Field("flag", .boolean), Field("secret", .password), Field("list", .json),
        Field("file", .file),
    ])

    private final class Seen: Sendable {
        let files = NIOLockedValueBox<[URL]>([])
    }

    private let seen = Seen()

    private func client(limit: Int = 1 << 20, folder: URL = FileManager.default.temporaryDirectory) -> TestClient {
        let seen = seen
        return TestClient(
            [
                Route(.post, "/form/", "", form: Self.form, bodyLimit: limit) { request in
                    var answer: [JSONValue.Member] = ["name", "number", "flag", "secret", "list"].compactMap { name in
                        request.values.json(name).map { JSONValue.Member(name, $0) }
                    }
                    if let file = request.values.file("file") {
                        seen.files.withLockedValue { $0.append(file.url) }
                        let content = try Data(contentsOf: file.url)
                        answer.append(.init("file", .string("\(file.name) \(file.contentType) \(file.octets) \(content.count)")))
                        let mode = try FileManager.default.attributesOfItem(atPath: file.url.path)[.posixPermissions] as? Int
                        answer.append(.init("mode", .integer(Int64(mode ?? 0))))
                    }
                    return .json(.object(answer))
                },
                Route(.patch, "/form/", "", form: Self.form) { request in .json(.integer(Int64(request.values.names.count))) },
                Route(.post, "/own/", "", access: .own, form: Self.form) { request in .json(.bool(request.values.contains("organization")))
                },
                Route(.post, "/later/", "", form: Form(Self.form.fields, isCheckedByHandler: true)) { request in
                    .json(.bool(request.values.contains("organization")))
                },
                Route(.post, "/free/", "") { request in .json(.array(request.values.names.map { .string($0) })) },
                Route(.post, "/raw/", "", bodyLimit: limit) { request in .json(.integer(Int64(request.body.count))) },
            ], settings: WebSettings(bodyLimit: 2 << 20, uploadFolder: folder))
    }

    @Test func `JSON, form and multipart give the same fields`() async {
        let expected: JSONValue = ["name": "Zoë & Co", "number": 7, "flag": true, "secret": " p+%=& "]
        let fields = [("name", " Zoë & Co"), ("number", "7"), ("flag", "on"), ("secret", " p+%=& "), ("unknown", "x")]
        let answers = await [
            client().post("/form/", ["name": "Zoë & Co", "number": 7, "flag": true, "secret": " p+%=& ", "unknown": "x"]),
            client().post("/form/", form: fields), client().post("/form/", fields: fields, files: []),
        ]
        for answer in answers {
            #expect(answer.status == 200)
            for name in ["name", "number", "flag", "secret"] { #expect(answer.json?[name] == expected[name]) }
            #expect(answer.keys == ["flag", "name", "number", "secret"])
        }
    }

    @Test func `blanks of any script at both ends of a text are cut off, those within it and in a password stay`() async {
        for text in ["\u{A0}Ann Lee", "\r\n Ann Lee\u{2003}", "Ann Lee\t", "\u{3000}Ann Lee", "Ann Lee"] {
            let answer = await client().post("/form/", ["name": .string(text), "secret": .string(text)])
            #expect(answer.json?["name"] == "Ann Lee", "\(text.debugDescription)")
            #expect(answer.json?["secret"] == .string(text))
        }
    }

    @Test func `a field that comes twice has its last text, and all of them where it is a list`() async {
        let answer = await client().post("/form/", form: [("name", "a"), ("name", "b"), ("list", "1"), ("list", "2")])
        #expect(answer.json?["name"] == "b")
        #expect(answer.json?["list"] == ["1", "2"])
        #expect(await client().post("/form/", form: [("name", "a"), ("list", #"{"x":[1]}"#)]).json?["list"] == ["x": [1]])
    }

    @Test func `everything wrong is told at once, nothing is required of a PATCH`() async {
        let answer = await client().post("/form/", ["number": "x", "flag": "maybe"])
        #expect(answer.status == 400)
        #expect(answer.json?["name"] == ["This field is required."])
        #expect(answer.json?["number"] == ["A valid integer is required."])
        #expect(answer.json?["flag"] == ["Must be a valid boolean."])
        #expect(await client().patch("/form/", ["number": 1]).text == "1")
        #expect(await client().send(.post, "/form/").json?["name"] == ["This field is required."])
    }

    @Test func `without a form all fields are read and other bodies are taken as they are`() async {
        #expect(await client().post("/free/", ["a": 1, "b": .null]).json == ["a", "b"])
        #expect(await client().post("/free/", form: [("a", ""), ("b", "x")]).json == ["a", "b"])
        #expect(await client().post("/free/", fields: [("a", "")], files: [("f", "f.txt", [1])]).json == ["a"])
        #expect(await client().send(.post, "/free/", type: "application/json", body: [123]).status == 400)
        #expect(await client().send(.post, "/free/", type: "text/csv", body: [123]).json == [])
    }

    @Test func `a route that asks for its credential itself, or says so, checks its form itself`() async {
        #expect(await client().post("/own/", ["organization": "x"]).text == "true")
        #expect(await client().post("/later/", ["organization": "x"]).text == "true")
        #expect(await client().send(.post, "/own/", type: "application/json", body: Array("{".utf8)).status == 400)
    }

    @Test(arguments: [
        ("application/json", "{", 400), ("application/json", #"{"name": "\#u{00}"}"#, 400), ("application/json", "[]", 400),
        ("application/json", "\u{FEFF}", 400), ("application/json; charset=iso-8859-1", "{}", 415),
        ("application/json", #"{"name": 1e999}"#, 400),
        ("text/plain", "name=a", 415), ("", "name=a", 415), ("application/x-www-form-urlencoded", "name=%ff", 400),
        ("multipart/form-data", "--x--", 400), ("multipart/form-data; boundary=x", "--x", 400),
        ("application/problem+json", #"{"name":"a"}"#, 200),
        ("APPLICATION/JSON; charset=UTF-8", #"{"name":"a"}"#, 200), ("multipart/form-data; boundary=\"x y\"", "--x y--", 400),
        ("application/x-www-form-urlencoded", "name=%00", 400),
    ]) func `bodies that are not what they say`(_ type: String, _ body: String, _ expected: Int) async {
        let answer = await client().send(.post, "/form/", type: type, body: Array(body.utf8))
        #expect(answer.status == expected)
        if expected == 415 { #expect(answer.keys == ["detail"]) }
    }

    @Test func `octets that are no UTF-8 are refused in each encoding`() async {
        let part = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n"
        let bodies: [(String, [UInt8])] = [
            ("application/json", Array(#"{"name":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
            ("application/x-www-form-urlencoded", Array("name=".utf8) + [0xC3, 0x28]),
            ("multipart/form-data; boundary=x", Array(part.utf8) + [0xFF] + Array("\r\n--x--".utf8)),
        ]
        for (type, body) in bodies {
            #expect(await client().send(.post, "/form/", type: type, body: body).status == 400)
        }
    }

    @Test func `a deep document is no way to a crash`() async {
        let body = String(repeating: "[", count: 100_000)
        #expect(await client().send(.post, "/form/", type: "application/json", body: Array(body.utf8), chunk: 65536).status == 400)
    }

    @Test func `a compressed body is refused`() async {
        var headers = HTTPFields()
        headers[.contentEncoding] = "gzip"
        #expect(await client().send(.post, "/form/", type: "application/json", body: [31, 139], headers: headers).status == 415)
    }

    @Test func `too large bodies are refused, announced or not`() async {
        let large = [UInt8](repeating: 97, count: 5000)
        for type in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            var headers = HTTPFields()
            #expect(await client(limit: 4999).send(.post, "/form/", type: type, body: large).status == 413)
            headers[.contentLength] = "10"
            #expect(await client(limit: 4999).send(.post, "/form/", type: type, body: large, headers: headers).status == 413)
        }
        #expect(await client(limit: 4999).send(.post, "/raw/", body: large).status == 413)
        #expect(await client(limit: 5000).send(.post, "/raw/", body: large).text == "5000")
        // The operator's bound holds for every route.
        #expect(
            await client(limit: 100 << 20).send(.post, "/raw/", body: [UInt8](repeating: 0, count: 3 << 20), chunk: 65536).status == 413)
    }

    @Test func `a file lies on disk while its request lasts and no longer`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "radian-test-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let answer = await client(folder: folder).post(
            "/form/", fields: [("name", "a")], files: [("file", "../../users.csv", content), ("other", "ignored.bin", content)])
        #expect(answer.json?["file"]?.string == "../../users.csv application/octet-stream 200000 200000")
        #expect(answer.json?["mode"] == 0o600)
        let file = try #require(seen.files.withLockedValue { $0.first })
        #expect(file.deletingLastPathComponent().path == folder.path)
        // The file goes in the background.
        for _ in 0..<1000 {
            guard try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty else {
                await Task.yield()
                usleep(1000)
                continue
            }
            break
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a file in the place of a text is refused and the other way round`() async {
        let answer = await client().post("/form/", fields: [("name", "a"), ("file", "text")], files: [])
        #expect(answer.status == 400)
        #expect(answer.keys == ["file"])
        #expect(await client().post("/form/", fields: [], files: [("name", "a.txt", [97])]).json?["name"] == ["This field is required."])
    }
}
