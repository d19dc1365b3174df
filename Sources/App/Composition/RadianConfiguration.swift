import Accounts
public import Foundation
public import Logging
public import RADIUSDictionary
public import RADIUSTransport
import RADIUSWire
public import ServerKernel
public import Sessions
import WebRouting

/// Everything that `Config/radian.yaml` and the environment set.
public struct RadianConfiguration: Sendable {
    /// What happens to logins while the database is away.
    public enum DatabaseDown: String, Sendable, CaseIterable {
        case silence, reject
    }

    /// `sqlite:PATH` or `postgres://user@host:port/name`.
    public var databaseURL: String
    /// Connections beside those of the packet threads.
    public var databasePoolSize: Int
    /// How often NAS devices and organizations are read again.
    public var refreshInterval: Duration

    /// Addresses of the RADIUS listeners.
    public var radiusAddresses: [IPAddress]
    /// UDP port for authentication; 0 for any free one.
    public var authPort: Int
    /// UDP port for accounting; 0 for any free one.
    public var acctPort: Int
    /// Packet threads for each listener; nil for the default of the engine.
    public var threads: Int?
    /// Largest number of packets that share a database visit.
    public var batchLimit: Int
    public var receiveBufferBytes: Int
    /// Packets that waited longer are dropped, oldest first.
    public var maximumQueueAge: Duration
    /// How long a reply is kept for retransmissions.
    public var duplicateWindow: Duration
    public var rejectDelay: Duration
    public var maximumAttributes: Int
    public var statusServer: Bool
    /// Whose Status-Server may ask for statistics.
    public var statisticsAskers: [IPPrefix]
    public var requireMessageAuthenticator: Requirement
    public var limitProxyState: Requirement
    /// Threads for password hashes and other slow work.
    public var workerThreads: Int
    /// Requests that may wait for those threads.
    public var workerQueue: Int

    public var databaseDown: DatabaseDown
    /// How many users' policies stay in memory between their logins.
    public var cachedUsers: Int
    /// Refuse a user whose rows cannot be understood, as FreeRADIUS does, instead of skipping the row.
    public var strictRows: Bool
    /// Characters of a password that a user may change to.
    public var minimumPasswordLength: Int
    /// Pseudo user whose groups serve everyone; nil for none.
    public var defaultProfile: String?
    /// Time zone of Login-Time; nil for the server's.
    public var timeZone: TimeZone?
    /// Methods that are refused: any of `pap`, `chap`, `mschap`, `eap`.
    public var deniedMethods: [String]
    public var rejectNamesWithSpaces: Bool

    /// Send a Class of ours with each Accept.
    public var sendsAccountingClass: Bool

    /// Users, passwords and sessions.
    public var accounts: AccountsConfiguration
    public var audit: AuditConfiguration
    public var eap: EAPConfiguration
    public var rules: RulesConfiguration
    public var sessions: SessionsConfiguration
    /// VPN concentrators.
    public var calledStations: CalledStationsConfiguration
    public var quotas: QuotasConfiguration
    public var addressPools: AddressPoolsConfiguration
    /// TCP, TLS and DTLS.
    public var links: LinksConfiguration
    /// Users and passwords outside of the database.
    public var backEnds: BackEndsConfiguration
    public var proxying: ProxyingConfiguration
    public var batches: BatchesConfiguration
    /// Disconnect and CoA.
    public var dynamicAuthorization: DynamicAuthorizationConfiguration
    /// E-mails and text messages.
    public var messaging: MessagingConfiguration

    /// Registration and the REST API.
    public var api: APIConfiguration
    public var http: HTTPConfiguration
    public var topology: TopologyConfiguration

    /// Directory or master file of the dictionary; nil searches the usual places.
    public var dictionaryPath: String?
    /// Further dictionary files, read after the master.
    public var additionalDictionaries: [String]

    /// Unix-domain socket by which the command line reaches the running server.
    public var controlSocketPath: String
    public var logLevel: Logger.Level
    /// Which decisions `radpostauth` gets.
    public var loggedAuthentications: LoggedAuthentications
    /// NAS devices of the file, beside those of the database.
    public var nasClients: [NASClient]

