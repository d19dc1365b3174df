import Database
import HTTPTypes
import ServerKernel
import TestSupport
import Testing
import WebRouting

@testable import Messaging

@Suite struct ReceiptRoutesTests {
    private static let secret = "0123456789abcdef"

    private func routes(_ kernel: Kernel) -> [Route] {
        let callbacks = [
            HTTPSMSTemplate.callback(of: .twilio, gateway: "twilio", secret: Self.secret),
            HTTPSMSTemplate.callback(of: .vonage, gateway: "vonage", secret: "fedcba9876543210"),
        ]
        return MessagingModule(kernel, gateways: [], callbacks: callbacks).routes
    }

    /// - Returns: the answer's status.
    private func call(
        _ kernel: Kernel, _ method: HTTPRequest.Method, gateway: String = "twilio", secret: String = secret,
        body: [String: JSONValue] = [:],
        query: [WebRequest.QueryItem] = []
    ) async throws -> Int {
        let route = try #require(routes(kernel).first { $0.method == method })
        var request = WebRequest(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: "/"), parameters: ["gateway": gateway, "secret": secret],
            query: query)
        do {
            if let form = route.form {
                request.values = try form.check(FormValues(body.map { JSONValue.Member($0.key, $0.value) }))
            }
            return try await route.handler(request).status.code
        } catch let problem as Problem {
            return problem.status.code
        }
    }

    private func withMessage(_ engine: Engine, _ body: (Kernel, () throws -> [[String]]) async throws -> Void) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let kernel = Kernel(engine: database.engine, connections: 1, refreshInterval: .seconds(3600), logger: quiet)
            defer { kernel.stop() }
            try MessageOutbox(connection, now: 1).append(OutgoingMessage(channel: .sms, recipient: "+393331234567", text: "x", kind: .test))
            let message = try #require(try MessageQueueStore(connection).lease(.sms, now: 1, until: 100, limit: 1).first)
            try MessageQueueStore(connection).markSent(message, as: .sent, by: "twilio", providerID: "SM1", parts: 1, cost: 0, now: 2)
            try MessageReceiptStore(connection).expect(["SM1"], of: message.id, at: "twilio", now: 2)
            try await body(kernel) { try connection.table("SELECT state, error_code FROM radian_message") }
        }
    }

    @Test(arguments: Engine.available) func `a receipt settles its message`(_ engine: Engine) async throws {
        try await withMessage(engine) { (kernel, state) async throws in
            #expect(try await call(kernel, .post, body: ["MessageSid": "SM1", "MessageStatus": "sent"]) == 200)
            #expect(try state() == [["sent", "NULL"]])
            #expect(try await call(kernel, .post, body: ["MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": 30003]) == 200)
            #expect(try state() == [["failed", "30003"]])
        }
        try await withMessage(engine) { (kernel, state) async throws in
            let query = [WebRequest.QueryItem("MessageSid", "SM1"), WebRequest.QueryItem("MessageStatus", "Delivered")]
            #expect(try await call(kernel, .get, query: query) == 200)
            #expect(try state() == [["delivered", "NULL"]])
        }
    }

    @Test(arguments: Engine.available) func `nobody without the secret changes anything`(_ engine: Engine) async throws {
        try await withMessage(engine) { (kernel, state) async throws in
            let body: [String: JSONValue] = ["MessageSid": "SM1", "MessageStatus": "delivered"]
            for (gateway, secret) in [
                ("twilio", ""), ("twilio", "0123456789abcdeF"), ("twilio", "fedcba9876543210"), ("other", Self.secret), ("", ""),
            ] {
                #expect(try await call(kernel, .post, gateway: gateway, secret: secret, body: body) == 404)
            }
            // Another gateway's receipts are about its own messages.
            let foreign: [String: JSONValue] = ["messageId": "SM1", "status": "delivered"]
            #expect(try await call(kernel, .post, gateway: "vonage", secret: "fedcba9876543210", body: foreign) == 200)
            #expect(try await call(kernel, .post, body: ["MessageStatus": "delivered"]) == 400)
            #expect(try await call(kernel, .post, body: ["MessageSid": "SM1", "MessageStatus": ""]) == 400)
            #expect(try state() == [["sent", "NULL"]])
        }
    }

    @Test func `without callbacks there are no routes`() throws {
        try TestDatabase.with(.sqlite) { database in
            let kernel = Kernel(engine: database.engine, connections: 1, refreshInterval: .seconds(3600), logger: quiet)
            defer { kernel.stop() }
            #expect(MessagingModule(kernel, gateways: []).routes.isEmpty)
            #expect(routes(kernel).map(\.path) == [ReceiptRoutes.path, ReceiptRoutes.path])
            #expect(routes(kernel).allSatisfy { $0.access == .anonymous && $0.section.isEmpty })
        }
    }
}
