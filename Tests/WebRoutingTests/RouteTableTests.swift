import HTTPTypes
import Testing
import WebTestSupport

@testable import WebRouting

@Suite struct RouteTableTests {
    private static func route(_ method: HTTPRequest.Method, _ path: String) -> Route {
        Route(method, path, "") { _ in WebResponse() }
    }

    private let table = RouteTable(
        [
            route(.get, "/"), route(.get, "/health"), route(.get, "/api/users/me/"), route(.get, "/api/users/:id/"),
            route(.put, "/api/users/:user/"), route(.get, "/api/users/:id/groups/:group/"), route(.get, "/files/*"),
        ], sockets: [WebSocketRoute("/ws/batch/:id/", "") { _, _ in }])

    private func found(_ path: String) -> String? {
        table.match(path[...]).map { match in
            match.routes.first.map {
                "\($0.path) \(match.parameters(of: $0.path).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
            }
                ?? "socket \(match.values)"
        }
    }

    @Test(arguments: [
        ("/", "/ []"), ("/health", "/health []"), ("/health/", "/health []"),
        ("/api/users/me", "/api/users/me/ []"), ("/api/users/7/", #"/api/users/:id/ ["id=7"]"#),
        ("/api/users/me/groups/2", #"/api/users/:id/groups/:group/ ["group=2", "id=me"]"#),
        ("/api/users/a%2Fb%20c/", #"/api/users/:id/ ["id=a/b c"]"#), ("/%68ealth", "/health []"),
        ("/files/a/b%2e/c", #"/files/* ["*=a/b./c"]"#), ("/ws/batch/9/", #"socket ["9"]"#),
    ]) func `a path finds its route`(_ path: String, _ expected: String) {
        #expect(found(path) == expected)
    }

    @Test(arguments: [
        "", "health", "//health", "/health//", "/api/users//", "/api/users", "/Health", "/api/users/1/groups", "/api/users/%ff/",
        "/api/users/a%00b/",
        "/" + String(repeating: "a", count: 9000), "*",
    ]) func `what no route has is not found`(_ path: String) {
        #expect(found(path) == nil)
    }

    @Test func `routes of one path keep their own parameter names`() throws {
        let match = try #require(table.match("/api/users/5"))
        #expect(match.routes.map(\.method) == [.get, .put])
        #expect(match.parameters(of: "/api/users/:user/") == ["user": "5"])
    }
}
