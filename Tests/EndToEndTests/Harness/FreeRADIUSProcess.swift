import Foundation
import RADIUSClient
import TestSupport

/// Debian's FreeRADIUS on the same tables, with a configuration of its own in a temporary directory.
final class FreeRADIUSProcess {
    static let path = "/usr/sbin/freeradius"
    private static let modules = "/usr/lib/freeradius"
    private static let filters = "/etc/freeradius/3.0/mods-config/attr_filter"
    private static let queries = "/etc/freeradius/3.0/mods-config/sql/main"

    /// Whether this machine has the program and its driver for an engine.
    static func isInstalled(_ engine: TestDatabase.Engine) -> Bool {
        Surroundings.isInstalled(path) && FileManager.default.fileExists(atPath: "\(queries)/\(dialect(engine))/queries.conf")
            && FileManager.default.fileExists(atPath: "\(modules)/rlm_sql_\(dialect(engine)).so")
    }

    /// FreeRADIUS's own schema for an engine.
    static func schema(_ engine: TestDatabase.Engine) throws -> String {
        try String(contentsOfFile: "\(queries)/\(dialect(engine))/schema.sql", encoding: .utf8)
    }

    let authPort: Int
    let acctPort: Int
    let process: ChildProcess
    private let directory: URL

    /// Starts the program and waits until it serves.
    /// - Parameters:
    ///   - readsClients: take the NAS devices from the table `nas` instead of the configuration.
    ///   - countsUsage: enforce the limits of rlm_sqlcounter.
    ///   - readsHuntGroups: take Huntgroup-Name from the table `radhuntgroup`, as FreeRADIUS's documentation shows.
    ///   - certificates: serve EAP with them.
    convenience init(
        _ database: TestDatabase, readsClients: Bool = false, countsUsage: Bool = false, readsHuntGroups: Bool = false,
        certificates: Certificates? = nil
    ) throws {
        let huntGroups = """
            update request {
                &Huntgroup-Name := "%{sql:SELECT groupname FROM radhuntgroup WHERE nasipaddress='%{NAS-IP-Address}'}"
            }
            """
        let counters = countsUsage ? Self.counterModules : []
        let modules = [Self.sql(Self.driver(database), readsClients: readsClients)] + counters.map(\.text)
        try self.init(
            (modules + (certificates.map { [Self.eap($0)] } ?? [])).joined(separator: "\n"), store: "sql", limits: counters.map(\.name),
            preset: readsHuntGroups ? huntGroups : "", readsClients: readsClients, servesEAP: certificates != nil)
    }

    /// Whether rlm_sqlcounter and its queries are there.
    static func hasCounters(_ engine: TestDatabase.Engine) -> Bool {
        isInstalled(engine) && FileManager.default.fileExists(atPath: "\(counterQueries)/\(dialect(engine))/dailycounter.conf")
            && FileManager.default.fileExists(atPath: "\(modules)/rlm_sqlcounter.so")
    }
    private static let counterQueries = "/etc/freeradius/3.0/mods-config/sql/counter"

    /// Instances of rlm_sqlcounter as Debian configures them.
    private static let counterModules = [
        ("dailycounter", "Max-Daily-Session", "daily"), ("weeklycounter", "Max-Weekly-Session", "weekly"),
        ("monthlycounter", "Max-Monthly-Session", "monthly"), ("noresetcounter", "Max-All-Session", "never"),
        ("expire_on_login", "Expire-After", "never"),
    ].map { name, attribute, reset in
        (
            name: name,
            text: """
            sqlcounter \(name) {
                sql_module_instance = sql
                dialect = ${modules.sql.dialect}
                counter_name = \(name)-used
                check_name = \(attribute)
                reply_name = Session-Timeout
                key = User-Name
                reset = \(reset)
                $INCLUDE \(counterQueries)/${dialect}/\(name).conf
            }
            """
        )
    }

    /// The same on a `users` file.
    convenience init(usersFile path: String) throws {
        try self.init(
            """
            files {
                usersfile = \(path)
                acctusersfile = \(path)
                preproxy_usersfile = \(path)
            }
            """, store: "files", readsClients: false)
    }

