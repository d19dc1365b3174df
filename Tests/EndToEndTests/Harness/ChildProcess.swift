import Foundation

/// A program started by a test. Killed when nobody refers to it any more.
final class ChildProcess {
    let name: String
    let output = ProcessOutput()
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private var isReaped = false

    /// How a program ended.
    enum Exit: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// - Parameters:
    ///   - environment: added to the test's own.
    ///   - directory: where it works; nil for the test's own.
    ///   - input: handed to its standard input, which is closed then; nil for none.
    init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: URL? = nil, input: Pipe? = nil
    ) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = directory }
        let (out, error) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = error
        process.standardInput = input ?? FileHandle.nullDevice
        process.terminationHandler = { [ended] _ in ended.signal() }
        // Threads of a queue block all signals, and a program would begin with that.
        var (none, usual) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &usual)
        defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
        try process.run()
        output.collect(out.fileHandleForReading)
        output.collect(error.fileHandleForReading)
    }

    deinit {
        if !isReaped { kill(process.processIdentifier, SIGKILL) }
    }

    var isRunning: Bool { process.isRunning }

    /// Memory in use, MiB.
    var residentMemory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
            return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
        }
    }

    /// Whether it has loaded a library of this name.
    func uses(_ library: String) throws -> Bool {
        // The kernel hands this file out piece by piece; whoever believes in its size, or in a short read, gets the first.
        let maps = FileHandle(forReadingAtPath: "/proc/\(process.processIdentifier)/maps")
        return try String(decoding: maps?.readToEnd() ?? Data(), as: UTF8.self).contains("/\(library).so")
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end of the program and of its output.
    /// - Throws: ``TimedOut``; the program is killed then.
    func wait(seconds: Double = 20) throws -> Exit {
        if !isReaped {
            guard ended.wait(timeout: .now() + seconds) == .success else {
                send(SIGKILL)
                throw TimedOut(description: "\(name) has not ended within \(seconds) s:\n\(output.text.suffix(4000))")
            }
            isReaped = true
        }
        _ = output.waitForEnd(seconds: 5)
        return process.terminationReason == .exit ? .code(process.terminationStatus) : .signal(process.terminationStatus)
    }

    /// Waits for a text in the output.
    /// - Throws: ``TimedOut`` with the output.
    func expect(_ text: String, from start: Int = 0, seconds: Double = 20) throws {
        guard output.wait(for: text, from: start, seconds: seconds) else {
            throw TimedOut(description: "\(name) did not write '\(text)' within \(seconds) s:\n\(output.text.suffix(4000))")
        }
    }

    /// Runs a program to its end.
    static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: URL? = nil, seconds: Double = 30
    ) throws -> (exit: Exit, output: String) {
        let child = try ChildProcess(path, arguments, environment: environment, directory: directory)
        let exit = try child.wait(seconds: seconds)
        return (exit, child.output.text)
    }
}
