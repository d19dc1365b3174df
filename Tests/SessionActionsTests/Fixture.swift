import AccessPolicy
import Accounts
import Database
import DynamicAuthorization
import Foundation
import Logging
import NASClients
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel
import Sessions
import TestSupport

@testable import SessionActions

typealias Engine = TestDatabase.Engine

let testDictionary = Result { () throws(DictionaryError) in
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
}

let testSecret = SharedSecret(Array("testing123".utf8))

struct FixedDirectory: NASDirectory {
    let table: NASTable
    func unknownSource(_ address: IPAddress) {}
    func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {}
}

/// Answers as a script says, given the request's code and how often it was sent; nil stays silent.
final class ScriptedLinks: DynamicAuthorizationLinks {
    private final class Link: OutgoingLink {
        let name = "test"
        let isDatagram = true
        let links: ScriptedLinks
        init(_ links: ScriptedLinks) { self.links = links }

        func send(
            _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
        ) -> any OutgoingExchange {
            // Once answered an exchange is over, however late its owner hears of it.
            let isAnswered = NIOLockedValueBox(false)
            let exchange = Exchange { [links] in
                guard !isAnswered.withLockedValue({ $0 }), let answer = links.answer(request.code) else { return }
                isAnswered.withLockedValue { $0 = true }
                completion(Self.reply(to: request.code, answer))
            }
            exchange.retransmit()
            return exchange
        }

        private static func reply(to code: PacketCode, _ answer: Answer) -> Result<OutgoingReply, OutgoingError> {
            do throws(WireError) {
                let request = try Packet(
                    validating: Packet.request(
                        code, identifier: 1, authenticator: nil, attributes: [], secret: testSecret, messageAuthenticator: false))
                let replyCode: PacketCode =
                    switch answer {
                    case .ack: code == .coaRequest ? .coaACK : .disconnectACK
                    case .nak: code == .coaRequest ? .coaNAK : .disconnectNAK
                    }
                var attributes: [UInt8] = []
                if case .nak(let cause) = answer { attributes = [101, 6] + withUnsafeBytes(of: cause.rawValue.bigEndian, Array.init) }
                let packet = try Packet(validating: Packet.reply(replyCode, to: request, attributes: attributes, secret: testSecret))
                return .success(OutgoingReply(packet: packet, requestAuthenticator: request.authenticator, secret: testSecret))
            } catch {
                return .failure(.unencodable(error))
            }
        }
    }

    private final class Exchange: OutgoingExchange {
        let transmit: @Sendable () -> Void
        init(_ transmit: @escaping @Sendable () -> Void) { self.transmit = transmit }
        func retransmit() { transmit() }
        func cancel() {}
    }

    enum Answer { case ack, nak(ErrorCause) }

    let sent = NIOLockedValueBox<[PacketCode]>([])
    let endpoints = NIOLockedValueBox<[SocketEndpoint]>([])
    private let script: @Sendable (PacketCode) -> Answer?

    init(_ script: @escaping @Sendable (PacketCode) -> Answer?) { self.script = script }

    func link(to endpoint: SocketEndpoint, secret: SharedSecret, nas: NASClient) -> (any OutgoingLink)? {
        endpoints.withLockedValue { $0.append(endpoint) }
        return Link(self)
    }

    private func answer(_ code: PacketCode) -> Answer? {
        sent.withLockedValue { $0.append(code) }
        return script(code)
    }
}

/// A database with all tables, a kernel on it and the feature with a clock that a test sets.
final class Site {
    /// 14 November 2023, 22:13:20 UTC.
    static let start: Int64 = 1_700_000_000

    let connection: any DatabaseConnection
    let kernel: Kernel
    let recorder: SessionRecorder
    /// Seconds since 1970 UTC.
    let now = NIOLockedValueBox(start + 1000)
    let ended = NIOLockedValueBox<[String]>([])

    static let schema = [
        AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations, AccessPolicyModule.migrations,
        SessionActionsModule.migrations,
    ]

