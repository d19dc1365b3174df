import CPostgres
import Database
import Glibc

/// libpq's connection parameters.
struct PostgresParameters: Sendable {
    private let values: [(keyword: String, value: String)]

    /// Those that keep a thread from waiting for a server that no longer answers, where the URL does not say otherwise.
    private static let defaults = [
        (keyword: "connect_timeout", value: "5"),
        (keyword: "tcp_user_timeout", value: "10000"),
        (keyword: "keepalives_idle", value: "10"),
        (keyword: "keepalives_interval", value: "3"),
        (keyword: "keepalives_count", value: "3"),
        (keyword: "application_name", value: "radian"),
    ]

    init(url: String) throws(DatabaseError) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://"), let options = PQconninfoParse(url, nil) else {
            throw DatabaseError(.other, "not a URL postgres://user:password@host:port/database")
        }
        defer { PQconninfoFree(options) }
        var given: [(keyword: String, value: String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                given.append((keyword: String(cString: keyword), value: String(cString: value)))
            }
            option += 1
        }
        values =
            given + Self.defaults.filter { standard in !given.contains { $0.keyword == standard.keyword } }
            + [(keyword: "client_encoding", value: "UTF8")]
    }

    /// The URL without password and parameters, except for a socket directory.
    var displayName: String {
        let user = self["user"].map { $0 + "@" } ?? ""
        let host = self["host"] ?? self["hostaddr"] ?? ""
        let database = self["dbname"].map { "/" + $0 } ?? "/"
        if host.hasPrefix("/") { return "postgres://\(user)\(self["port"].map { ":" + $0 } ?? "")\(database)?host=\(host)" }
        // Several hosts have a port each, or one in common.
        let ports = (self["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let hosts = host.split(separator: ",", omittingEmptySubsequences: false).enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return (host.contains(":") ? "[\(host)]" : host) + (port.isEmpty ? "" : ":\(port)")
        }
        return "postgres://\(user)\(hosts.joined(separator: ","))\(database)"
    }

    subscript(keyword: String) -> String? {
        values.first { $0.keyword == keyword }?.value
    }

    /// Blocks until the server has accepted or refused, `connect_timeout` for each address at most.
    /// - Returns: a connection whose status the caller checks; nil when memory is exhausted.
    func connect() -> OpaquePointer? {
        var keywords: [UnsafePointer<CChar>?] = values.map { UnsafePointer(strdup($0.keyword)) } + [nil]
        var texts: [UnsafePointer<CChar>?] = values.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer {
            for text in keywords + texts { free(UnsafeMutablePointer(mutating: text)) }
        }
        return PQconnectdbParams(&keywords, &texts, 0)
    }
}
