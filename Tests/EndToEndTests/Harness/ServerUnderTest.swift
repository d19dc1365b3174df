import Foundation
import RADIUSClient
import RADIUSWire

/// The built `radian`, running on free ports of the local host.
final class ServerUnderTest {
    let authPort: Int
    let acctPort: Int
    let httpPort: Int
    let directory: URL
    let environment: [String: String]
    private(set) var process: ChildProcess

    /// Starts the program; does not wait.
    /// - Parameters:
    ///   - settings: further variables, such as `RADIAN_LOG_LEVEL`; `{http port}` in a value is replaced.
    ///   - configuration: YAML for what variables cannot say.
    private init(_ databaseURL: String, _ settings: [String: String], _ configuration: String) throws {
        let ports = try Surroundings.freePorts(3)
        (authPort, acctPort, httpPort) = (ports[0], ports[1], ports[2])
        directory = try Surroundings.temporaryDirectory("server")
        environment = [
            "RADIAN_DATABASE_URL": databaseURL, "RADIAN_RADIUS_AUTH_PORT": "\(authPort)", "RADIAN_RADIUS_ACCT_PORT": "\(acctPort)",
            "RADIAN_HTTP_PORT": "\(httpPort)", "RADIAN_CONTROL_SOCKET": directory.appending(path: "control").path,
            "RADIAN_DICTIONARY_PATH": Surroundings.dictionaries, "RADIAN_RADIUS_LISTEN": "127.0.0.1,::1",
            "RADIAN_RADIUS_REJECT_DELAY": "0",
        ].merging(settings.mapValues { $0.replacing("{http port}", with: "\(ports[2])") }) { $1 }
        if !configuration.isEmpty {
            let file = directory.appending(path: "Config/radian.yaml")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try configuration.write(to: file, atomically: true, encoding: .utf8)
        }
        process = try ChildProcess(Surroundings.radian, ["serve"], environment: environment, directory: directory)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// Starts the program without waiting until it serves.
    static func launch(_ databaseURL: String, _ settings: [String: String] = [:]) throws -> ServerUnderTest {
        try ServerUnderTest(databaseURL, settings, "")
    }

    /// Starts the program and waits until it serves.
    static func start(_ databaseURL: String, _ settings: [String: String] = [:], configuration: String = "") throws -> ServerUnderTest {
        let server = try ServerUnderTest(databaseURL, settings, configuration)
        try server.waitUntilServing()
        return server
    }

    var log: String { process.output.text }

    /// Runs a command of the program with the server's settings.
    @discardableResult
    func radian(_ arguments: String...) throws -> String {
        let (exit, output) = try ChildProcess.run(Surroundings.radian, arguments, environment: environment, directory: directory)
        guard exit == .code(0) else { throw TimedOut(description: "radian \(arguments.joined(separator: " ")): \(output)") }
        return output
    }

    func waitUntilServing(seconds: Double = 30) throws {
        try process.expect("serving RADIUS", seconds: seconds)
    }

    /// Starts the program again on the same ports after it ended.
    func restart() throws {
        process = try ChildProcess(Surroundings.radian, ["serve"], environment: environment, directory: directory)
        try waitUntilServing()
    }

    /// Asks the program to end, as an operator's service manager does.
    func stop() throws -> ChildProcess.Exit {
        process.send(SIGTERM)
        return try process.wait()
    }

    /// Ends the program as a crash would.
    func kill() throws {
        process.send(SIGKILL)
        _ = try process.wait()
    }

    /// A client of the authentication port.
    func auth(_ secret: SharedSecret = Site.secret, host: String = "127.0.0.1", timeout: Duration = .seconds(3), attempts: Int = 2) throws
        -> Exchange
    {
        Exchange(
            server: ServerAddress(host: host, port: UInt16(authPort)), secret: secret, dictionary: try Surroundings.dictionary.get(),
            timeout: timeout, attempts: attempts)
    }

    /// A client of the accounting port.
    func acct(timeout: Duration = .seconds(3), attempts: Int = 2) throws -> Exchange {
        Exchange(
            server: ServerAddress(host: "127.0.0.1", port: UInt16(acctPort)), secret: Site.secret,
            dictionary: try Surroundings.dictionary.get(), timeout: timeout, attempts: attempts)
    }
}
