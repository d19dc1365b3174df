import Foundation
import RADIUSWire
import Testing

@testable import RADIUSClient

@Suite(.serialized, .timeLimit(.minutes(1))) struct LoadGeneratorTests {
    private let secret = SharedSecret(Array("testing123".utf8))

    private func settings(_ kind: LoadSettings.Kind, _ server: ServerAddress, count: Int) throws -> LoadSettings {
        LoadSettings(
            server: server, secret: secret, kind: kind, users: try LoadUsers(count: 100), pace: .closed(window: 32), limit: .count(count),
            warmUp: .zero)
    }

    @Test(arguments: LoadSettings.Kind.allCases, [1, 3])
    func countsEveryReply(kind: LoadSettings.Kind, threads: Int) throws {
        let echo = try RunningEcho(secret: secret)
        var settings = try settings(kind, echo.address, count: 2000)
        settings.threads = threads
        let result = try LoadGenerator(settings).run()
        #expect(result.sent == 2000)
        #expect(kind == .accounting ? result.accountingResponses == 2000 : result.accepts == 2000)
        #expect(result.replies == 2000)
        #expect(result.timeouts + result.badAuthenticators + result.late + result.unexpected + result.rejects == 0)
        let latency = result.latencyMicroseconds
        #expect(latency.p50 > 0 && latency.p50 <= latency.p99 && latency.p99 <= latency.p999 && latency.p999 <= latency.max)
        #expect(result.requestsPerSecond > 0)
    }

    @Test func aWrongSecretIsSeenInEveryReply() throws {
        let echo = try RunningEcho(secret: SharedSecret([1, 2, 3]))
        var settings = try settings(.pap, echo.address, count: 50)
        settings.timeout = .milliseconds(200)
        let result = try LoadGenerator(settings).run()
        #expect(result.badAuthenticators == 50)
        #expect(result.timeouts == 50)
        #expect(result.replies == 0)
    }

    @Test func silenceTimesOutAfterItsRetransmissions() throws {
        let server = try ScriptedServer { _, _ in [] }
        var settings = try settings(.chap, server.address, count: 10)
        settings.timeout = .milliseconds(40)
        settings.retransmissions = 2
        let result = try LoadGenerator(settings).run()
        #expect(result.sent == 10)
        #expect(result.retransmissions == 20)
        #expect(result.timeouts == 10)
        #expect(result.replies == 0)
        #expect(server.requests.count == 30)
        #expect(Set(server.requests).count == 10)
    }

    @Test func aLateReplyIsNotABadOne() throws {
        // Answers the first request only together with the second, which has timed the first out.
        let secret = secret
        let server = try ScriptedServer { [pending = Pending()] request, number in
            guard number > 0 else { return pending.keep(request) }
            return try [pending.first, request].compactMap { $0 }.map {
                try Packet.reply(.accessReject, to: $0, attributes: [], secret: secret)
            }
        }
        var settings = try settings(.pap, server.address, count: 2)
        settings.pace = .closed(window: 1)
        settings.socketsPerThread = 1
        settings.timeout = .milliseconds(300)
        let result = try LoadGenerator(settings).run()
        #expect(result.timeouts == 1)
        #expect(result.late == 1)
        #expect(result.rejects == 1)
        #expect(result.badAuthenticators == 0)
    }

    @Test func anOpenLoopSendsItsRate() throws {
        let echo = try RunningEcho(secret: secret)
        var settings = try settings(.accounting, echo.address, count: 1)
        settings.pace = .open(requestsPerSecond: 4000)
        settings.limit = .duration(.milliseconds(500))
        settings.warmUp = .milliseconds(50)
        settings.socketsPerThread = 32
        let result = try LoadGenerator(settings).run()
        #expect(result.sent + result.unsent == 2000)
        #expect(result.replies + result.timeouts == result.sent)
        #expect(result.seconds == 0.5)
    }

    @Test func warmUpIsNotCounted() throws {
        let server = try RunningEcho(secret: secret)
        var settings = try settings(.pap, server.address, count: 100)
        settings.warmUp = .milliseconds(50)
        let result = try LoadGenerator(settings).run()
        #expect(result.sent == 100)
        #expect(result.replies == 100)
        #expect(result.warmUpReplies > 0)
    }

    @Test func refusesSettingsThatCannotWork() throws {
        var settings = try settings(.pap, ServerAddress(host: "127.0.0.1", port: 1), count: 10)
        settings.pace = .closed(window: 0)
        #expect(throws: ClientError.self) { try LoadGenerator(settings).run() }
        settings.pace = .closed(window: 100_000)
        #expect(throws: ClientError.self) { try LoadGenerator(settings).run() }
        settings.pace = .open(requestsPerSecond: 0)
        #expect(throws: ClientError.self) { try LoadGenerator(settings).run() }
    }
}

/// Keeps the first request of a scripted server.
private final class Pending: @unchecked Sendable {
    // Used by the scripted server's one thread only.
    private(set) var first: Packet?

    func keep(_ request: Packet) -> [[UInt8]] {
        first = request
        return []
    }
}
