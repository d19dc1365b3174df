public import Logging
public import ServiceLifecycle

/// Work that repeats while the program runs.
public struct Job: Sendable {
    /// Unique, in the log and in errors: `nas.refresh`.
    public let name: String
    /// Time between the end of one run and the start of the next.
    public let interval: Duration
    /// One run. An error is logged and does not end the job.
    public let run: @Sendable () async throws -> Void

    /// Declares a job; nothing runs before ``JobRunner`` does.
    public init(_ name: String, every interval: Duration, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.interval = interval
        self.run = run
    }
}

/// Runs all jobs until the program stops; each in its own task, so that a slow one delays no other.
public struct JobRunner: Service {
    private let jobs: [Job]
    private let logger: Logger

    /// - Parameter jobs: all modules' jobs.
    public init(_ jobs: [Job], logger: Logger) {
        self.jobs = jobs
        self.logger = logger
    }

    /// Returns when the program shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for job in jobs {
                    group.addTask { await repeatUntilCancelled(job) }
                }
            }
        }
    }

    private func repeatUntilCancelled(_ job: Job) async {
        var failing = false
        while !Task.isCancelled {
            do {
                try await job.run()
                if failing { logger.info("job \(job.name) works again") }
                failing = false
            } catch {
                // Said once per outage: a database that is away for an hour is one line, not thousands.
                if !failing { logger.warning("job \(job.name) failed: \(error)") }
                failing = true
            }
            try? await Task.sleep(for: job.interval)
        }
    }
}
