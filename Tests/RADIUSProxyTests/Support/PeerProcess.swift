import Foundation
import NIOConcurrencyHelpers
import Testing

/// Another program on this machine, in a directory of its own, killed with its last reference.
final class PeerProcess {
    let directory: URL
    private let process = Process()
    private let log: URL

    static func isInstalled(_ programs: String...) -> Bool {
        programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Parameters:
    ///   - files: written into the directory first; `@DIR@` in a text or an argument stands for it.
    ///   - ready: what the program writes once it serves.
    init(_ program: String, _ arguments: [String], files: [String: String], ready: String) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "radian-proxy-\(UUID().uuidString)")
        self.directory = directory
        log = directory.appending(path: "log")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        func placed(_ text: String) -> String { text.replacingOccurrences(of: "@DIR@", with: directory.path) }
        for (name, text) in files {
            try placed(text).write(to: directory.appending(path: name), atomically: true, encoding: .utf8)
        }
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = URL(filePath: program)
        process.arguments = arguments.map(placed)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let deadline = ContinuousClock.now + .seconds(30)
        while !text.contains(ready) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                stop()
                throw NotReady(log: text)
            }
            // The program has no other sign of its readiness than what it writes.
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: directory)
    }

    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func stop() {
        guard process.isRunning else { return }
        send(SIGKILL)
        process.waitUntilExit()
    }

    struct NotReady: Error {
        let log: String
    }

    /// Runs a program to its end.
    static func run(_ program: String, _ arguments: [String], in directory: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
