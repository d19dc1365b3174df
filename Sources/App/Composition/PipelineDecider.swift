import Foundation
import FreeRADIUSAPI
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Decides logins of the REST API by the pipeline, on threads of its own: what has gathered while a thread was busy goes through together.
///
/// `@unchecked Sendable`: `condition` guards `waiting` and `isStopped`.
final class PipelineDecider: LoginDecider, @unchecked Sendable {
    private typealias Waiting = (request: LoginRequest, epoch: Double, answer: CheckedContinuation<LoginDecision, any Error>)

    private let condition = ConditionLock(value: false)
    private var waiting: [Waiting] = []
    private var isStopped = false
    private let capacity: Int
    private let nasType: String
    private static let batchLimit = 64

    /// - Parameters:
    ///   - capacity: requests that may wait; more are refused at once.
    ///   - nasType: the type of NAS that replies are for.
    init(capacity: Int, nasType: String = "") {
        self.capacity = capacity
        self.nasType = nasType
    }

    /// Begins to decide; requests that came before wait.
    func start(_ pipeline: Pipeline, threads: Int) {
        for index in 0..<threads {
            let thread = Thread { [self] in work(pipeline) }
            thread.name = "rest-\(index)"
            thread.start()
        }
    }

    /// Refuses what waits and what comes.
    func stop() {
        condition.lock()
        isStopped = true
        let rest = waiting
        waiting = []
        condition.unlock(withValue: true)
        for item in rest { item.answer.resume(throwing: LoginUndecided()) }
    }

    func decide(_ request: LoginRequest) async throws -> LoginDecision {
        try await withCheckedThrowingContinuation { answer in
            condition.lock()
            let isRefused = isStopped || waiting.count >= capacity
            if !isRefused { waiting.append((request, Date().timeIntervalSince1970, answer)) }
            condition.unlock(withValue: isStopped || !waiting.isEmpty)
            if isRefused { answer.resume(throwing: LoginUndecided()) }
        }
    }

    private func work(_ pipeline: Pipeline) {
        let worker = DirectWorker(pipeline)
        while let batch = next() {
            let dictionary = pipeline.environment.dictionary
            let requests = batch.map { request($0.request, epoch: $0.epoch, dictionary) }
            for (item, decision) in zip(batch, worker.decide(requests)) {
                item.answer.resume(with: Self.result(decision))
            }
        }
    }

    private func next() -> [Waiting]? {
        condition.lock(whenValue: true)
        let batch = Array(waiting.prefix(Self.batchLimit))
        waiting.removeFirst(batch.count)
        let isOver = isStopped && batch.isEmpty
        condition.unlock(withValue: isStopped || !waiting.isEmpty)
        return isOver ? nil : batch
    }

    /// What a NAS of the organization would send.
    private func request(_ login: LoginRequest, epoch: Double, _ dictionary: AttributeDictionary) -> DirectRequest {
        let address = IPAddress(login.clientAddress) ?? Self.loopback
        var client = NASClient(
            name: "rest", prefix: IPPrefix(address), secret: SharedSecret(Array("rest".utf8)), type: nasType,
            organizationID: login.organizationID)
        client.requireMessageAuthenticator = .no
        var attributes: [Attribute] = []
        func add(_ name: String, _ text: String) {
            guard !text.isEmpty, let definition = dictionary.attribute(named: name) else { return }
            attributes.append(Attribute(definition, value: .bytes(Array(text.utf8))))
        }
        add("User-Name", login.username)
        add("User-Password", login.password)
        add("Called-Station-Id", login.calledStationID)
        add("Calling-Station-Id", login.callingStationID)
        return DirectRequest(
            attributes: attributes, client: client, source: SocketEndpoint(address: address, port: 0), epoch: epoch,
            isVouchedFor: login.isVouchedFor)
    }

    private static let loopback = IPAddress(ipv4: 0x7f00_0001)

    private static func result(_ direct: DirectDecision?) -> Result<LoginDecision, any Error> {
        // Attributes that make no packet: a password longer than RADIUS has, for one.
        guard let direct else { return .success(LoginDecision(reason: .credentialsMalformed, replies: [])) }
        switch direct.decision.code {
        case .accessAccept, .accessReject:
            return .success(LoginDecision(reason: direct.decision.reason, replies: direct.replies.map { reply($0, direct.rows) }))
        default: return .failure(LoginUndecided())
        }
    }

    private static func reply(_ item: PolicyAttribute, _ rows: [RowID: PolicyRow]) -> LoginDecision.Reply {
        var number: Int64?
        if case .unsigned(let value) = item.attribute.value { number = Int64(clamping: value) }
        let row = item.source.flatMap { rows[$0] }
        return LoginDecision.Reply(
            name: item.attribute.definition.name, value: item.attribute.printedValue, op: item.source == nil ? nil : row?.op ?? "=",
            number: number)
    }
}