    /// - Parameter database: with ``schema``.
    init(_ database: TestDatabase) throws {
        connection = try database.engine.connect(.general)
        kernel = Kernel(
            engine: database.engine, connections: 2, refreshInterval: .seconds(60),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        recorder = SessionRecorder(KeptConnection(database.engine, .packets), events: kernel.events)
        kernel.events.subscribe(to: SessionEnded.self) { [ended] event in ended.withLockedValue { $0.append(event.uniqueID) } }
    }

    deinit { kernel.stop() }

    static func with(
        _ engine: Engine, isolation: isolated (any Actor)? = #isolation, _ body: (Site) async throws -> Void
    ) async throws {
        try await TestDatabase.with(engine, schema: schema) { (database) async throws in
            let site = try Site(database)
            try await body(site)
        }
    }

    var micros: Int64 { now.withLockedValue { $0 } * 1_000_000 }

    func actions(
        _ links: any DynamicAuthorizationLinks, nas: [NASClient] = [.test()], settings: DynamicAuthorizationSettings = .init(),
        plan: SessionActions.PlanLookup? = nil, planNamed: SessionActions.PlanNamed? = nil
    ) throws -> SessionActions {
        SessionActions(
            kernel, directory: FixedDirectory(table: NASTable(nas)),
            control: SessionControl(dictionary: try testDictionary.get(), links: links, timers: settings.timers), settings: settings,
            plan: plan, planNamed: planNamed, now: { [now] in now.withLockedValue { $0 } * 1_000_000 })
    }

    /// Opens a session by its accounting Start.
    func begin(
        _ id: String, user: String = "bob", nas: String = "192.0.2.1", station: String = "02-00-00-00-00-01", address: String? = nil,
        organization: String? = nil,
        vendorSessionID: String? = nil
    ) throws {
        var record = AccountingRecord(
            statusType: .start, uniqueID: id, eventEpoch: Self.start, hasEventTimestamp: true, organizationID: organization,
            acctSessionID: "s-\(id)", nasIPAddress: nas)
        record.userName = user
        record.callingStationID = station
        record.framedIPAddress = address
        record.vendorSessionID = vendorSessionID
        _ = try recorder.record([record])
    }

    func stop(_ id: String) throws {
        var record = AccountingRecord(
            statusType: .stop, uniqueID: id, eventEpoch: Self.start + 500, hasEventTimestamp: true, acctSessionID: "s-\(id)",
            nasIPAddress: "192.0.2.1")
        record.sessionTime = 500
        _ = try recorder.record([record])
    }

    func session(_ id: String) throws -> ControlledSession? { try ControlledSessionStore(connection).session(id) }

    /// Stop time, cause and time of a session.
    func closing(_ id: String) throws -> [String] {
        try connection.table(
            "SELECT {{epoch acctstoptime}}, acctterminatecause, acctsessiontime FROM radacct WHERE acctuniqueid = $1", [.text(id)]
        )
        .first ?? []
    }

    func history() throws -> [SessionActionRecord] { try SessionActionStore(connection).history(limit: 100) }

    /// Carries out what is queued, as the runner does.
    func work(_ actions: SessionActions) async throws {
        while true {
            let claims = try await actions.claim(limit: 10)
            if claims.isEmpty { return }
            for claim in claims { try await actions.carryOut(claim) }
        }
    }

    func order(_ actions: SessionActions, _ id: String, _ wish: SessionActionOrder.Wish) async throws {
        try await actions.request(SessionActionOrder(sessionID: id, wish: wish, reason: "test", requestedBy: "tester"))
    }
}

extension NASClient {
    static func test(_ prefix: String = "192.0.2.1", type: String = "other", name: String = "gate") -> NASClient {
        NASClient(name: name, prefix: IPPrefix(prefix) ?? IPPrefix(IPAddress(ipv4: 0)), secret: testSecret, type: type)
    }
}
