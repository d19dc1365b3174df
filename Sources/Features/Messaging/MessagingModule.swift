public import Database
import Foundation
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// Messages to people: the outbox, its gateways, their texts.
public struct MessagingModule: FeatureModule {
    public static let name = "Messaging"
    public static var migrations: [Migration] { MessagingMigrations.all }
    public var services: [any Service] {
        [MessageDrain(delivery: delivery, bell: bell), GatewayService(delivery: delivery, receipts: receipts)]
    }
    public var jobs: [Job] {
        [
            Job("messages.prune", every: .seconds(600)) { [kernel, delivery] in
                let now = delivery.now()
                let cutoff = now - delivery.settings.retentionDays * 86_400_000_000
                try await kernel.withConnection { connection in
                    try MessageQueueStore(connection).prune(before: cutoff, now: now)
                    try MessageReceiptStore(connection).prune(before: cutoff)
                    try MessageLimitStore(connection).prune(before: now / 86_400_000_000 - 2)
                }
            },
            Job("messages.count", every: .seconds(15)) { [kernel, counters] in
                counters.set(waiting: try await kernel.withConnection { connection in try MessageQueueStore(connection).waiting() })
            },
        ]
    }
    public var routes: [Route] { ReceiptRoutes(callbacks: callbacks, receipts: receipts).all }
    /// For other features.
    public let messaging: Messaging
    /// For metrics.
    public let counters = MessageCounters()
    private let kernel: Kernel
    private let delivery: MessageDelivery
    private let receipts: MessageReceipts
    private let callbacks: [ReceiptCallback]
    private let bell = DrainBell()

    /// - Parameters:
    ///   - gateways: in the order in which they are asked.
    ///   - callbacks: gateways that report deliveries by HTTP.
    ///   - organizationPrefixes: the prefixes of numbers that an organization allows; empty for all.
    ///   - now: microseconds since 1970 UTC; nil for the clock's.
    public init(
        _ kernel: Kernel, gateways: [any MessageGateway], callbacks: [ReceiptCallback] = [],
        settings: MessagingSettings = MessagingSettings(),
        organizationPrefixes: @escaping @Sendable (_ organizationID: String) -> [String] = { _ in [] },
        now: (@Sendable () -> Int64)? = nil
    ) {
        let now = now ?? { currentMicroseconds() }
        self.kernel = kernel
        self.callbacks = callbacks
        delivery = MessageDelivery(
            kernel: kernel, gateways: gateways, settings: settings,
            health: GatewayHealth(limit: settings.restFailures, restSeconds: settings.restSeconds), counters: counters,
            organizationPrefixes: organizationPrefixes, now: now)
        receipts = MessageReceipts(kernel: kernel, counters: counters, now: now)
        messaging = Messaging(composer: MessageComposer(frame: settings.frame), delivery: delivery)
        kernel.events.subscribe(to: MessagesQueued.self) { [bell] _ in bell.ring() }
    }
}

/// Runs the gateways that keep a connection.
struct GatewayService: Service {
    let delivery: MessageDelivery
    let receipts: MessageReceipts

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for gateway in delivery.gateways {
                    group.addTask {
                        await gateway.run { [receipts] receipt in await receipts.record(receipt, of: gateway.name) }
                    }
                }
                // Gateways without a connection return at once; the service lives as long as the program.
                group.addTask { try? await gracefulShutdown() }
            }
        }
    }
}
