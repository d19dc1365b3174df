import AccessPolicy
import AddressPools
import BackEnds
import Database
import Proxying
import RADIUSPipeline
import ServerKernel
import Sessions

/// Opens the stores of a packet thread: one database connection that all of them share.
struct PacketStores: StoreFactory {
    let engine: any DatabaseEngine
    let modules: AllModules
    /// Never reach the database.
    var areAbsent = false

    func makeStores() -> WorkerStores {
        let connection = areAbsent ? KeptConnection.absent(engine) : KeptConnection(engine, .packets)
        let loader = modules.accessPolicy.loader(over: connection)
        var stores = WorkerStores(
            policy: modules.accessPolicy.policies(loader, over: connection), credentials: loader,
            accounting: modules.sessions.recorder(over: connection))
        stores.oneTimePasswords = modules.backEnds.oneTimePasswordStore(over: connection)
        stores.usage = modules.sessions.usage(over: connection)
        stores.addresses = modules.addressPools.leases(over: connection)
        stores.userTokens = UserTokenSpending(connection)
        stores.relay = modules.proxying.relayQueue(over: connection)
        return stores
    }
}
