public import Database
import Foundation
import Logging
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// Users made in bulk: from a CSV file or by prefix and number.
public struct BatchesModule: FeatureModule {
    public static let name = "Batches"
    public static var migrations: [Migration] { BatchMigrations.all }

    /// For the command line and other modules.
    public let service: BatchService
    private let kernel: Kernel
    private let worker: BatchWorker

    /// - Parameter runner: with the key that seals generated passwords.
    public init(_ kernel: Kernel, runner: BatchRunner) {
        self.kernel = kernel
        service = BatchService(runner)
        worker = BatchWorker(kernel, runner: runner)
    }

    public var routes: [Route] { BatchRoutes(kernel: kernel, service: service, worker: worker).all }
    public var sockets: [WebSocketRoute] { [BatchSocket(kernel: kernel).route] }
    public var permissions: [Permission] { Permission.all(BatchRoutes.model, label: "batch of users") }
    public var services: [any Service] { [worker] }

    public var jobs: [Job] {
        [
            Job("batches.credentials", every: .seconds(600)) { [kernel, service] in
                _ = try await kernel.withConnection { try service.dropDueCredentials(now: currentMicroseconds(), over: $0) }
            },
            Job("batches.expired", every: .seconds(86_400)) { [kernel, service] in
                let gone = try await kernel.withConnection { try service.removeExpired(now: Date(), over: $0) }
                try await kernel.withConnection { try service.removeOrphanedFiles(over: $0) }
                if gone > 0 { kernel.logger.info("expired batches deleted", metadata: ["count": "\(gone)"]) }
            },
        ]
    }
}
