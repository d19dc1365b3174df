import HTTPTypes
import NIOConcurrencyHelpers
import RADIUSPipeline
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Insight

/// Traces of logins: who may arm them, what they show, when they end.
@Suite(.timeLimit(.minutes(5))) struct TraceTests {
    private static let path = "/api/v1/radius/traces/"
    /// 14 November 2023, 22:13:20 UTC.
    private static let start: Int64 = 1_700_000_000_000_000

    private static func principal(_ id: String, _ organizations: String..., permissions: Set<String>? = nil) -> Principal {
        Principal(
            id: id, username: id, method: .apiToken, memberships: Dictionary(organizations.map { ($0, .manager) }) { first, _ in first },
            permissions: permissions ?? ["add_radiuspostauth", "delete_radiuspostauth", "view_radiuspostauth"])
    }

    private struct Scene {
        let feed = ScriptedFeed()
        let book: TraceBook
        let clock = NIOLockedValueBox(TraceTests.start)
        let client: TestClient

        init() {
            let book = TraceBook(feed)
            self.book = book
            let now: @Sendable () -> Int64 = { [clock] in clock.withLockedValue { $0 } }
            client = TestClient(
                TraceRoutes(book: book, now: now).all, sockets: [TraceSocket(book: book, now: now).route],
                authenticator: FixedAuthenticator([
                    "eve": principal("eve", "cafe"), "ann": principal("ann", "cafe"),
                    "looker": principal("looker", "cafe", permissions: ["view_radiuspostauth"]), "guest": principal("guest"),
                    "root": Principal(id: "root", username: "root", method: .apiToken, isSuperuser: true),
                ]))
        }

        func arm(_ who: String, _ body: JSONValue) async throws -> LoginTrace {
            let answer = await client.bearing(who).post(TraceTests.path, body)
            let id = try #require(answer.json?["id"]?.string, "\(answer.text)")
            return try #require(book.trace(id, of: who))
        }

        /// What a trace took of these decisions, by user name.
        func taken(_ trace: LoginTrace, _ records: DecisionRecord...) -> [String] {
            for record in records { feed.tell(record) }
            return trace.take(at: TraceTests.start).records.map { $0.userName ?? "" }
        }
    }

    static func record(
        _ user: String?, in organization: String? = "cafe", station: String? = nil, name: String = "Access-Request",
        at moment: Int64 = start
    ) -> DecisionRecord {
        DecisionRecord(
            requestID: 1, epochMicroseconds: moment, requestName: name, nasName: "gate", nasAddress: "192.0.2.1", userName: user,
            callingStationID: station, organizationID: organization, outcome: "Access-Accept")
    }

    @Test func armingTellsItsEnd() async throws {
        let scene = Scene()
        let answer = await scene.client.bearing("eve").post(Self.path, ["username": "bob", "minutes": 2])
        #expect(answer.status == 201 && answer.keys == ["expires", "id"], "\(answer.text)")
        #expect(answer.json?["expires"] == "2023-11-14T22:15:20Z")
        let longest = await scene.client.bearing("eve").post(Self.path, ["calling_station_id": "02-00-00-00-00-01"])
        #expect(longest.json?["expires"] == "2023-11-14T22:23:20Z")
        #expect(scene.feed.watchers == 2)
        for (body, key) in [
            ([:], "non_field_errors"), (["username": "bob", "minutes": 11], "minutes"), (["username": "bob", "minutes": 0], "minutes"),
            (["calling_station_id": "roof"], "calling_station_id"),
        ] as [(JSONValue, String)] {
            let refused = await scene.client.bearing("eve").post(Self.path, body)
            #expect(refused.status == 400 && refused.keys == [key], "\(refused.text)")
        }
        for who in ["looker", "guest"] {
            let refused = await scene.client.bearing(who).post(Self.path, ["username": "bob"])
            #expect(refused.status == 403, "\(who)")
        }
        #expect(scene.feed.watchers == 2)
    }

    @Test func aTraceShowsTheLoginsOfOneUserOrDevice() async throws {
        let scene = Scene()
        let bob = try await scene.arm("eve", ["username": "Bob"])
        let names = scene.taken(
            bob, Self.record("bob"), Self.record("BOB@cafe"), Self.record("bobby"), Self.record(nil),
            Self.record("bob", name: "Accounting-Request"))
        #expect(names == ["bob", "BOB@cafe"])
        let device = try await scene.arm("eve", ["calling_station_id": "02:0A:00:00:00:01"])
        let devices = scene.taken(
            device, Self.record("ann", station: "020a.0000.0001"), Self.record("02-0a-00-00-00-01"),
            Self.record("carol", station: "02-00-00-00-00-02"))
        #expect(devices == ["ann", "02-0a-00-00-00-01"])
    }

    @Test func decisionsOfOtherOrganizationsAreNotShown() async throws {
        let scene = Scene()
        let own = try await scene.arm("eve", ["username": "bob"])
        let all = try await scene.arm("root", ["username": "bob"])
        let records = [Self.record("bob"), Self.record("bob", in: "museum"), Self.record("bob", in: nil)]
        for record in records { scene.feed.tell(record) }
        #expect(own.take(at: Self.start).records.map(\.organizationID) == ["cafe"])
        #expect(all.take(at: Self.start).records.map(\.organizationID) == ["cafe", "museum", nil])
    }

    @Test func aTraceEndsByItsTimeAndByItsOperator() async throws {
        let scene = Scene()
        let first = try await scene.arm("eve", ["username": "bob", "minutes": 1])
        let second = try await scene.arm("eve", ["username": "bob", "minutes": 2])
        let foreign = await scene.client.bearing("ann").delete(Self.path + second.id + "/")
        #expect(foreign.status == 404)
        scene.book.expire(at: Self.start + 60_000_000)
        #expect(scene.feed.watchers == 1 && scene.book.count == 1)
        #expect(first.take(at: Self.start).isOver && !second.take(at: Self.start).isOver)
        #expect(second.take(at: Self.start + 120_000_000).isOver)
        let ended = await scene.client.bearing("eve").delete(Self.path + second.id + "/")
        #expect(ended.status == 204)
        #expect(scene.feed.watchers == 0 && second.take(at: Self.start).isOver)
        let again = await scene.client.bearing("eve").delete(Self.path + second.id + "/")
        #expect(again.status == 404)
    }

    @Test func whatWaitsAndHowManyAreArmedIsBounded() async throws {
        let scene = Scene()
        let trace = try await scene.arm("eve", ["username": "bob"])
        for number in 0..<(LoginTrace.backlog + 10) { scene.feed.tell(Self.record("bob", at: Self.start + Int64(number))) }
        let waiting = trace.take(at: Self.start).records
        #expect(waiting.count == LoginTrace.backlog && waiting.first?.epochMicroseconds == Self.start + 10)
        for _ in 0..<TraceBook.operatorLimit { _ = try await scene.arm("eve", ["username": "bob"]) }
        #expect(trace.take(at: Self.start).isOver && scene.book.count == TraceBook.operatorLimit)
        for number in scene.book.count..<TraceBook.limit {
            _ = try scene.book.arm(.user("bob"), for: "user\(number)", in: .all, until: Self.start + 60_000_000, at: Self.start)
        }
        let full = await scene.client.bearing("ann").post(Self.path, ["username": "bob"])
        #expect(full.status == 503)
        #expect(scene.feed.watchers == TraceBook.limit)
    }

    @Test func theSocketTellsEachDecisionOnce() async throws {
        let scene = Scene()
        let trace = try await scene.arm("eve", ["username": "bob"])
        for (who, isOpen) in [("eve", true), ("ann", false), ("looker", false), ("root", false)] {
            var head = HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: "/ws/radius/trace/\(trace.id)/")
            head.headerFields[.authorization] = "Bearer \(who)"
            let decision = await scene.client.service.openSocket(IncomingRequest(head: head, peerAddress: "192.0.2.10", isSecure: false))
            if case .accepted = decision { #expect(isOpen, "\(who)") } else { #expect(!isOpen, "\(who)") }
        }
        scene.feed.tell(Self.record("bob"))
        let socket = RecordedSocket()
        let serving = Task { [book = scene.book] in
            try await TraceSocket(book: book, now: { TraceTests.start }).serve(socket, trace, .only(["cafe"]))
        }
        let text = try #require(await socket.next())
        let message = try JSONValue(parsing: Array(text.utf8))
        #expect(message["type"] == "decision" && message["decision"]?["username"] == "bob")
        trace.end()
        try await serving.value
        #expect(socket.code.withLockedValue { $0 } == 1000)
        #expect(trace.take(at: Self.start).records.isEmpty)
    }

    @Test func aDecisionIsToldWithAllThatAnOperatorNeeds() throws {
        var record = Self.record("bob", station: "02-00-00-00-00-01")
        record.outcome = "Access-Reject"
        record.reason = .passwordMismatch
        record.method = "PAP"
        record.decidedBy = "PAP"
        record.stages = [
            DecisionRecord.StageEntry(name: "Realm", elapsedNanoseconds: 1500, notes: [], outcome: "noop"),
            DecisionRecord.StageEntry(name: "PAP", elapsedNanoseconds: 2_000_000, notes: ["compared"], outcome: "reject"),
        ]
        record.requestAttributes = [
            "User-Name = bob", "User-Password = <secret>", "Calling-Station-Id = 02-00-00-00-00-01", "NAS-Port-Type = Ethernet",
        ]
        record.replyAttributes = ["Reply-Message = no"]
        let json = DecisionDocument(record: record).json
        guard case .object(let members) = json else { return }
        #expect(
            members.map(\.name) == [
                "time", "username", "outcome", "reason", "explanation", "next_step", "stages", "decided_by", "request", "reply",
                "radclient",
            ])
        #expect(json["time"] == "2023-11-14T22:13:20Z" && json["outcome"] == "Access-Reject" && json["decided_by"] == "PAP")
        #expect(json["reason"] == "password.mismatch" && json["explanation"] == "The password is wrong.")
        #expect(
            json["stages"] == [
                ["number": 1, "name": "Realm", "microseconds": 1, "outcome": "noop", "notes": []],
                ["number": 2, "name": "PAP", "microseconds": 2000, "outcome": "reject", "notes": ["compared"]],
            ])
        #expect(
            json["radclient"]?.string
                == #"echo 'User-Name = "bob", User-Password = "PASSWORD", Calling-Station-Id = "02-00-00-00-00-01", "#
                + #"NAS-Port-Type = "Ethernet", Message-Authenticator = 0x00' | radclient -x SERVER:1812 auth SECRET"#)
    }
}

