import NIOConcurrencyHelpers
import Foundation
import Logging
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// A pipeline over stores in memory.
struct Installation {
    /// Sunday 21 June 2026, 12:00:00 UTC.
    static let noon = 1_782_043_200.0

    let stores = MemoryStores()
    let log = MemoryLog()
    let trace: MemoryTrace
    let pipeline: Pipeline
    var client: NASClient

    init(
        isTraced: Bool = false, pool: WorkPool? = nil, authentication: [PipelineStep] = Self.authentication,
        _ adjust: (inout PipelineSettings) -> Void = { _ in }
    ) throws {
        trace = MemoryTrace(isArmed: isTraced)
        client = NASClient(
            name: "gate", prefix: try IPPrefix("192.0.2.1").orThrow(), secret: SharedSecret(Array("testing123".utf8)))
        var settings = PipelineSettings()
        settings.timeZone = .gmt
        adjust(&settings)
        pipeline = Pipeline(
            authentication: authentication, accounting: Self.accounting, dictionary: try Self.dictionary.get(), stores: stores,
            log: log,
            pool: pool ?? Self.idlePool, trace: trace, settings: settings)
    }

    static let authentication: [PipelineStep] = [
        .each(FilterUserName()), .each(OrganizationRealm()), .each(RecogniseMACAddress()), .each(DetectCredential()), .batch(LoadPolicy()),
        .each(EvaluatePolicy()), .each(SelectAuthType()), .each(PAP()), .each(CHAP()), .each(MSCHAPv1()), .each(MSCHAPv2()),
        .each(RequireAuthentication()), .each(AccountStatus()), .each(PasswordAge()), .each(Expiration()), .each(LoginTimes()),
        .batch(ChangePassword()),
        .each(SimultaneousUse()),
    ]

    static let accounting: [PipelineStep] = [
        .each(OrganizationRealm()), .batch(RecordAccounting()), .batch(UpdateLeases()), .each(ReleaseReservation()),
    ]

    /// Never given work.
    private static let idlePool = WorkPool(threads: 1, capacity: 1)

    static let dictionary = Result { () throws(DictionaryError) in
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
    }

    var source: SocketEndpoint { SocketEndpoint(address: client.prefix.address, port: 40_000) }

    /// An attribute from its text forms; a tag may stand behind the name, as in `Tunnel-Type:1`.
    func attribute(_ name: String, _ value: String, tag: UInt8? = nil) throws -> Attribute {
        let parts = name.split(separator: ":")
        let definition = try pipeline.environment.dictionary.attribute(named: parts.first.orThrow()).orThrow()
        return try Attribute.parse(value, for: definition, tag: parts.count > 1 ? UInt8(parts[1]) : tag)
    }

    func attribute(_ name: String, octets: [UInt8]) throws -> Attribute {
        Attribute(try pipeline.environment.dictionary.attribute(named: name).orThrow(), value: .bytes(octets))
    }

    func decide(_ attributes: [Attribute], code: PacketCode = .accessRequest, at epoch: Double = noon, isRehearsal: Bool = false) throws
        -> Decision
    {
        try pipeline.decide(
            attributes, code: code, client: client, source: source, epoch: epoch, stores: stores.makeStores(), isRehearsal: isRehearsal)
    }

    /// A PAP login with further request attributes.
    func logIn(_ user: String, _ password: String, _ more: [(String, String)] = [], at epoch: Double = noon) throws -> Decision {
        let attributes = try [attribute("User-Name", user), attribute("User-Password", password)] + more.map { try attribute($0.0, $0.1) }
        return try decide(attributes, at: epoch)
    }
}

extension Decision {
    /// The reply as `Name = value` lines.
    var lines: [String] { record?.replyAttributes ?? [] }
}

struct Missing: Error {}

extension Optional {
    func orThrow() throws -> Wrapped {
        guard let self else { throw Missing() }
        return self
    }
}

/// Rows with consecutive ids.
func rows(_ table: PolicyRow.Table, organization: String? = nil, _ items: (String, String, String)...) -> [PolicyRow] {
    items.enumerated().map { index, item in
        PolicyRow(table: table, id: Int64(index + 1), attribute: item.0, op: item.1, value: item.2, organizationID: organization)
    }
}

/// Octets of hexadecimal text.
func octets(_ text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Int(String(UnicodeScalar($0)), radix: 16) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
