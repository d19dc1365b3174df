import BackEnds
import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// A pipeline over back ends and users in memory.
struct BackEndFixture {
    /// Sunday 21 June 2026, 12:00:00 UTC.
    static let noon = 1_782_043_200.0
    static let dictionary = Result { () throws(DictionaryError) in
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
    }

    let backEnds: BackEnds
    let pipeline: Pipeline
    let stores: UsersInMemory
    /// The server that the back ends ask, which lives as long as the fixture.
    var peer: AnyObject?
    let client = NASClient(name: "gate", prefix: IPPrefix(IPAddress(ipv4: 0xc000_0201)), secret: SharedSecret([1, 2, 3]))

    init(
        _ list: [(backEnd: any BackEnd, settings: BackEndSettings)], users: [String: UserPolicy] = [:],
        _ adjust: (inout PipelineSettings) -> Void = { _ in }
    ) throws {
        backEnds = BackEnds(list, logger: Logger(label: "test"))
        stores = UsersInMemory(users)
        var settings = PipelineSettings()
        settings.timeZone = .gmt
        adjust(&settings)
        pipeline = Pipeline(
            authentication: [
                .each(FilterUserName()), .each(DetectCredential()), .each(LookUpBackEnds(backEnds, .beforeDatabase)), .batch(LoadPolicy()),
                .each(LookUpBackEnds(backEnds, .behindDatabase)),
                .each(EvaluatePolicy()), .each(SelectAuthType(served: backEnds.authTypes)), .each(CheckBackEnds(backEnds)), .each(PAP()),
                .each(CHAP()), .each(MSCHAPv1()), .each(MSCHAPv2()), .each(RequireAuthentication()),
            ], accounting: [], dictionary: try Self.dictionary.get(), stores: stores, log: Silence(),
            pool: WorkPool(threads: 1, capacity: 1), trace: Silence(), settings: settings)
    }

    func attribute(_ name: String, _ value: String) throws -> Attribute {
        guard let definition = try Self.dictionary.get().attribute(named: name) else { throw Unknown(name: name) }
        return try Attribute.parse(value, for: definition)
    }

    func decide(_ attributes: [Attribute], at epoch: Double = noon) throws -> Decision {
        try pipeline.decide(
            attributes, client: client, source: SocketEndpoint(address: client.prefix.address, port: 1), epoch: epoch,
            stores: stores.makeStores())
    }

    /// A PAP login with further attributes.
    func logIn(_ user: String, _ password: String, _ more: [(String, String)] = [], at epoch: Double = noon) throws -> Decision {
        try decide(
            [attribute("User-Name", user), attribute("User-Password", password)] + more.map { try attribute($0.0, $0.1) }, at: epoch)
    }

    struct Unknown: Error {
        var name: String
    }
}

extension Decision {
    /// The reply as `Name = value` lines.
    var lines: [String] { record?.replyAttributes ?? [] }

    /// What a stage noted.
    func notes(_ stage: String) -> [String] { record?.stages.first { $0.name == stage }?.notes ?? [] }
}

extension UserPolicy {
    /// A user with one check row for each item.
    static func checks(_ items: (String, String, String)..., groups: [GroupPolicy] = []) -> UserPolicy {
        UserPolicy(
            checks: items.enumerated().map {
                PolicyRow(table: .radcheck, id: Int64($0 + 1), attribute: $1.0, op: $1.1, value: $1.2)
            }, groups: groups)
    }
}

struct UsersInMemory: StoreFactory {
    let users: [String: UserPolicy]

    init(_ users: [String: UserPolicy]) {
        self.users = users
    }

    func makeStores() -> WorkerStores {
        let store = Store(users)
        return WorkerStores(policy: store, credentials: store, accounting: store)
    }

    private final class Store: PolicyStore, CredentialStore, AccountingStore {
        private let users: [String: UserPolicy]

        init(_ users: [String: UserPolicy]) {
            self.users = users
        }

        func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
            queries.map { query in
                var policy = users[query.userName] ?? UserPolicy()
                if let profile = query.defaultProfile { policy.profiles[profile] = users[profile]?.groups ?? [] }
                return policy
            }
        }

        func change(_ rows: [ChangedRow]) throws(StoreError) {}
        func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] { records.map { _ in .stored } }
    }
}

struct Silence: AuthenticationLog, TraceSink {
    var isArmed: Bool { false }
    func append(_ entry: AuthenticationLogEntry) {}
    func record(_ decision: DecisionRecord) {}
}

/// A back end that does what a test tells it.
final class ScriptedBackEnd: BackEnd {
    typealias Script = @Sendable (String) throws(BackEndFailure) -> BackEndAnswer

    let name: String
    var authTypes: Set<String> { ["scripted"] }
    let looksUp: Bool
    let verifies: Bool
    private let onLookUp: Script
    private let onVerify: Script
    private let asked = NIOLockedValueBox<[String]>([])

    /// What it was asked, as `lookUp alice` and `verify alice`.
    var questions: [String] { asked.withLockedValue { $0 } }

    /// - Parameter verify: gets the password.
    init(_ name: String, lookUp: Script? = nil, verify: Script? = nil) {
        self.name = name
        looksUp = lookUp != nil
        verifies = verify != nil
        onLookUp = lookUp ?? { _ in .unknown }
        onVerify = verify ?? { _ in .unknown }
    }

    func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        let user = request.userName
        asked.withLockedValue { $0.append("lookUp \(user)") }
        return try onLookUp(user)
    }

    func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        let user = request.userName
        asked.withLockedValue { $0.append("verify \(user)\(key.map { " as \($0)" } ?? "")") }
        return try onVerify(String(decoding: password, as: UTF8.self))
    }
}

extension BackEndUser {
    /// A user with rows.
    static func rows(
        check: [(String, String, String)] = [], reply: [(String, String, String)] = [], groups: [String] = [], key: String? = nil
    ) -> BackEndUser {
        func rows(_ table: PolicyRow.Table, _ items: [(String, String, String)]) -> [PolicyRow] {
            items.enumerated().map { PolicyRow(table: table, id: Int64($0 + 1), attribute: $1.0, op: $1.1, value: $1.2) }
        }
        return BackEndUser(checks: rows(.backEndCheck, check), replies: rows(.backEndReply, reply), groups: groups, key: key)
    }
}

extension BackEndSettings {
    /// A busy machine is no failure.
    static var patient: BackEndSettings {
        var settings = BackEndSettings()
        settings.timeoutSeconds = 60
        return settings
    }
}
