import Database
import HTTPTypes
import ServerKernel
import Testing
import WebRouting

@Suite struct ModuleSetTests {
    struct First: FeatureModule {
        static let name = "First"
        static let migrations = [
            Migration(feature: "First", number: 1, name: "one", sql: ""), Migration(feature: "First", number: 2, name: "two", sql: ""),
        ]
        var routes: [Route] = []
        var jobs: [Job] = []
        var stages: [String] = []
        var sockets: [WebSocketRoute] = []
        var permissions: [Permission] = []
    }
    struct Second: FeatureModule {
        static let name = "Second"
        var routes: [Route] = []
        var sockets: [WebSocketRoute] = []
        var permissions: [Permission] = []
        var jobs: [Job] = []
    }
    struct Skipping: FeatureModule {
        static let name = "Skipping"
        static let migrations = [
            Migration(feature: "Skipping", number: 1, name: "one", sql: ""),
            Migration(feature: "Skipping", number: 3, name: "three", sql: ""),
            Migration(feature: "Other", number: 3, name: "foreign", sql: ""),
        ]
    }

    private static func route(_ path: String) -> Route {
        Route(.get, path, "") { _ in WebResponse(contentType: "text/plain", body: "") }
    }
    private static func job(_ name: String) -> Job { Job(name, every: .seconds(1)) {} }

    private func problems(_ modules: [any FeatureModule], order: [String] = []) -> [String] {
        do throws(ModuleConflict) {
            _ = try ModuleSet(modules, pipelineOrder: order)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `modules that agree are collected in their order`() throws {
        let set = try ModuleSet(
            [
                First(routes: [Self.route("/a")], jobs: [Self.job("a")], stages: ["policy"]),
                Second(routes: [Self.route("/b")], jobs: [Self.job("b")]),
            ], pipelineOrder: ["names", "policy"])
        #expect(set.routes.map(\.signature) == ["GET /a", "GET /b"])
        #expect(set.jobs.map(\.name) == ["a", "b"])
    }

    @Test func `the same module twice`() {
        #expect(problems([First(), Second(), First()]) == ["module First is there twice"])
    }

    @Test func `the same route or job of two modules`() {
        let found = problems([
            First(routes: [Self.route("/a")], jobs: [Self.job("j")]), Second(routes: [Self.route("/a")], jobs: [Self.job("j")]),
        ])
        #expect(found == ["route GET /a is there twice", "job j is there twice"])
    }

    @Test func `the same WebSocket or permission of two modules`() {
        let socket = WebSocketRoute("/ws/a/", "") { _, _ in }
        let found = problems([
            First(sockets: [socket], permissions: Permission.all("group", label: "group")),
            Second(sockets: [socket], permissions: [Permission(.view, "group", name: "")]),
        ])
        #expect(found == ["WebSocket /ws/a/ is there twice", "permission view_group is there twice"])
    }

    @Test func `a route that rests on permissions that nobody declares`() {
        let route = Route(.get, "/a", "", access: .manager(model: "group")) { _ in WebResponse() }
        let socket = WebSocketRoute("/ws/a/", "", access: .staff(model: "batch")) { _, _ in }
        #expect(
            problems([First(routes: [route]), Second(sockets: [socket])]) == [
                "route GET /a rests on permissions for group, which nobody declares",
                "WebSocket /ws/a/ rests on permissions for batch, which nobody declares",
            ])
        #expect(problems([First(routes: [route]), Second(permissions: Permission.all("group", label: "group"))]).isEmpty)
    }

    @Test(arguments: [[], ["policy", "policy"]]) func `a stage that does not stand once in the order`(_ order: [String]) {
        #expect(
            problems([First(stages: ["policy"])], order: order) == ["stage policy of module First must stand once in the pipeline's order"])
    }

    @Test func `migrations with a gap or another feature's name`() {
        #expect(
            problems([Skipping()]) == [
                "migration Skipping 3 of module Skipping is out of order", "migration Other 3 of module Skipping is out of order",
            ])
    }
}
