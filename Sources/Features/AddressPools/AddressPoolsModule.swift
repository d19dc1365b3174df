public import Database
import Foundation
public import ServerKernel

/// Pools of addresses and prefixes, leased at login and kept by accounting.
public struct AddressPoolsModule: FeatureModule {
    public static let name = "AddressPools"
    public static var migrations: [Migration] { AddressPoolsMigrations.all }
    public var jobs: [Job] {
        [
            Job("pools.refresh", every: kernel.refreshInterval) { [directory, kernel] in
                try await kernel.withConnection { connection in try directory.refresh(over: connection) }
            }
        ]
    }
    /// The pools as packet threads see them.
    public let directory = AddressPoolDirectory()
    private let kernel: Kernel
    private let tableLeaseSeconds: Int64

    /// - Parameter tableLeaseSeconds: how long a lease of FreeRADIUS's `radippool` lasts without accounting.
    public init(_ kernel: Kernel, tableLeaseSeconds: Int64 = 3600) {
        self.kernel = kernel
        self.tableLeaseSeconds = tableLeaseSeconds
    }

    /// The address store of one packet thread.
    public func leases(over connection: KeptConnection) -> AddressLeases {
        AddressLeases(connection, directory: directory, tableLeaseSeconds: tableLeaseSeconds)
    }
}
