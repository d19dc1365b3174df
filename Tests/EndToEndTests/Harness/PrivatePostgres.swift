import Foundation

/// A PostgreSQL server that belongs to one test, which may stop and start it: other tests share the one of the environment.
final class PrivatePostgres {
    /// URL of its default database.
    let url: String
    private let process: ChildProcess
    private let commands = Pipe()

    init() throws {
        // The script keeps the server for as long as its command runs: until this end of the pipe closes.
        let loop = """
            echo "URL=$RADIAN_TEST_POSTGRES" READY
            while read -r command; do "$RADIAN_TEST_POSTGRES_CTL" "$command" >/dev/null 2>&1 </dev/null; echo "$command: $?"; done
            """
        process = try ChildProcess(Surroundings.project.appending(path: ".ci/with-postgres").path, ["sh", "-c", loop], input: commands)
        try process.expect(" READY", seconds: 60)
        let line = process.output.text.split(whereSeparator: \.isWhitespace).last { $0.hasPrefix("URL=") }
        url = String(line?.dropFirst(4) ?? "")
    }

    deinit {
        try? commands.fileHandleForWriting.close()
        _ = try? process.wait()
    }

    /// Ends the server, with its connections, and waits until it is gone.
    func stop() throws { try run("stop") }

    /// Ends the server as a crash would.
    func crash() throws { try run("kill") }

    /// Starts the server, which recovers from a crash, and waits until it answers.
    func start() throws { try run("start") }

    private func run(_ command: String) throws {
        let start = process.output.count
        try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
        try process.expect("\(command): 0", from: start, seconds: 60)
    }
}
