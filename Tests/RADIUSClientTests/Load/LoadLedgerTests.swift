import Foundation
import RADIUSWire
import Testing

@testable import RADIUSClient

@Suite(.timeLimit(.minutes(1))) struct LoadLedgerTests {
    private let secret = SharedSecret(Array("testing123".utf8))

    private func withLedger(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func settings(_ server: ServerAddress, _ path: String, count: Int) throws -> LoadSettings {
        LoadSettings(
            server: server, secret: secret, kind: .accounting, users: try LoadUsers(count: 3, name: "user %d"), pace: .closed(window: 4),
            limit: .count(count), warmUp: .zero, timeout: .milliseconds(50), retransmissions: 2, threads: 2, sessionsPerThread: 10,
            interimUpdates: 1, ledger: path)
    }

    @Test("each verified reply, and nothing else, is an acknowledgement", .timeLimit(.minutes(1)))
    func remembersReplies() throws {
        try withLedger { path in
            let echo = try RunningEcho(secret: secret)
            #expect(try LoadGenerator(settings(echo.address, path, count: 300)).run().accountingResponses == 300)
            let ledger = try LoadLedger(path: path)
            let requests = ledger.sessions.values.flatMap(\.requests)
            #expect(requests.count == 300)
            #expect(requests.count { $0.isAcknowledged } == 300)
            for session in ledger.sessions.values {
                #expect(["user 0", "user 1", "user 2"].contains(session.userName))
                #expect(session.requests.map(\.seconds) == session.requests.map(\.seconds).sorted())
                for request in session.requests {
                    let stage: Int64 =
                        switch request.kind {
                        case .start: 0
                        case .interim: 1
                        case .stop: 2
                        }
                    #expect(
                        [request.seconds, request.inputOctets, request.outputOctets] == [60, 1_000_000, 9_000_000].map { $0 * stage })
                    #expect(abs(request.epoch - Int64(time(nil))) < 180)
                }
            }
            // A second run adds to the file.
            _ = try LoadGenerator(settings(echo.address, path, count: 10)).run()
            #expect(try LoadLedger(path: path).sessions.values.flatMap(\.requests).count == 310)
        }
    }

    @Test func `what stays without a valid reply is sent, not acknowledged`() throws {
        try withLedger { path in
            let stranger = try RunningEcho(secret: SharedSecret([1]))
            _ = try LoadGenerator(settings(stranger.address, path, count: 8)).run()
            let requests = try LoadLedger(path: path).sessions.values.flatMap(\.requests)
            #expect(requests.count == 8)
            #expect(requests.count { $0.isAcknowledged } == 0)
        }
    }

    @Test func `an unanswered request goes to the next server, unchanged`() throws {
        try withLedger { path in
            let secret = secret
            let silent = try ScriptedServer { _, _ in [] }
            let other = try ScriptedServer { request, _ in
                [try Packet.reply(.accountingResponse, to: request, attributes: [], secret: secret)]
            }
            var settings = try settings(silent.address, path, count: 20)
            settings.alternates = [other.address]
            settings.threads = 1
            let result = try LoadGenerator(settings).run()
            #expect(result.accountingResponses == 20)
            #expect(result.timeouts == 0)
            #expect(result.retransmissions == silent.requests.count)
            #expect(!silent.requests.isEmpty)
            // Half of the requests begin with the other server.
            #expect(other.requests.count == 20 && silent.requests.count < 20)
            #expect(Set(silent.requests).isSubset(of: other.requests))
            let requests = try LoadLedger(path: path).sessions.values.flatMap(\.requests)
            #expect(requests.count { $0.isAcknowledged } == 20)
        }
    }

    @Test func `a line that was cut off is passed over, another one is not`() throws {
        try withLedger { path in
            let lines = "sent S01 start 1000 0 0 0 alice in wonderland\nacked S01\nsent S01 stop 1000 60 5 7 alice in wonderland\n"
            try Data((lines + "acked S0").utf8).write(to: URL(fileURLWithPath: path))
            let session = try #require(try LoadLedger(path: path).sessions["S01"])
            #expect(session.userName == "alice in wonderland")
            #expect(
                session.requests == [
                    .init(kind: .start, epoch: 1000, seconds: 0, inputOctets: 0, outputOctets: 0, isAcknowledged: true),
                    .init(kind: .stop, epoch: 1000, seconds: 60, inputOctets: 5, outputOctets: 7),
                ])
            try Data("acked S01\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: ClientError.invalidSetting("line 1 of \(path) is not of a ledger")) { try LoadLedger(path: path) }
            #expect(throws: ClientError.invalidSetting("cannot read the ledger /nowhere/x")) { try LoadLedger(path: "/nowhere/x") }
        }
    }

    @Test func `a ledger that cannot be written ends the run`() throws {
        let echo = try RunningEcho(secret: secret)
        let settings = try settings(echo.address, "/dev/full", count: 10)
        #expect(throws: ClientError.system("write the ledger", ENOSPC)) { try LoadGenerator(settings).run() }
    }
}
