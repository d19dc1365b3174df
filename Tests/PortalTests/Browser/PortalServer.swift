import Foundation
import TestPeers

/// The built program with the demo's data, serving on free ports of the local host until the tests end.
///
/// `@unchecked Sendable`: nothing changes once it is made.
final class PortalServer: @unchecked Sendable {
    /// One for all tests.
    static let shared = Result { try PortalServer() }

    let origin: String
    /// The superuser `admin`'s.
    let password: String
    private let folder: TemporaryFolder
    private let process: PeerProcess
    private let environment: [String: String]

    private init() throws {
        folder = try TemporaryFolder()
        let ports = (0..<3).map { _ in PeerProcess.freePort() }
        origin = "http://127.0.0.1:\(ports[0])"
        environment = [
            "RADIAN_DATABASE_URL": "sqlite:\(folder.url.appending(path: "radian.sqlite").path)", "RADIAN_HTTP_PORT": "\(ports[0])",
            "RADIAN_RADIUS_AUTH_PORT": "\(ports[1])", "RADIAN_RADIUS_ACCT_PORT": "\(ports[2])", "RADIAN_RADIUS_REJECT_DELAY": "0",
            "RADIAN_CONTROL_SOCKET": folder.url.appending(path: "control").path,
            "RADIAN_DICTIONARY_PATH": Project.root.appending(path: "Dictionaries").path,
            "RADIAN_HTTP_PORTAL_DIRECTORY": Project.root.appending(path: "Portal").path,
        ]
        let told = try Self.run(["demo"], environment, folder.url)
        guard let match = told.firstMatch(of: /superuser admin has the password (\S+);/) else { throw Browser.Failed(description: told) }
        password = String(match.1)
        process = try PeerProcess(Project.radian.path, ["serve"], environment: environment, log: folder.url.appending(path: "log"))
        let deadline = Date(timeIntervalSinceNow: 60)
        while !process.output.contains("serving RADIUS") {
            guard Date() < deadline, process.isRunning else { throw Browser.Failed(description: process.output) }
            usleep(50_000)
        }
        try fill()
    }

    /// Users, a session that goes on, logins that were refused.
    private func fill() throws {
        try radian("user", "add", "maria", "--password", "correct horse", "--organization", "demo", "--email", "maria@example.org")
        try radian("radius", "acct", "start", "maria", "--framed-ip", "10.0.0.7", "--calling-station-id", "02-1A-2B-3C-4D-5E")
        // Refused, which the command says by its exit.
        _ = try? radian("radius", "test", "maria", "wrong")
        _ = try? radian("radius", "test", "nobody", "wrong")
        try radian("radius", "test", "maria", "correct horse")
    }

    @discardableResult
    func radian(_ arguments: String...) throws -> String { try Self.run(arguments, environment, folder.url) }

    private static func run(_ arguments: [String], _ environment: [String: String], _ folder: URL) throws -> String {
        let process = Process()
        process.executableURL = Project.radian
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Browser.Failed(description: "radian \(arguments.joined(separator: " ")): \(output)")
        }
        return output
    }
}