    /// Whether rlm_rest is there.
    static var hasREST: Bool { Surroundings.isInstalled(path) && FileManager.default.fileExists(atPath: "\(modules)/rlm_rest.so") }

    /// One that asks the REST API about everything, as OpenWISP RADIUS's documentation sets it up.
    /// - Parameters:
    ///   - port: of the API.
    ///   - authorization: organization's id and token.
    convenience init(restPort port: Int, authorization: String) throws {
        func section(_ name: String, _ route: String, _ fields: [(String, String)]) -> String {
            let members = fields.map { #"\"\#($0)\": \"\#($1)\""# }.joined(separator: ", ")
            return """
                \(name) {
                    uri = "http://127.0.0.1:\(port)/api/v1/freeradius/\(route)/"
                    method = "post"
                    body = "json"
                    data = "{\(members)}"
                }
                """
        }
        let stations = [("called_station_id", "%{Called-Station-ID}"), ("calling_station_id", "%{Calling-Station-ID}")]
        let login = [("username", "%{User-Name}"), ("password", "%{User-Password}")] + stations
        let report = [("username", "%{User-Name}"), ("password", "%{User-Password}"), ("reply", "%{reply:Packet-Type}")] + stations
        let record =
            [
                ("status_type", "%{Acct-Status-Type}"), ("session_id", "%{Acct-Session-Id}"), ("unique_id", "%{Acct-Unique-Session-Id}"),
                ("username", "%{User-Name}"), ("realm", "%{Realm}"), ("nas_ip_address", "%{NAS-IP-Address}"),
                ("nas_port_id", "%{NAS-Port}"),
                ("nas_port_type", "%{NAS-Port-Type}"), ("session_time", "%{Acct-Session-Time}"), ("authentication", "%{Acct-Authentic}"),
                ("input_octets", "%{Acct-Input-Octets}"), ("output_octets", "%{Acct-Output-Octets}"),
                ("terminate_cause", "%{Acct-Terminate-Cause}"), ("service_type", "%{Service-Type}"),
                ("framed_protocol", "%{Framed-Protocol}"), ("framed_ip_address", "%{Framed-IP-Address}"),
            ] + stations
        let module = """
            rest {
                connect_uri = "http://127.0.0.1:\(port)"
                \(section("authorize", "authorize", login))
                \(section("post-auth", "postauth", report))
                \(section("accounting", "accounting", record))
                pool {
                    start = 1
                    min = 1
                    max = 4
                    spare = 1
                    uses = 0
                    lifetime = 0
                    idle_timeout = 0
                }
            }
            """
        let header = """
            update control {
                &REST-HTTP-Header += "Authorization: Bearer \(authorization)"
            }
            """
        try self.init(module, store: "rest", preset: header, readsClients: false)
    }

    private init(
        _ module: String, store: String, limits: [String] = [], preset: String = "", readsClients: Bool, servesEAP: Bool = false
    ) throws {
        let ports = try Surroundings.freePorts(2)
        (authPort, acctPort) = (ports[0], ports[1])
        directory = try Surroundings.temporaryDirectory("freeradius")
        let text = Self.configuration(
            directory.path, ports, module, store, limits, preset, readsClients: readsClients, servesEAP: servesEAP)
        try text.write(to: directory.appending(path: "radiusd.conf"), atomically: true, encoding: .utf8)
        process = try ChildProcess(Self.path, ["-fxxl", "stdout", "-d", directory.path])
        try process.expect("Ready to process requests")
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// Ends the program. It does not always obey SIGTERM, and has nothing to finish.
    func stop() throws {
        process.send(SIGKILL)
        _ = try process.wait()
    }

    /// A client of the authentication port.
    func auth() throws -> Exchange { try client(authPort) }

    /// A client of the accounting port.
    func acct() throws -> Exchange { try client(acctPort) }

    private func client(_ port: Int) throws -> Exchange {
        Exchange(
            server: ServerAddress(host: "127.0.0.1", port: UInt16(port)), secret: Site.secret,
            dictionary: try Surroundings.dictionary.get(),
            timeout: .seconds(3), attempts: 2)
    }

    private static func dialect(_ engine: TestDatabase.Engine) -> String { engine == .sqlite ? "sqlite" : "postgresql" }

    private static func driver(_ database: TestDatabase) -> String {
        if database.url.hasPrefix("sqlite:") {
            return """
                driver = "rlm_sql_sqlite"
                dialect = "sqlite"
                sqlite {
                    filename = "\(database.url.dropFirst("sqlite:".count))"
                    busy_timeout = 2000
                }
                """
        }
        let parts = URLComponents(string: database.url)
        return """
            driver = "rlm_sql_postgresql"
            dialect = "postgresql"
            server = "\(parts?.host ?? "")"
            port = \(parts?.port ?? 5432)
            login = "\(parts?.user ?? "")"
            radius_db = "\(parts?.path.dropFirst() ?? "")"
            """
    }

    private static func sql(_ driver: String, readsClients: Bool) -> String {
        """
        sql {
            \(driver)
            acct_table1 = "radacct"
            acct_table2 = "radacct"
            postauth_table = "radpostauth"
            authcheck_table = "radcheck"
            groupcheck_table = "radgroupcheck"
            authreply_table = "radreply"
            groupreply_table = "radgroupreply"
            usergroup_table = "radusergroup"
            client_table = "nas"
            group_attribute = "SQL-Group"
            delete_stale_sessions = yes
            read_clients = \(readsClients ? "yes" : "no")
            # Debian's query for SQLite asks for the wrong name; without one the count decides.
            simul_verify_query = ""
            pool {
                start = 1
                min = 1
                max = 4
                spare = 1
                uses = 0
                lifetime = 0
                idle_timeout = 0
            }
            $INCLUDE \(queries)/${dialect}/queries.conf
        }
        """
    }

    private static func configuration(
        _ directory: String, _ ports: [Int], _ module: String, _ store: String, _ limits: [String], _ preset: String,
        readsClients: Bool, servesEAP: Bool
    ) -> String {
        // Users files hold no sessions.
        let sessions = store == "sql" ? "sql" : ""
        let reports = store == "rest" ? "\(preset)\nrest" : ""
        let clients =
            readsClients
            ? ""
            : """
            client lab {
                ipaddr = 127.0.0.1
                secret = \(Site.secretText)
                nas_type = other
            }
            """
        return """
            libdir = \(modules)
            raddbdir = \(directory)
            logdir = \(directory)
            run_dir = \(directory)
            pidfile = \(directory)/pid
            cleanup_delay = 1
            correct_escapes = true
            proxy_requests = no
            security {
                reject_delay = 0
                status_server = yes
            }
            \(clients)
            modules {
                pap {
                }
                chap {
                }
                mschap {
                }
                preprocess {
                }
                expiration {
                }
                logintime {
                }
                expr {
                }
                attr_filter access_reject {
                    key = "%{User-Name}"
                    filename = \(filters)/access_reject
                }
                \(module)
            }
            instantiate {
                expr
            }
            server lab {
                listen {
                    type = auth
                    ipaddr = 127.0.0.1
                    port = \(ports[0])
                }
                listen {
                    type = acct
                    ipaddr = 127.0.0.1
                    port = \(ports[1])
                }
                authorize {
                    preprocess
                    chap
                    mschap
                    \(servesEAP ? "eap {\nok = return\n}" : "")
                    \(preset)
                    \(store)
                    expiration
                    logintime
                    \(limits.joined(separator: "\n"))
                    pap
                }
                authenticate {
                    Auth-Type PAP {
                        pap
                    }
                    Auth-Type CHAP {
                        chap
                    }
                    Auth-Type MS-CHAP {
                        mschap
                    }
                    \(servesEAP ? "eap" : "")
                }
                preacct {
                    preprocess
                    update request {
                        &Acct-Unique-Session-Id := "%{md5:%{User-Name},%{Acct-Session-ID},%{%{NAS-IPv6-Address}:-%{NAS-IP-Address}},%{NAS-Identifier},%{NAS-Port-ID},%{NAS-Port}}"
                    }
                }
                accounting {
                    \(sessions)
                    \(reports)
                }
                session {
                    \(sessions)
                }
                post-auth {
                    \(reports)
                    Post-Auth-Type REJECT {
                        \(reports)
                        access_reject
                    }
                }
            }
            """
    }
}
