import Database
import Logging
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Sessions

/// Sessions as they change, for those who follow.
@Suite(.timeLimit(.minutes(5))) struct SessionFeedTests {
    private static let (cafe, museum) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")

    /// Two recorders: of this process, and of another node.
    private struct Nodes {
        let feed: SessionFeed
        let here: SessionRecorder
        let elsewhere: SessionRecorder
        let kernel: Kernel
    }

    private static func with(_ engine: Engine, _ body: (Nodes) async throws -> Void) async throws {
        try await TestDatabase.with(engine, schema: Recording.schema) { (database) async throws in
            let recording = try Recording(database)
            let kernel = Kernel(
                engine: database.engine, connections: 2, refreshInterval: .seconds(60),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            defer { kernel.stop() }
            let here = SessionRecorder(KeptConnection(database.engine, .packets), events: kernel.events)
            try await body(Nodes(feed: SessionFeed(kernel), here: here, elsewhere: recording.recorder, kernel: kernel))
        }
    }

    private static func record(_ type: AcctStatusType, _ id: String, at second: Int64, in organization: String? = SessionFeedTests.cafe)
        -> AccountingRecord
    {
        AccountingRecord(type, id, at: 1_700_000_000 + second).with { $0.organizationID = organization }
    }

    /// The next batch as `id open` or `id ended`, sorted.
    private static func next(_ stream: inout AsyncStream<[SessionDetails]>.Iterator) async -> [String] {
        (await stream.next() ?? []).map { "\($0.session.uniqueID) \($0.session.stoppedAt == nil ? "open" : "ended")" }.sorted()
    }

    @Test(arguments: Engine.available) func whatThisProcessRecordsIsToldWithTheNextBatch(engine: Engine) async throws {
        try await Self.with(engine) { nodes in
            _ = try nodes.here.record([Self.record(.start, "before", at: 0)])
            var cafe = nodes.feed.follow(.only([Self.cafe])).makeAsyncIterator()
            var museum = nodes.feed.follow(.only([Self.museum])).makeAsyncIterator()
            var all = nodes.feed.follow(.all).makeAsyncIterator()
            _ = try nodes.here.record([
                Self.record(.start, "a", at: 1), Self.record(.start, "b", at: 1, in: Self.museum), Self.record(.start, "c", at: 1, in: nil),
            ])
            try await nodes.feed.tell(comparing: false)
            let batch1 = await Self.next(&cafe)
            #expect(batch1 == ["a open"])
            let batch2 = await Self.next(&museum)
            #expect(batch2 == ["b open"])
            let batch3 = await Self.next(&all)
            #expect(batch3 == ["a open", "b open", "c open"])
            _ = try nodes.here.record([Self.record(.stop, "a", at: 9)])
            try await nodes.feed.tell(comparing: false)
            let batch4 = await Self.next(&cafe)
            #expect(batch4 == ["a ended"])
            // Nothing happened there: its next batch is the one after.
            _ = try nodes.here.record([Self.record(.stop, "b", at: 10, in: Self.museum)])
            try await nodes.feed.tell(comparing: false)
            let batch5 = await Self.next(&museum)
            #expect(batch5 == ["b ended"])
        }
    }

    @Test(arguments: Engine.available) func whatOthersWriteIsFoundByComparing(engine: Engine) async throws {
        try await Self.with(engine) { nodes in
            _ = try nodes.elsewhere.record([Self.record(.start, "a", at: 0), Self.record(.start, "b", at: 0)])
            var all = nodes.feed.follow(.all).makeAsyncIterator()
            // The first look only learns what there is.
            try await nodes.feed.tell(comparing: true)
            _ = try nodes.elsewhere.record([
                Self.record(.interimUpdate, "a", at: 60), Self.record(.stop, "b", at: 61), Self.record(.start, "c", at: 62),
            ])
            try await nodes.feed.tell(comparing: false)
            try await nodes.feed.tell(comparing: true)
            let batch6 = await Self.next(&all)
            #expect(batch6 == ["a open", "b ended", "c open"])
        }
    }

    @Test func whoeverLeavesIsForgotten() async throws {
        try await Self.with(.sqlite) { nodes in
            do {
                let stream = nodes.feed.follow(.all)
                #expect(nodes.feed.viewerCount == 1)
                let reader = Task { for await _ in stream {} }
                reader.cancel()
                await reader.value
            }
            let isForgotten = await eventually { nodes.feed.viewerCount == 0 }
            #expect(isForgotten)
        }
    }

    @Test func aBatchIsBoundedAndTheRestFollows() async throws {
        try await Self.with(.sqlite) { nodes in
            var all = nodes.feed.follow(.all).makeAsyncIterator()
            let count = SessionFeed.batchLimit + 50
            _ = try nodes.here.record((0..<count).map { Self.record(.start, "s\($0)", at: 0) })
            try await nodes.feed.tell(comparing: false)
            try await nodes.feed.tell(comparing: false)
            let first = await Self.next(&all)
            let second = await Self.next(&all)
            #expect(first.count == SessionFeed.batchLimit && second.count == 50)
            #expect(Set(first + second).count == count)
        }
    }

    @Test func aSocketSendsSessionsAsTheListHasThem() async throws {
        try await Self.with(.sqlite) { nodes in
            let socket = RecordedSocket()
            let serving = Task { [feed = nodes.feed] in try await SessionSocket(feed: feed).serve(socket, .only([Self.cafe])) }
            let isFollowing = await eventually { nodes.feed.viewerCount == 1 }
            try #require(isFollowing)
            _ = try nodes.here.record([Self.record(.start, "a", at: 0), Self.record(.start, "b", at: 0, in: Self.museum)])
            try await nodes.feed.tell(comparing: false)
            let text = try #require(await socket.next())
            let message = try JSONValue(parsing: Array(text.utf8))
            #expect(message["type"] == "sessions")
            guard case .array(let sessions)? = message["sessions"], case .object(let members)? = sessions.first else {
                Issue.record("\(text)")
                return
            }
            #expect(sessions.count == 1 && sessions[0]["unique_id"] == "a")
            #expect(Set(members.map(\.name)) == Set(SessionDetails.names))
            serving.cancel()
            _ = await serving.result
        }
    }

    @Test(arguments: Engine.available) func theListFindsOneSessionAndOneOrganization(engine: Engine) async throws {
        try await Self.with(engine) { nodes in
            _ = try nodes.here.record([
                Self.record(.start, "a", at: 1), Self.record(.start, "b", at: 2, in: Self.museum), Self.record(.start, "c", at: 3),
            ])
            func manager(_ organizations: String...) -> Principal {
                Principal(
                    id: "id", username: "eve", method: .apiToken,
                    memberships: Dictionary(organizations.map { ($0, .manager) }) { first, _ in first },
                    permissions: ["view_radiusaccounting"])
            }
            let client = TestClient(
                [SessionListRoute(sessions: SessionList(nodes.kernel)).route],
                authenticator: FixedAuthenticator(["both": manager(Self.cafe, Self.museum), "cafe": manager(Self.cafe)]))
            for (who, query, ids) in [
                ("both", "", ["c", "b", "a"]), ("both", "unique_id=b", ["b"]), ("cafe", "unique_id=b", []), ("both", "unique_id=x", []),
                ("both", "organization=\(Self.museum)", ["b"]), ("cafe", "organization=\(Self.museum)", []),
                ("both", "organization=\(Self.cafe)&unique_id=b", []), ("both", "organization=\(Self.cafe)&is_open=true", ["c", "a"]),
            ] as [(String, String, [String])] {
                let answer = await client.bearing(who).get("/api/v1/radius/sessions/?" + query)
                guard case .array(let rows)? = answer.json else {
                    Issue.record("\(query): \(answer.text)")
                    continue
                }
                #expect(rows.map { $0["unique_id"]?.string } == ids, "\(who) \(query)")
            }
        }
    }
}

/// Keeps what is sent.
private final class RecordedSocket: WebSocketConnection {
    let messages = AsyncStream<String> { $0.finish() }
    private let sent: AsyncStream<String>
    private let sending: AsyncStream<String>.Continuation

    init() { (sent, sending) = AsyncStream.makeStream() }

    func send(_ text: String) async throws { sending.yield(text) }
    func close(_ code: UInt16) async { sending.finish() }
    func next() async -> String? { await sent.first { _ in true } }
}
