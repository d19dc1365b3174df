import Logging
import ServerKernel
import ServiceLifecycle
import UnixSignals

/// SIGHUP reads at once what the jobs read again from time to time: NAS devices and organizations.
struct ReloadOnSignal: Service {
    let jobs: [Job]
    let logger: Logger
    let onReload: @Sendable () -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in signals {
                for job in jobs {
                    do { try await job.run() } catch { logger.warning("\(job.name) failed: \(error)") }
                }
                onReload()
                logger.info("reloaded")
            }
        }
    }
}
