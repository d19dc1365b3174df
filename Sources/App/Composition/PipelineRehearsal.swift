import Foundation
import Insight
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Decides logins of the REST API by the pipeline without any effect, one after the other on a thread of its own.
///
/// `@unchecked Sendable`: `lock` guards `running`; its stores are used on the pool's one thread only.
final class PipelineRehearsal: LoginRehearsal, @unchecked Sendable {
    private final class Running {
        let pipeline: Pipeline
        let stores: WorkerStores

        init(_ pipeline: Pipeline, _ stores: WorkerStores) {
            self.pipeline = pipeline
            self.stores = stores
        }
    }

    let dictionary: AttributeDictionary
    private let pool: WorkPool
    private let lock = NIOLock()
    private var running: Running?

    /// - Parameter capacity: logins that may wait; of more, the oldest are refused.
    init(_ dictionary: AttributeDictionary, capacity: Int = 32) {
        self.dictionary = dictionary
        pool = WorkPool(threads: 1, capacity: capacity, name: "rehearsal")
    }

    /// Begins to decide; before, every login is refused.
    func start(_ pipeline: Pipeline, stores: any StoreFactory) {
        let running = Running(pipeline, stores.makeStores())
        lock.withLock { self.running = running }
    }

    /// Refuses what waits and what comes.
    func stop() {
        pool.stop()
    }

    func decide(_ login: RehearsedLogin) async throws -> DecisionRecord {
        try await withCheckedThrowingContinuation { answer in
            pool.submit { [self] in
                answer.resume(with: Result { try rehearse(login) })
            } onShed: {
                answer.resume(throwing: RehearsalRefusal.busy)
            }
        }
    }

    private func rehearse(_ login: RehearsedLogin) throws -> DecisionRecord {
        guard let running = lock.withLock({ running }) else { throw RehearsalRefusal.busy }
        let decision: Decision
        do throws(WireError) {
            decision = try running.pipeline.decide(
                login.attributes, client: login.client, source: SocketEndpoint(address: login.source, port: 0),
                epoch: Date().timeIntervalSince1970, stores: running.stores, isRehearsal: true)
        } catch {
            throw RehearsalRefusal.noPacket
        }
        guard let record = decision.record else { throw RehearsalRefusal.noPacket }
        return record
    }
}
