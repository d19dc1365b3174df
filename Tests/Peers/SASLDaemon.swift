import Foundation
import TestSupport

/// saslauthd on a socket of its own, which asks OpenLDAP's server.
public final class SASLDaemon {
    private static let program = "/usr/sbin/saslauthd"
    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let folder: TemporaryFolder
    private let directory: Directory
    private let process: PeerProcess
    public var socket: String { folder.path("mux") }

    public init() throws {
        folder = try TemporaryFolder()
        directory = try Directory()
        let configuration = try folder.write(
            "saslauthd.conf",
            """
            ldap_servers: \(directory.url)
            ldap_search_base: ou=people,dc=example,dc=org
            ldap_filter: (uid=%u)
            ldap_bind_dn: cn=reader,dc=example,dc=org
            ldap_password: readerpw
            """)
        process = try PeerProcess(
            Self.program, ["-d", "-a", "ldap", "-O", configuration, "-m", folder.url.path, "-n", "1"],
            log: folder.url.appendingPathComponent("log"))
        // Its socket is there before it listens.
        let check = ["-u", "alice", "-p", "password", "-f", socket]
        let isReady = waitUntil {
            !process.isRunning || (try? PeerProcess.run("/usr/sbin/testsaslauthd", check)) != nil
        }
        guard isReady, process.isRunning else {
            throw PeerProcess.Failed(description: "saslauthd: \(process.output)")
        }
    }

    public func stop() { process.stop() }
}
