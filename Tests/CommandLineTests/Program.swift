import Foundation
import Testing

/// The built program in a directory and with a database of its own.
struct Program: ~Copyable {
    struct Result {
        let code: Int32
        let output: String
        let errors: String

        /// The output as JSON objects.
        func json() throws -> [[String: Any]] {
            let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
            if let object = value as? [String: Any] { return [object] }
            return try #require(value as? [[String: Any]])
        }
    }

    let directory: URL
    var environment: [String: String]

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        environment = [
            "RADIAN_DATABASE_URL": "sqlite:radian.db", "RADIAN_CONTROL_SOCKET": "radian.sock",
            "RADIAN_DICTIONARY_PATH": repository.appendingPathComponent("Dictionaries").path,
        ]
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Beside the test program, where the build puts both.
    private static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("radian")

    /// Runs a command to its end.
    func run(_ arguments: String..., input: String = "") throws -> Result {
        try run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String = "") throws -> Result {
        let name = UUID().uuidString
        let streams = try ["in", "out", "err"].map { suffix in
            let url = directory.appendingPathComponent("\(name).\(suffix)")
            try (suffix == "in" ? input : "").write(to: url, atomically: false, encoding: .utf8)
            return url
        }
        let process = try start(
            arguments, input: FileHandle(forReadingFrom: streams[0]), output: FileHandle(forWritingTo: streams[1]),
            errors: FileHandle(forWritingTo: streams[2]))
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus, output: try String(contentsOf: streams[1], encoding: .utf8),
            errors: try String(contentsOf: streams[2], encoding: .utf8))
    }

    /// Runs a command that must end with exit code 0.
    /// - Returns: its output.
    @discardableResult
    func succeed(_ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws -> Result {
        let result = try run(arguments, input: input)
        #expect(result.code == 0, "\(arguments.joined(separator: " ")): \(result.errors)", sourceLocation: sourceLocation)
        return result
    }

    /// Starts a command that goes on; the caller ends it.
    func start(_ arguments: [String], input: FileHandle = .nullDevice, output: FileHandle = .nullDevice, errors: FileHandle = .nullDevice)
        throws -> Process
    {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    /// Writes a file into the directory.
    func write(_ text: String, to name: String) throws {
        try text.write(to: directory.appendingPathComponent(name), atomically: false, encoding: .utf8)
    }
}
