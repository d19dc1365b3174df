import InMemoryLogging
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct JobRunnerTests {
    struct Failure: Error, CustomStringConvertible { let description = "no database" }

    private func run(_ jobs: [Job], _ log: InMemoryLogHandler, until condition: @escaping @Sendable () -> Bool) async throws {
        let logger = Logger(label: "test") { _ in log }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await JobRunner(jobs, logger: logger).run() }
                let isReached = await eventually { condition() }
                #expect(isReached)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test func `jobs repeat until the shutdown`() async throws {
        let runs = NIOLockedValueBox([0, 0])
        let jobs = (0..<2).map { index in Job("job\(index)", every: .milliseconds(1)) { runs.withLockedValue { $0[index] += 1 } } }
        try await run(jobs, InMemoryLogHandler()) { runs.withLockedValue { $0.allSatisfy { $0 >= 3 } } }
        let after = runs.withLockedValue { $0 }
        await Task.yield()
        #expect(runs.withLockedValue { $0 } == after)
    }

    @Test func `a slow job delays no other`() async throws {
        let runs = NIOLockedValueBox(0)
        let slow = Job("slow", every: .milliseconds(1)) { try await Task.sleep(for: .seconds(600)) }
        let fast = Job("fast", every: .milliseconds(1)) { runs.withLockedValue { $0 += 1 } }
        try await run([slow, fast], InMemoryLogHandler()) { runs.withLockedValue { $0 >= 3 } }
    }

    @Test func `a failing job goes on, and says so once for each outage`() async throws {
        let runs = NIOLockedValueBox(0)
        let log = InMemoryLogHandler()
        let job = Job("nas.refresh", every: .milliseconds(1)) {
            let run = runs.withLockedValue { runs in
                runs += 1
                return runs
            }
            if [2, 3, 4, 6].contains(run) { throw Failure() }
        }
        try await run([job], log) { runs.withLockedValue { $0 >= 9 } }
        let messages = log.entries.map { "\($0.level) \($0.message)" }
        let failed = "warning job nas.refresh failed: no database"
        let works = "info job nas.refresh works again"
        #expect(messages == [failed, works, failed, works])
    }
}
