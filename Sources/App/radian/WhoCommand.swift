import ArgumentParser
import Composition
import Database
import Foundation
import Logging
import NASClients
import RADIUSTransport
import Sessions

struct WhoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who",
        abstract: "Who is online: sessions that have started and not stopped.",
        discussion: """
            Sessions come from accounting. A session marked '?' is probably over: its NAS has been silent about it for too long.

            Example:
              radian who
              radian who alice
              radian who --nas office --json
            """)

    @Argument(help: "Only this user's sessions.") var user: String?
    @Option(help: ArgumentHelp("Only sessions of this NAS: its name or address.", valueName: "name")) var nas: String?
    @Option(help: ArgumentHelp("Only sessions of this Calling-Station-Id, in any notation.", valueName: "address")) var mac: String?
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load()
        let connection = try options.openForReading()
        let devices = try NASNames(configuration, connection)
        var sessions = try SessionStore(connection).online(userName: user)
        if let nas { sessions.removeAll { !devices.matches(nas, $0.nasAddress) } }
        if let mac {
            let wanted = Self.digits(mac)
            sessions.removeAll { Self.digits($0.callingStationID) != wanted }
        }
        if json { return try Output.json(sessions) }
        let now = Int64(Date().timeIntervalSince1970)
        Output.table(
            ["user", "station", "address", "nas", "network", "since", "up", "down", "last update", ""],
            sessions.map { session in
                [
                    session.userName, session.callingStationID, session.address, devices.name(of: session.nasAddress), session.ssid,
                    Output.time(session.startedAt), Output.volume(session.inputOctets), Output.volume(session.outputOctets),
                    Output.time(session.updatedAt ?? session.startedAt), session.isStale(at: now) ? "?" : "",
                ]
            }, empty: "nobody is online; 'radian last' shows past sessions")
    }

    private static func digits(_ text: String) -> String { String(text.lowercased().filter { !"-:. ".contains($0) }) }
}

struct LastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "last",
        abstract: "Past and present sessions, newest first.",
        discussion: """
            Example:
              radian last alice --limit 10
            """)

    @Argument(help: "Only this user's sessions.") var user: String?
    @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 30
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
    }

    func run() throws {
        let configuration = try options.load()
        let connection = try options.openForReading()
        let sessions = try SessionStore(connection).sessions(openOnly: false, userName: user, limit: limit)
        if json { return try Output.json(sessions) }
        let devices = try NASNames(configuration, connection)
        Output.table(
            ["user", "nas", "address", "station", "from", "to", "lasted", "up", "down", "cause"],
            sessions.map { session in
                [
                    session.userName, devices.name(of: session.nasAddress), session.framedIPAddress, session.callingStationID,
                    Output.time(session.startedAt), session.stoppedAt == nil ? "still online" : Output.time(session.stoppedAt),
                    Output.duration(session.sessionTimeSeconds), Output.volume(session.inputOctets), Output.volume(session.outputOctets),
                    session.terminateCause,
                ]
            }, empty: "there are no sessions")
    }
}

/// The names of NAS devices by the addresses that sessions carry.
struct NASNames {
    private let table: NASTable

    init(_ configuration: RadianConfiguration, _ connection: any DatabaseConnection) throws {
        let registry = NASRegistry(
            configured: configuration.nasClients, logger: Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() })
        try registry.refresh(over: connection)
        table = registry.table
    }

    /// The name where the address is known, else the address.
    func name(of address: String) -> String { IPAddress(address).flatMap { table.client(for: $0) }?.name ?? address }

    /// Whether an address belongs to the NAS of a name or address.
    func matches(_ nameOrAddress: String, _ address: String) -> Bool {
        address == nameOrAddress || name(of: address).lowercased() == nameOrAddress.lowercased()
    }
}
