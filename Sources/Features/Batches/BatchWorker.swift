import Database
import Foundation
import Logging
import ServerKernel
public import ServiceLifecycle

/// Works off batches in the background, one at a time, on a thread and a connection of its own.
///
/// `@unchecked Sendable`: `condition` guards `isStopping` and `isWoken`.
public final class BatchWorker: Service, @unchecked Sendable {
    /// How often it looks for batches of other nodes and of the command line.
    private static let pause = 5.0

    private let condition = NSCondition()
    private var isStopping = false
    private var isWoken = false
    private let kernel: Kernel
    private let runner: BatchRunner

    init(_ kernel: Kernel, runner: BatchRunner) {
        self.kernel = kernel
        self.runner = runner
    }

    /// Makes it look at once.
    func wake() {
        condition.withLock {
            isWoken = true
            condition.signal()
        }
    }

    /// Returns when the program stops; a batch under way is left after its present chunk and goes on at the next start.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let thread = Thread { [self] in
                        work()
                        continuation.resume()
                    }
                    thread.name = "batches"
                    thread.start()
                }
            } onCancel: {
                self.stop()
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    private func stop() {
        condition.withLock {
            isStopping = true
            condition.signal()
        }
    }

    private var mustStop: Bool { condition.withLock { isStopping } }

    private func work() {
        let connection = KeptConnection(kernel.engine, .bulk)
        while true {
            var found = false
            do {
                found = try connection.useAny { try self.runOne(over: $0) }
            } catch {
                kernel.logger.warning("batches: \(error)")
            }
            condition.lock()
            defer { condition.unlock() }
            if !found, !isWoken, !isStopping { _ = condition.wait(until: Date(timeIntervalSinceNow: Self.pause)) }
            isWoken = false
            if isStopping { return }
        }
    }

    private func runOne(over connection: any DatabaseConnection) throws -> Bool {
        let done = try runner.runNext(over: connection) { batch, step in
            kernel.events.publish(BatchProgressed(batch: batch, position: batch.position + step.counts.rows))
            if mustStop { throw BatchRunner.Interrupted() }
        }
        if let done, done.isFinished { kernel.events.publish(BatchFinished(batch: done)) }
        return done != nil
    }
}

extension KeptConnection {
    /// ``use(_:)`` for a body that may throw errors of any layer.
    fileprivate func useAny<R>(_ body: (any DatabaseConnection) throws -> R) throws -> R {
        var failure: (any Error)?
        do {
            return try use { (connection) throws(DatabaseError) -> R in
                do {
                    return try body(connection)
                } catch let error as DatabaseError {
                    throw error
                } catch {
                    failure = error
                    throw DatabaseError(.other, "given up")
                }
            }
        } catch {
            throw failure ?? error
        }
    }
}
