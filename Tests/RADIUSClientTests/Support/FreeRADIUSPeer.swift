import Foundation
import Glibc

@testable import RADIUSClient

/// Debian's FreeRADIUS with one user, `bob` / `hello`, in the `files` module: an independent judge of our requests.
final class FreeRADIUSPeer {
    static let program = "/usr/sbin/freeradius"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    let authentication: ServerAddress
    let accounting: ServerAddress
    private let directory: URL
    private let process = Process()

    /// Starts the server and waits until it is ready.
    init() throws {
        let ports = try Self.freePorts()
        authentication = ServerAddress(host: "127.0.0.1", port: ports.0)
        accounting = ServerAddress(host: "127.0.0.1", port: ports.1)
        directory = FileManager.default.temporaryDirectory.appending(path: "radian-freeradius-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Self.configuration(authentication: authentication, accounting: accounting)
            .write(to: directory.appending(path: "radiusd.conf"), atomically: true, encoding: .utf8)
        try "$INCLUDE /usr/share/freeradius/dictionary\n"
            .write(to: directory.appending(path: "dictionary"), atomically: true, encoding: .utf8)
        try "bob Cleartext-Password := \"hello\"\n\tReply-Message = \"hi\", Session-Timeout = 600\n"
            .write(to: directory.appending(path: "users"), atomically: true, encoding: .utf8)

        let log = directory.appending(path: "log")
        try Data().write(to: log)
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["-fxl", log.path, "-d", directory.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = MonotonicClock.now() + 20_000_000_000
        while try !String(contentsOf: log, encoding: .utf8).contains("Ready to process requests") {
            guard process.isRunning, MonotonicClock.now() < deadline else {
                kill(process.processIdentifier, SIGKILL)
                throw Failure(log: (try? String(contentsOf: log, encoding: .utf8)) ?? "")
            }
            // The server has no other sign of its readiness than its log.
            poll(nil, 0, 20)
        }
    }

    deinit {
        // The signal mask of a test's thread, which the server inherits, may hold SIGTERM back.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    struct Failure: Error {
        let log: String
    }

    private static func freePorts() throws -> (UInt16, UInt16) {
        let loopback = try ServerAddress(host: "127.0.0.1", port: 0).resolve()
        let sockets = try [DatagramSocket(boundTo: loopback), DatagramSocket(boundTo: loopback)]
        return (sockets[0].localPort, sockets[1].localPort)
    }

    private static func configuration(authentication: ServerAddress, accounting: ServerAddress) -> String {
        """
        libdir = /usr/lib/freeradius
        run_dir = ${confdir}
        logdir = ${confdir}
        proxy_requests = no
        max_requests = 16384
        client loopback {
            ipaddr = 127.0.0.1
            secret = testing123
        }
        modules {
            pap {
            }
            chap {
            }
            mschap {
            }
            files {
                filename = ${confdir}/users
            }
            always ok {
                rcode = ok
            }
        }
        server default {
            listen {
                type = auth
                ipaddr = 127.0.0.1
                port = \(authentication.port)
            }
            listen {
                type = acct
                ipaddr = 127.0.0.1
                port = \(accounting.port)
            }
            authorize {
                files
                chap
                mschap
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
            }
            preacct {
            }
            accounting {
                ok
            }
        }
        """
    }
}
