import Foundation
import Glibc

/// Chromium without a window, driven over its DevTools protocol by two pipes.
///
/// `@unchecked Sendable`: `condition` guards every stored variable.
final class Browser: @unchecked Sendable {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private static let program = ["/usr/lib/chromium/chromium", "/usr/bin/chromium"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static var isInstalled: Bool { program != nil }
    /// One for all tests; each opens pages in a context of its own.
    static let shared = Result { try Browser() }

    private let profile: URL
    private let process: pid_t
    private let input: FileHandle
    private let condition = NSCondition()
    private var lastID = 0
    private var answers: [Int: [String: Any]] = [:]
    private var listeners: [String: @Sendable (Data) -> Void] = [:]
    private var isClosed = false

    private init() throws {
        guard let program = Self.program else { throw Failed(description: "Chromium is not installed") }
        profile = FileManager.default.temporaryDirectory.appending(path: "radian-browser-\(UUID().uuidString)")
        let (toBrowser, fromBrowser) = (Pipe(), Pipe())
        let arguments = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb", "--lang=en-GB",
            // All names of gateways, on whatever port, are the simulated ones of the tests; their certificates are nobody's.
            "--host-resolver-rules=MAP *.nas.test 127.0.0.1:\(try GatewayServer.shared.get().port)", "--ignore-certificate-errors",
            "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
            "--remote-debugging-pipe", "--user-data-dir=\(profile.path)", "about:blank",
        ]
        process = try Self.spawn(
            arguments, reads: toBrowser.fileHandleForReading.fileDescriptor, writes: fromBrowser.fileHandleForWriting.fileDescriptor)
        input = toBrowser.fileHandleForWriting
        // Its own end closed, so that the browser's death ends the stream.
        try? fromBrowser.fileHandleForWriting.close()
        let output = fromBrowser.fileHandleForReading
        Thread.detachNewThread { [self] in read(output) }
        // Held by the process for its life: tests end without telling.
        let (pid, folder) = (process, profile)
        AtExit.add {
            _ = kill(pid, SIGKILL)
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Starts a program that reads commands from descriptor 3 and writes to 4, as Chromium wants it.
    private static func spawn(_ arguments: [String], reads: Int32, writes: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // By numbers that are free: either end may be 3 or 4 itself.
        posix_spawn_file_actions_adddup2(&actions, reads, 103)
        posix_spawn_file_actions_adddup2(&actions, writes, 104)
        posix_spawn_file_actions_adddup2(&actions, 103, 3)
        posix_spawn_file_actions_adddup2(&actions, 104, 4)
        // Whoever waits for the end of another program's output would wait for the browser's, if it held that pipe too.
        for descriptor: Int32 in 5..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of a queue block all signals, and the program would begin with that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, arguments[0], &actions, &attributes, words, environ)
        guard result == 0 else { throw Failed(description: "\(arguments[0]): \(String(cString: strerror(result)))") }
        return pid
    }

    private func read(_ output: FileHandle) {
        var buffer = Data()
        while case let part = output.availableData, !part.isEmpty {
            buffer.append(part)
            while let end = buffer.firstIndex(of: 0) {
                handle(Data(buffer[buffer.startIndex..<end]))
                buffer = Data(buffer[buffer.index(after: end)...])
            }
        }
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    private func handle(_ message: Data) {
        guard let object = try? JSONSerialization.jsonObject(with: message) as? [String: Any] else { return }
        if let id = object["id"] as? Int {
            condition.withLock {
                answers[id] = object
                condition.broadcast()
            }
        } else if let session = object["sessionId"] as? String {
            let listener = condition.withLock { listeners[session] }
            listener?(message)
        }
    }

    /// Calls a method of the protocol and waits for its result.
    func call(_ method: String, _ parameters: [String: Any] = [:], session: String? = nil, seconds: Double = 30) throws -> [String: Any] {
        let id = condition.withLock {
            lastID += 1
            return lastID
        }
        var message: [String: Any] = ["id": id, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try input.write(contentsOf: try JSONSerialization.data(withJSONObject: message) + Data([0]))
        let deadline = Date(timeIntervalSinceNow: seconds)
        let answer = condition.withLock { () -> [String: Any]? in
            while answers[id] == nil { guard !isClosed, condition.wait(until: deadline) else { return nil } }
            return answers.removeValue(forKey: id)
        }
        guard let answer else { throw Failed(description: "\(method): no answer within \(seconds) s") }
        if let error = answer["error"] { throw Failed(description: "\(method): \(error)") }
        return answer["result"] as? [String: Any] ?? [:]
    }

    /// Hands the events of a page's session to a function, each as JSON.
    func listen(_ session: String, _ work: @escaping @Sendable (Data) -> Void) {
        condition.withLock { listeners[session] = work }
    }
}
