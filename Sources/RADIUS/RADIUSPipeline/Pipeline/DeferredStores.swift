import NIOConcurrencyHelpers

/// The stores that requests use once they have left their batch, one request at a time.
///
/// `@unchecked Sendable`: `lock` guards `stores`.
final class DeferredStores: @unchecked Sendable {
    private let lock = NIOLock()
    private let factory: any StoreFactory
    private var stores: WorkerStores?

    init(_ factory: any StoreFactory) {
        self.factory = factory
    }

    func visit(_ body: (WorkerStores) -> Void) {
        lock.withLock {
            let stores = self.stores ?? factory.makeStores()
            self.stores = stores
            body(stores)
        }
    }
}
