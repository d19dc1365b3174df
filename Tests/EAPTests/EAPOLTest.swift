import Foundation
import TestCards

@testable import EAP

/// `eapol_test`, the supplicant of wpa_supplicant as a RADIUS client.
enum EAPOLTest {
    static let isInstalled = Command.find("eapol_test") != nil && TestCertificates.shared != nil

    struct Result: CustomStringConvertible {
        var isSuccess: Bool
        var output: String
        var outcomes: [TestRADIUSServer.Outcome]

        /// Without the peer's log, which is long.
        var description: String { "\(isSuccess ? "success" : "failure") \(output.suffix(60)) \(outcomes)" }

        /// eapol_test compares its MSK with the MPPE keys of the Access-Accept.
        var keysMatch: Bool { output.contains("MPPE keys OK: ") && !output.contains("MPPE keys OK: 0") && output.contains("mismatch: 0") }
    }

    /// Runs it against a server of its own.
    /// - Parameters:
    ///   - network: lines of the network block; `DIR` stands for the folder of certificates.
    ///   - arguments: more options.
    ///   - card: answers for a SIM.
    static func run(
        _ settings: EAPSettings, _ network: [String], _ arguments: [String] = [], card: SoftwareCard? = nil,
        policy: @escaping @Sendable (EAPAuthentication) -> EAPVerdict = TestUser.bob.verdict
    ) throws -> Result {
        let server = try TestRADIUSServer(settings, policy: policy)
        defer { server.stop() }
        let directory = FileManager.default.temporaryDirectory.appending(path: "eapol-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let certificates = TestCertificates.shared?.directory.path ?? ""
        let lines = (["key_mgmt=IEEE8021X"] + network).map { $0.replacingOccurrences(of: "DIR", with: certificates) }
        let file = directory.appending(path: "eapol.conf")
        let head = card == nil ? "" : "ctrl_interface=\(directory.path)\nexternal_sim=1\n"
        try "\(head)network={\n\(lines.joined(separator: "\n"))\n}\n".write(to: file, atomically: true, encoding: .utf8)
        var options = ["-c", file.path, "-a", "127.0.0.1", "-p", "\(server.port)", "-s", "testing123", "-t", "10"]
        if let card {
            options.append("-W")
            card.serve(directory.appending(path: "test").path)
        }
        defer { card?.stop() }
        let (status, output) = try Command.run("eapol_test", options + arguments, in: directory)
        return Result(isSuccess: status == 0, output: output, outcomes: server.outcomes)
    }
}
