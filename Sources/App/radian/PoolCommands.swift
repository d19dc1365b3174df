import AddressPools
public import ArgumentParser
import Composition
import Database
import Foundation
public import RADIUSPipeline

extension AddressKind: ExpressibleByArgument {}

struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Pools of addresses and prefixes for sessions.",
        discussion: """
            The check item Pool-Name gives a user or group an address of a pool; several items with += give one of each kind.
            Pools of FreeRADIUS's table radippool are served beside these.

            Example:
              radian pool add home 10.20.0.0/16
              radian group set staff check Pool-Name := home
            """,
        subcommands: [List.self, Add.self, Remove.self, Leases.self, Release.self])

    /// Seconds since 1970 UTC.
    fileprivate static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the pools.",
            discussion: """
                Example:
                  radian pool list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let store = AddressPoolStore(try options.openForReading())
            let pools = try store.all().map { pool in
                PoolEntry(
                    name: pool.name, kind: pool.kind, ranges: pool.ranges.description, size: pool.ranges.count,
                    leased: try store.runningLeases(pool.name, at: PoolCommand.now), leaseSeconds: pool.leaseSeconds)
            }
            if json { return try Output.json(pools) }
            Output.table(
                ["pool", "kind", "ranges", "size", "leased", "lease"],
                pools.map {
                    [$0.name, $0.kind.rawValue, $0.ranges, String($0.size), String($0.leased), Quantity.duration($0.leaseSeconds)]
                },
                empty: "there are no pools; 'radian pool add NAME RANGE' adds one")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a pool.",
            discussion: """
                Ranges: 10.0.0.10-10.0.0.250, 10.1.0.0/24, 2001:db8:100::/40. Of an IPv4 network the first and the last address are left out.
                Kinds: ipv4, ipv6, ipv6-prefix (Framed-IPv6-Prefix, /64), delegated-prefix (Delegated-IPv6-Prefix, /56).

                Example:
                  radian pool add home 10.20.0.10-10.20.3.250 10.21.0.0/24 --lease 2h
                  radian pool add home6 2001:db8:100::/40 --kind delegated-prefix --length 56
                """)

        @Argument(help: "The pool's name, as Pool-Name gives it.") var name: String
        @Argument(help: "Addresses or networks.") var ranges: [String]
        @Option(help: "ipv4, ipv6, ipv6-prefix or delegated-prefix.") var kind = AddressKind.ipv4
        @Option(help: ArgumentHelp("Length of the prefixes that are handed out.", valueName: "bits")) var length: Int?
        @Option(help: ArgumentHelp("How long a lease lasts without accounting.", valueName: "time")) var lease = "1h"
        @Option(help: ArgumentHelp("The organization that it belongs to.", valueName: "slug")) var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let seconds = Quantity.seconds(lease), seconds >= 60 else {
                throw ValidationError("--lease cannot be '\(lease)'; write a time such as 2h, a minute at least.")
            }
            let addresses = try AddressRanges(ranges.joined(separator: ","), kind: kind, length: length)
            let connection = try options.openForWriting()
            let owner = try organization.map { try connection.organizationID(slug: $0) }
            try AddressPoolChanges(connection).add(
                AddressPool(name: name, kind: kind, ranges: addresses, leaseSeconds: seconds, organizationID: owner), at: PoolCommand.now)
            Output.line("pool '\(Output.printable(name))' added: \(addresses.count) to hand out")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a pool.",
            discussion: """
                Example:
                  radian pool remove home
                """)

        @Argument(help: "The pool's name.") var name: String
        @Flag(help: "Even while addresses are leased.") var force = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try AddressPoolChanges(options.openForWriting()).remove(name, force: force, at: PoolCommand.now)
            Output.line("pool '\(Output.printable(name))' removed")
        }
    }

    struct Leases: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List running leases.",
            discussion: """
                Example:
                  radian pool leases home --limit 20
                """)

        @Argument(help: "Only this pool's.") var name: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 1000
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
        }

        func run() throws {
            let leases = try AddressPoolStore(options.openForReading()).leases(of: name, at: PoolCommand.now, limit: limit)
            if json { return try Output.json(leases) }
            Output.table(
                ["pool", "address", "user", "calling station", "nas", "until"],
                leases.map { [$0.pool, $0.address, $0.userName, $0.station, $0.nas, Output.time($0.expires)] },
                empty: "no leases are running")
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a lease; the session that has the address is not told.",
            discussion: """
                Example:
                  radian pool release 10.20.0.17
                """)

        @Argument(help: "The address or prefix.") var address: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard try AddressPoolStore(options.openForWriting()).release(address, at: PoolCommand.now) > 0 else {
                throw CommandFailure("nobody has \(Output.printable(address)) now; 'radian pool leases' shows who has what")
            }
            Output.line("\(Output.printable(address)) released")
        }
    }
}

/// A pool in lists.
private struct PoolEntry: Encodable {
    var name: String
    var kind: AddressKind
    var ranges: String
    var size: Int64
    var leased: Int
    var leaseSeconds: Int64
}