/// Tells what a test decides.
final class ScriptedFeed: DecisionFeed {
    private let observers = NIOLockedValueBox<[Int: @Sendable (DecisionRecord) -> Void]>([:])

    func watch(_ observer: @escaping @Sendable (DecisionRecord) -> Void) -> DecisionWatch {
        let id = observers.withLockedValue { observers in
            let id = (observers.keys.max() ?? 0) + 1
            observers[id] = observer
            return id
        }
        return DecisionWatch { [observers] in observers.withLockedValue { $0[id] = nil } }
    }

    func tell(_ record: DecisionRecord) {
        for observer in observers.withLockedValue({ Array($0.values) }) { observer(record) }
    }

    var watchers: Int { observers.withLockedValue(\.count) }
}

/// Keeps what is sent.
final class RecordedSocket: WebSocketConnection {
    let messages = AsyncStream<String> { $0.finish() }
    let code = NIOLockedValueBox<UInt16?>(nil)
    private let sent: AsyncStream<String>
    private let sending: AsyncStream<String>.Continuation

    init() { (sent, sending) = AsyncStream.makeStream() }

    func send(_ text: String) async throws { sending.yield(text) }
    func close(_ code: UInt16) async { self.code.withLockedValue { $0 = code } }
    func next() async -> String? { await sent.first { _ in true } }
}
