import Composition
import Database
import DatabasePostgres
import Foundation
import Glibc

/// A PostgreSQL server that belongs to one test, which may stop and start it: other tests share the one of the environment.
final class PrivatePostgres {
    /// URL of its default database.
    let url: String
    private let data: String
    private let process: ChildProcess
    private let commands = Pipe()

    /// - Parameter directory: where it keeps all that it has; nil for the usual temporary directory.
    init(directory: String? = nil) throws {
        // The script keeps the server for as long as its command runs: until this end of the pipe closes.
        let loop = """
            echo "URL=$RADIAN_TEST_POSTGRES" "DATA=$RADIAN_TEST_POSTGRES_DATA" READY
            while read -r command; do "$RADIAN_TEST_POSTGRES_CTL" $command </dev/null; echo "$command: $?"; done
            """
        process = try ChildProcess(
            Surroundings.project.appending(path: ".ci/with-postgres").path, ["sh", "-c", loop],
            environment: directory.map { ["TMPDIR": $0] } ?? [:], input: commands)
        try process.expect(" READY", seconds: 60)
        let words = process.output.text.split(whereSeparator: \.isWhitespace)
        func value(_ name: String) -> String { String(words.last { $0.hasPrefix(name) }?.dropFirst(name.count) ?? "") }
        (url, data) = (value("URL="), value("DATA="))
    }

    deinit {
        // What stands still cannot be ended.
        try? resume()
        try? resumeStandby()
        try? commands.fileHandleForWriting.close()
        _ = try? process.wait()
    }

    /// Ends the server, with its connections, and waits until it is gone.
    func stop() throws { try run("stop") }

    /// Ends the server as a crash would.
    func crash() throws { try run("kill") }

    /// Starts the server, which recovers from a crash, and waits until it answers.
    func start() throws { try run("start") }

    /// Stops every process of the server where it stands: its connections stay, and nothing answers.
    func pause() throws { try signal(SIGSTOP, data) }

    func resume() throws { try signal(SIGCONT, data) }

    /// Ends every process of the server at once.
    func killAll() throws { try signal(SIGKILL, data) }

    /// Makes a standby that commits wait for, and starts it.
    /// - Returns: the URL of whichever of the two accepts writes.
    func addStandby() throws -> String {
        let port = try Surroundings.freePorts(1)[0]
        try run("standby \(port)")
        let connection = try connect()
        try eventually("the standby is in step", within: 30) {
            try connection.first(Statement("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")) { _ in true } ?? false
        }
        let address = url.split(separator: "@")[1].split(separator: "/")[0]
        return "postgres://radian@\(address),127.0.0.1:\(port)/postgres?target_session_attrs=read-write"
    }

    func pauseStandby() throws { try signal(SIGSTOP, data + "/../standby") }

    func resumeStandby() throws { try signal(SIGCONT, data + "/../standby") }

    /// Makes the standby the server that accepts writes; waits until it is.
    func promote() throws { try run("promote") }

    func connect() throws -> any DatabaseConnection { try PostgresEngine(url: url).connect(.general) }

    /// Whether the first of its processes is there.
    var isRunning: Bool {
        guard let file = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8) else { return false }
        return Int32(file.prefix { $0.isNumber }).map { kill($0, 0) == 0 } ?? false
    }

    /// Makes Radian's schema with the local host as NAS, alice, whose password is x, and users for a load.
    static func prepare(_ connection: any DatabaseConnection) throws {
        _ = try Schema.migrate(connection)
        try connection.script(
            """
            INSERT INTO nas (nasname, shortname, secret) VALUES ('127.0.0.1', 'lab', '\(Site.secretText)');
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('alice', 'Cleartext-Password', ':=', 'x');
            """)
        try AcknowledgedLoad.keepUsage(connection)
    }

    /// Signals the server of a data directory, the first process before those that it started.
    private func signal(_ signal: Int32, _ data: String) throws {
        let first = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8).prefix { $0.isNumber }
        guard let parent = Int32(first) else { throw TimedOut(description: "no process id in \(data)") }
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { process in
            // "PID (NAME) STATE PARENT …"; the name may hold anything.
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            return status.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { Int32($0) } == parent
        }
        for process in [parent] + processes { kill(process, signal) }
    }

    private func run(_ command: String) throws {
        let start = process.output.count
        try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
        try process.expect("\(command): 0", from: start, seconds: 60)
    }
}
