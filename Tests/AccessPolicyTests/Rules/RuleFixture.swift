import AccessPolicy
import Foundation
import Logging
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel

/// A pipeline with rules over users in memory.
struct RuleFixture {
    /// Sunday 21 June 2026, 12:00:00 UTC.
    static let noon = 1_782_043_200.0
    static let dictionary = Result { () throws(DictionaryError) in
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
    }

    let pipeline: Pipeline
    let stores: UsersInMemory
    var client = NASClient(name: "Gate", prefix: IPPrefix(IPAddress(ipv4: 0xc000_0201)), secret: SharedSecret([1, 2, 3]), type: "mikrotik")

    /// - Parameter yaml: the list of rules.
    init(_ yaml: String, users: [String: UserPolicy] = ["alice": .password("secret")]) throws {
        let rules = try Self.parse(yaml)
        try self.init(rules: rules.get(), users: users)
    }

    init(rules: [Rule], users: [String: UserPolicy]) throws {
        stores = UsersInMemory(users)
        let registry = RuleRegistry(configured: rules, dictionary: try Self.dictionary.get(), logger: Logger(label: "test"))
        var settings = PipelineSettings()
        settings.timeZone = .gmt
        pipeline = Pipeline(
            authentication: [
                .each(FilterUserName()), .each(OrganizationRealm()), .each(RecogniseMACAddress()), .each(DetectCredential()),
                .each(ApplyRules(registry, at: .beforeLookup)), .batch(LoadPolicy()), .each(EvaluatePolicy()),
                .each(ApplyRules(registry, at: .afterPolicy)), .each(SelectAuthType()), .each(PAP()), .each(CHAP()), .each(MSCHAPv2()),
                .each(RequireAuthentication()),
            ], accounting: [], dictionary: try Self.dictionary.get(), stores: stores, log: Silence(),
            pool: WorkPool(threads: 1, capacity: 1), trace: Silence(), settings: settings)
    }

    /// The rules of a list, or what is wrong with it.
    static func parse(_ yaml: String) throws -> Result<[Rule], ConfigurationError> {
        var parser = RuleParser(dictionary: try dictionary.get())
        let rules = parser.rules(try ConfigurationNode(yaml: yaml, file: "f"))
        return parser.problems.isEmpty ? .success(rules) : .failure(ConfigurationError(problems: parser.problems))
    }

    /// A PAP login of alice, with further attributes by name; User-Name and User-Password may be replaced.
    func logIn(_ attributes: [String: String] = [:], at epoch: Double = noon) throws -> Decision {
        let all = ["User-Name": "alice", "User-Password": "secret"].merging(attributes) { $1 }
        let dictionary = try Self.dictionary.get()
        let parsed = try all.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { name, value in
            guard let definition = dictionary.attribute(named: name) else { throw Unknown(name: name) }
            return try Attribute.parse(value, for: definition)
        }
        return try pipeline.decide(
            parsed, client: client, source: SocketEndpoint(address: client.prefix.address, port: 1), epoch: epoch,
            stores: stores.makeStores(), isRehearsal: true)
    }

    private struct Unknown: Error {
        var name: String
    }
}

extension UserPolicy {
    /// A user with a password, groups and reply rows `Name op value`.
    static func password(_ password: String, groups: [String] = [], reply: [(String, String, String)] = []) -> UserPolicy {
        UserPolicy(
            checks: [PolicyRow(table: .radcheck, id: 1, attribute: "Cleartext-Password", op: ":=", value: password)],
            replies: reply.enumerated().map {
                PolicyRow(table: .radreply, id: Int64($0 + 1), attribute: $1.0, op: $1.1, value: $1.2)
            },
            groups: groups.map {
                GroupPolicy(
                    name: $0, priority: 1,
                    replies: [
                        PolicyRow(table: .radgroupreply, id: 1, attribute: "Fall-Through", op: "=", value: "Yes")
                    ])
            })
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

        func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] { queries.map { users[$0.userName] ?? UserPolicy() } }
        func change(_ rows: [ChangedRow]) throws(StoreError) {}
        func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] { records.map { _ in .stored } }
    }
}

private struct Silence: AuthenticationLog, TraceSink {
    var isArmed: Bool { false }
    func append(_ entry: AuthenticationLogEntry) {}
    func record(_ decision: DecisionRecord) {}
}
