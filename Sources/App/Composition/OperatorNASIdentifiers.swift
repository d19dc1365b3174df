import Database
import NIOConcurrencyHelpers
import RADIUSProxy
import RADIUSTransport
import ServerKernel
import SessionActions

/// Operator-NAS-Identifiers of the NAS devices that the registry knows, and the ways back to them.
///
/// `@unchecked Sendable`: `lock` guards `connection`.
final class OperatorNASIdentifiers: NASReturns, @unchecked Sendable {
    private let directory: any NASDirectory
    private let links: any DynamicAuthorizationLinks
    private let lock = NIOLock()
    private let connection: KeptConnection
    private let seal = NIOLockedValueBox<SealedNAS?>(nil)

    init(_ engine: any DatabaseEngine, directory: any NASDirectory, links: any DynamicAuthorizationLinks) {
        self.directory = directory
        self.links = links
        connection = KeptConnection(engine, .general)
    }

    /// Takes the key that all nodes share; before, no NAS has an identifier.
    func use(key: [UInt8]) { seal.withLockedValue { $0 = SealedNAS(key: key) } }

    func identifier(of client: NASClient, at address: IPAddress) -> [UInt8]? {
        seal.withLockedValue { $0 }?.seal(client.key, address)
    }

    func isOwn(_ identifier: [UInt8]) -> Bool { seal.withLockedValue { $0 }?.open(identifier) != nil }

    func way(to identifier: [UInt8]) -> NASWay? {
        guard let (key, address) = seal.withLockedValue({ $0 })?.open(identifier),
            let nas = directory.table.all.first(where: { $0.key == key })
        else { return nil }
        // Without the database the NAS's own settings are not known, and the usual ones hold.
        let settings = lock.withLock {
            try? connection.use { connection throws(DatabaseError) in try NASTargetStore(connection).target(nas.name) }
        }
        guard let destination = try? NASDestination(of: nas, at: address, settings ?? nil),
            let link = links.link(to: destination.endpoint, secret: destination.secret, nas: nas)
        else { return nil }
        return NASWay(nas: nas, endpoint: destination.endpoint, link: link)
    }
}
