import Database
import Foundation
import Glibc
import RADIUSClient
import Testing

/// Accounting of many sessions side by side by `radian radius load`, which remembers what was acknowledged, whatever happens to servers and
/// databases meanwhile.
final class AcknowledgedLoad {
    /// Names that the sessions are of, `user0` and so on; the usage of half of them is kept.
    static let users = 20

    private let ledger: URL
    private let server: ServerUnderTest
    private let process: ChildProcess
    private var file: FileHandle?
    private var count = 0

    /// Starts the load.
    /// - Parameter alternate: a second server, which shares the load and gets what the first does not answer.
    init(_ server: ServerUnderTest, alternate: ServerUnderTest? = nil) throws {
        self.server = server
        ledger = try Surroundings.temporaryDirectory("load").appending(path: "ledger")
        let further = alternate.map { ["--alternate", "127.0.0.1:\($0.acctPort)"] } ?? []
        process = try ChildProcess(
            Surroundings.radian,
            [
                "radius", "load", "--ledger", ledger.path, "--duration", "600", "--warm-up", "0", "--window", "64", "--timeout", "0.3",
                "--users", "\(Self.users)", "--user-pattern", "user%d", "--sessions", "200",
            ] + further, environment: server.environment, directory: server.directory)
    }

    deinit {
        try? FileManager.default.removeItem(at: ledger.deletingLastPathComponent())
    }

    /// Has the usage of half of the users kept, as that of users with a quota is.
    static func keepUsage(_ connection: any DatabaseConnection) throws {
        for user in stride(from: 0, to: users, by: 2) {
            try connection.script(
                """
                INSERT INTO radian_usage_user (username, organization_id, zone, hours_back, days_back, granted)
                    VALUES ('user\(user)', '', 'UTC', 24, 1, '{}')
                """)
        }
    }

    /// Packets acknowledged so far.
    var acknowledged: Int {
        if file == nil { file = try? FileHandle(forReadingFrom: ledger) }
        // Each line has its word once.
        let news = (try? file?.readToEnd()) ?? Data()
        count += news.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "acked ".utf8) }
        return count
    }

    /// Waits until so many more packets than now are acknowledged.
    func waitForAcknowledgements(_ number: Int, seconds: Double = 30) throws {
        let goal = acknowledged + number
        try eventually("\(number) acknowledgements", within: seconds) {
            guard process.isRunning else { throw TimedOut(description: "the load ended: \(process.output.text)") }
            return acknowledged >= goal
        }
    }

    /// Waits until nothing was acknowledged for a while.
    func waitForSilence(seconds: Double = 30) throws {
        var last = (count: -1, since: Date())
        try eventually("silence", within: seconds) {
            if acknowledged != last.count { last = (count, Date()) }
            return Date().timeIntervalSince(last.since) > 1
        }
    }

    /// Kills the load and compares the database of its server with what was acknowledged.
    func expectNothingLost(sourceLocation: SourceLocation = #_sourceLocation) throws {
        process.send(SIGKILL)
        _ = try process.wait()
        let (exit, output) = try ChildProcess.run(
            Surroundings.radian, ["radius", "verify", "--ledger", ledger.path], environment: server.environment,
            directory: server.directory)
        #expect(exit == .code(0) && output.contains("nothing is lost"), "\(output)", sourceLocation: sourceLocation)
        let kept = Self.users / 2
        #expect(output.contains("and the usage of \(kept) users"), "\(output)", sourceLocation: sourceLocation)
    }
}
