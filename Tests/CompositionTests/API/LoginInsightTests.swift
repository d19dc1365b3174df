import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// Replays and traces by the program's own pipeline.
@Suite struct LoginInsightTests {
    private static let replay = "/api/v1/radius/replay/"

    @Test("a replay tells the decision and its stages, and changes nothing", arguments: TestDatabase.Engine.available)
    func replay(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let client = api.client.bearing(alpha.manager.token)
            let before = try api.rows()
            let logged = try api.connection.table("SELECT count(*) FROM radpostauth")
            func body(_ user: String, _ password: String) -> JSONValue { ["username": .string(user), "password": .string(password)] }

            let accepted = await client.post(Self.replay, body(alpha.member.user.username, TwoTenants.password))
            #expect(accepted.status == 200 && accepted.json?["outcome"] == "Access-Accept", "\(accepted.text)")
            #expect(accepted.json?["reason"] == .null && accepted.json?["decided_by"] == .null)
            guard case .array(let stages)? = accepted.json?["stages"] else { return }
            #expect(stages.contains { $0["name"] == "PAP" } && stages.count > 20)
            #expect(stages.enumerated().allSatisfy { $1["number"] == .integer(Int64($0 + 1)) })
            let guess = "wr0ng-guess-of-somebody"
            let refused = await client.post(Self.replay, body(alpha.member.user.username, guess))
            #expect(refused.json?["outcome"] == "Access-Reject" && refused.json?["reason"] == "password.mismatch")
            #expect(refused.json?["next_step"]?.string?.isEmpty == false)
            #expect(refused.json?["decided_by"]?.string?.isEmpty == false)
            for answer in [accepted, refused] {
                for secret in [TwoTenants.password, guess] { #expect(!answer.text.contains(secret), "\(answer.text)") }
                #expect(
                    answer.json?["request"] == .array([.string("User-Name = \(alpha.member.user.username)"), "User-Password = <secret>"]))
            }
            // Another organization's user is nobody here, whatever the password.
            let foreign = await client.post(Self.replay, body(beta.member.user.username, TwoTenants.password))
            #expect(foreign.json?["outcome"] == "Access-Reject", "\(foreign.text)")
            for mark in [beta.organization.id, beta.organization.slug + "-guests"] { #expect(!foreign.text.contains(mark)) }
            let other = JSONValue.object([
                .init("username", .string(beta.member.user.username)), .init("password", .string(TwoTenants.password)),
                .init("organization", .string(beta.organization.id)),
            ])
            let elsewhere = await client.post(Self.replay, other)
            #expect(elsewhere.status == 400 && elsewhere.keys == ["organization"])
            let long = await client.post(Self.replay, body(alpha.member.user.username, String(repeating: "\u{E9}", count: 100)))
            #expect(long.status == 400 && long.keys == ["non_field_errors"], "\(long.text)")

            #expect(TenancyTests.difference(before, try api.rows()) == [])
            let loggedAfter = try api.connection.table("SELECT count(*) FROM radpostauth")
            #expect(logged == loggedAfter)
        }
    }

    @Test("a trace shows the logins that its operator manages, and no rehearsal", arguments: TestDatabase.Engine.available)
    func trace(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let device = JSONValue.string("02-00-00-00-00-77")
            // Both managers follow the same device.
            var traces: [(id: String, token: String)] = []
            for token in [alpha.manager.token, beta.manager.token] {
                let armed = await api.client.bearing(token).post("/api/v1/radius/traces/", ["calling_station_id": device])
                traces.append((try #require(armed.json?["id"]?.string, "\(armed.text)"), token))
            }
            let rehearsed = await api.client.bearing(alpha.manager.token).post(
                Self.replay,
                [
                    "username": .string(alpha.member.user.username), "password": .string(TwoTenants.password), "calling_station_id": device,
                ])
            #expect(rehearsed.status == 200)
            for tenant in [alpha, beta] {
                let answer = await api.client.freeRADIUS(tenant.organization.id, tenant.token).post(
                    "/api/v1/freeradius/authorize/",
                    ["username": .string(tenant.member.user.username), "password": "wr0ng-guess", "calling_station_id": device])
                #expect(answer.status < 500, "\(answer.status)")
            }
            for (trace, tenant) in zip(traces, [alpha, beta]) {
                let told = try await Self.decisions(api, trace.id, trace.token)
                #expect(told.map { $0["type"] } == ["decision"])
                let decision = try #require(told.first?["decision"])
                #expect(decision["username"] == .string(tenant.member.user.username) && decision["reason"] == "password.mismatch")
                #expect(!String(decoding: decision.bytes, as: UTF8.self).contains("wr0ng"))
            }
        }
    }

    /// What a trace's WebSocket tells until the trace is ended, which is after the first decision.
    private static func decisions(_ api: WholeAPI, _ id: String, _ token: String) async throws -> [JSONValue] {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: "/ws/radius/trace/\(id)/")
        head.headerFields[.authorization] = "Bearer \(token)"
        let opened = await api.client.service.openSocket(IncomingRequest(head: head, peerAddress: "192.0.2.10", isSecure: false))
        guard case .accepted(let route, let request) = opened else { throw NotOpened() }
        let socket = RecordedSocket()
        let serving = Task { try await route.serve(socket, request) }
        let isTold = await eventually { socket.sent.withLockedValue { !$0.isEmpty } }
        #expect(isTold)
        let ended = await api.client.bearing(token).delete("/api/v1/radius/traces/\(id)/")
        #expect(ended.status == 204)
        _ = await serving.result
        return try socket.sent.withLockedValue { $0 }.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private struct NotOpened: Error {}

    private final class RecordedSocket: WebSocketConnection {
        let messages = AsyncStream<String> { $0.finish() }
        let sent = NIOLockedValueBox<[String]>([])

        func send(_ text: String) async throws { sent.withLockedValue { $0.append(text) } }
        func close(_ code: UInt16) async {}
    }
}
