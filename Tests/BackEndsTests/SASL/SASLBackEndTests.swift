import BackEnds
import Foundation
import RADIUSPipeline
import RADIUSWire
import TestSupport
import Testing

private let saslauthd = "/usr/sbin/saslauthd"

/// Against saslauthd, which asks OpenLDAP's server.
@Suite(
    .enabled(if: FileManager.default.isExecutableFile(atPath: saslauthd), "saslauthd is not installed"),
    .enabled(if: Directory.isInstalled, "slapd is not installed"))
struct SASLBackEndTests {
    /// saslauthd on a socket of its own.
    private final class Daemon {
        let folder: TemporaryFolder
        let directory: Directory
        private let process: PeerProcess
        var socket: String { folder.path("mux") }

        init() throws {
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
                saslauthd, ["-d", "-a", "ldap", "-O", configuration, "-m", folder.url.path, "-n", "1"],
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

        func stop() { process.stop() }
    }

    private func fixture(_ daemon: Daemon, _ guarded: BackEndSettings = .patient) throws -> BackEndFixture {
        var settings = SASLSettings()
        settings.socketPath = daemon.socket
        var fixture = try BackEndFixture([(SASLBackEnd(name: "sasl", settings), guarded)])
        fixture.peer = daemon
        return fixture
    }

    @Test func `saslauthd checks passwords`() throws {
        let fixture = try fixture(Daemon())
        let decision = try fixture.logIn("alice", "password")
        #expect(decision.code == .accessAccept)
        #expect(decision.notes("Back end password") == ["sasl accepts the password"])
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        #expect(try fixture.logIn("nobody", "password").code == .accessReject)
        #expect(try fixture.logIn("alice", "").code == .accessReject)
    }

    @Test func `a daemon that is away is a failure`() throws {
        let daemon = try Daemon()
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let fixture = try fixture(daemon, guarded)
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
        daemon.stop()
        #expect(try fixture.logIn("alice", "password").reason == .backEndUnavailable)
    }

    @Test func `Auth-Type PAM picks it`() throws {
        let daemon = try Daemon()
        var settings = SASLSettings()
        settings.socketPath = daemon.socket
        let users = ["alice": UserPolicy.checks(("Cleartext-Password", ":=", "other"), ("Auth-Type", ":=", "PAM"))]
        let fixture = try BackEndFixture([(SASLBackEnd(name: "sasl", settings), .patient)], users: users)
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
        #expect(try fixture.logIn("alice", "other").reason == .passwordMismatch)
        daemon.stop()
    }
}