    /// Reads the configuration.
    /// - Parameter path: the file; nil for `Config/radian.yaml` where it exists, else the defaults.
    /// - Throws: ``ServerKernel/ConfigurationError`` with every problem and its line.
    public static func load(path: String?) throws -> RadianConfiguration {
        let usual = "Config/radian.yaml"
        let file = path ?? usual
        var text = ""
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            guard path == nil, !FileManager.default.fileExists(atPath: usual) else {
                throw ConfigurationError(problems: [ConfigurationProblem(location: file, message: "cannot be read")])
            }
        }
        var reader = ConfigurationReader(yaml: text, file: file, environment: ProcessInfo.processInfo.environment)
        let configuration = RadianConfiguration(&reader)
        try reader.finish()
        return configuration
    }

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        databaseURL = reader.value(
            "database", "url", default: "sqlite:var/radian.db", expected: "sqlite:PATH or postgres://user@host:port/name", holdsSecret: true
        ) {
            ["sqlite:", "postgres://", "postgresql://"].contains(where: $0.hasPrefix) ? $0 : nil
        }
        databasePoolSize = reader.integer("database", "pool_size", default: 2, in: 1...64)
        refreshInterval = reader.seconds("database", "refresh_interval", default: 5, in: 0.1...3600)

        radiusAddresses = []
        authPort = reader.integer("radius", "auth_port", default: 1812, in: 0...65535)
        acctPort = reader.integer("radius", "acct_port", default: 1813, in: 0...65535)
        let threads = reader.integer("radius", "threads", default: 0, in: 0...256)
        self.threads = threads == 0 ? nil : threads
        batchLimit = reader.integer("radius", "batch_limit", default: 64, in: 1...1024)
        receiveBufferBytes = reader.integer("radius", "receive_buffer_kib", default: 8192, in: 64...1_048_576) * 1024
        maximumQueueAge = reader.seconds("radius", "maximum_queue_age", default: 2, in: 0.1...60)
        duplicateWindow = reader.seconds("radius", "duplicate_window", default: 10, in: 0...60)
        rejectDelay = reader.seconds("radius", "reject_delay", default: 1, in: 0...10)
        maximumAttributes = reader.integer("radius", "maximum_attributes", default: 200, in: 10...2000)
        statusServer = reader.flag("radius", "status_server", default: true)
        statisticsAskers = reader.prefixes("radius", "statistics_from", default: IPPrefix.loopback)
        requireMessageAuthenticator = reader.value(
            "radius", "require_message_authenticator", default: .auto, expected: "yes, no or auto", Requirement.init(yaml:))
        limitProxyState = reader.value(
            "radius", "limit_proxy_state", default: .auto, expected: "yes, no or auto", Requirement.init(yaml:))
        workerThreads = reader.integer("radius", "worker_threads", default: 2, in: 1...256)
        workerQueue = reader.integer("radius", "worker_queue", default: 1000, in: 1...1_000_000)

        databaseDown = reader.choice("policy", "database_down", default: DatabaseDown.silence)
        cachedUsers = reader.integer("policy", "cached_users", default: 100_000, in: 0...10_000_000)
        strictRows = reader.flag("policy", "strict_rows", default: false)
        minimumPasswordLength = reader.integer("policy", "minimum_password_length", default: 8, in: 1...128)
        let profile = reader.text("policy", "default_profile", default: "")
        defaultProfile = profile.isEmpty ? nil : profile
        timeZone = reader.value("policy", "time_zone", default: nil, expected: "a time zone such as Europe/Rome") {
            $0.isEmpty ? .some(nil) : TimeZone(identifier: $0).map { .some($0) }
        }
        deniedMethods = reader.list("policy", "denied_methods", default: []).map { $0.lowercased() }
        rejectNamesWithSpaces = reader.flag("policy", "reject_names_with_spaces", default: false)

        sendsAccountingClass = reader.flag("policy", "accounting_class", default: false)

        accounts = AccountsConfiguration(&reader)
        audit = AuditConfiguration(&reader)
        eap = EAPConfiguration(&reader)
        rules = RulesConfiguration(&reader)
        sessions = SessionsConfiguration(&reader)
        calledStations = CalledStationsConfiguration(&reader)
        quotas = QuotasConfiguration(&reader)
        addressPools = AddressPoolsConfiguration(&reader)
        links = LinksConfiguration(&reader)
        backEnds = BackEndsConfiguration(&reader)
        proxying = ProxyingConfiguration(&reader)
        batches = BatchesConfiguration(&reader, passwordScheme: accounts.settings.passwordScheme, timeZone: timeZone)
        dynamicAuthorization = DynamicAuthorizationConfiguration(&reader)

        api = APIConfiguration(&reader)
        http = HTTPConfiguration(&reader)
        topology = TopologyConfiguration(&reader, timeZone: timeZone)
        messaging = MessagingConfiguration(&reader, publicOrigin: http.service.publicOrigin)
        let dictionary = reader.text("dictionary", "path", default: "")
        dictionaryPath = dictionary.isEmpty ? nil : dictionary
        additionalDictionaries = reader.list("dictionary", "additional", default: [])
        controlSocketPath = reader.text("control", "socket", default: "var/radian.sock")
        logLevel = reader.value(
            "log", "level", default: .info, expected: "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"
        ) {
            Logger.Level(rawValue: $0.lowercased())
        }
        loggedAuthentications = reader.choice("log", "authentications", default: LoggedAuthentications.all)

        for text in reader.list("radius", "listen", default: ["0.0.0.0", "::"]) {
            guard let address = IPAddress(text) else {
                reader.report(reader.location("radius", "listen"), "'\(text)' is not an IPv4 or IPv6 address")
                continue
            }
            radiusAddresses.append(address)
        }
        for method in deniedMethods where !["pap", "chap", "mschap", "eap"].contains(method) {
            reader.report(reader.location("policy", "denied_methods"), "'\(method)' is not a method; use pap, chap, mschap or eap")
        }
        nasClients = NASClientConfiguration.read(&reader)
    }

    /// Loads the dictionary that the configuration names, or the first one found: `Dictionaries` in the working directory, beside the
    /// program's share directory, or in the source tree that the program was built in.
    public func loadDictionary() throws(DictionaryError) -> AttributeDictionary {
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "radian").resolvingSymlinksInPath().deletingLastPathComponent()
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .map { URL(fileURLWithPath: $0).deletingLastPathComponent() } ?? program
        var candidates = ["Dictionaries", executable.appending(path: "../share/radian/Dictionaries").path]
        var directory = executable
        while directory.path != "/" {
            directory.deleteLastPathComponent()
            candidates.append(directory.appending(path: "Dictionaries").path)
        }
        let found = candidates.first { FileManager.default.fileExists(atPath: $0 + "/dictionary") }
        return try AttributeDictionary.load(dictionaryPath ?? found ?? "Dictionaries", additional: additionalDictionaries)
    }
}

extension Requirement {
    /// YAML's and the environment's spellings: yes/true, no/false, auto.
    init?(yaml text: String) {
        switch text.lowercased() {
        case "yes", "true", "on": self = .yes
        case "no", "false", "off": self = .no
        case "auto": self = .auto
        default: return nil
        }
    }
}
