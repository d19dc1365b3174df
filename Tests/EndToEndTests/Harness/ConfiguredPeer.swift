import Foundation

/// A program of another maker, in a directory of its own with files that a test writes.
final class ConfiguredPeer {
    let directory: URL
    private(set) var process: ChildProcess
    private let launch: () throws -> ChildProcess

    /// Starts the program and waits until it has written `ready`.
    /// - Parameters:
    ///   - arguments: `@DIR@` stands for the directory, here and in the files.
    ///   - files: texts by name.
    init(_ path: String, _ arguments: [String], files: [String: String], ready: String) throws {
        let directory = try Surroundings.temporaryDirectory(URL(fileURLWithPath: path).lastPathComponent)
        self.directory = directory
        func located(_ text: String) -> String { text.replacingOccurrences(of: "@DIR@", with: directory.path) }
        for (name, text) in files {
            try located(text).write(to: directory.appending(path: name), atomically: true, encoding: .utf8)
        }
        launch = {
            let process = try ChildProcess(path, arguments.map(located), directory: directory)
            try process.expect(ready)
            return process
        }
        process = try launch()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Ends the program as a crash would.
    func kill() throws {
        process.send(SIGKILL)
        _ = try process.wait()
    }

    /// Starts the program again.
    func restart() throws { process = try launch() }

    /// Runs a body; what it throws comes with what the program wrote last.
    func explaining<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw TimedOut(description: "\(error)\n\(process.output.text.suffix(6000))")
        }
    }

    /// What a file of the directory holds now; empty where there is none.
    func text(_ name: String) -> String { (try? String(contentsOf: directory.appending(path: name), encoding: .utf8)) ?? "" }
}
