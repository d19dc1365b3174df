import Database
import Foundation
import Logging
import NASClients
import RADIUSTransport
import ServerKernel

/// Runs all checks.
public struct Checkup {
    private static let all: [any Check] = [
        WrongSecretCheck(), UnknownNASCheck(), MessageAuthenticatorCheck(), ClockSkewCheck(), MissingAccountingCheck(), WeakSecretCheck(),
        CertificateCheck(), PolicyRowCheck(), StoredPasswordCheck(), StaleSessionCheck(), PortCheck(), ReceiveBufferCheck(),
        LetterLinkCheck(),
    ]

    /// Looks at configuration, database, machine and the running server; changes nothing.
    /// - Returns: the worst first.
    /// - Throws: an error of the dictionary.
    public static func run(_ configuration: RadianConfiguration) throws -> [Finding] {
        var scene = CheckScene(
            configuration: configuration, dictionary: try configuration.loadDictionary(), epoch: Int64(Date().timeIntervalSince1970),
            sockets: UDPSocketEntry.all())
        let limit = try? String(contentsOfFile: "/proc/sys/net/core/rmem_max", encoding: .utf8)
        scene.largestReceiveBuffer = limit.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        scene.statistics = statistics(configuration)
        var findings = openDatabase(&scene)
        if scene.statistics == nil {
            findings.append(
                Finding(
                    "server.running", .notice, "no server of this configuration runs, so that what NAS devices send was not looked at",
                    advice: "run this again beside the server", command: "radian serve"))
        }
        for check in all { findings += run(check, scene) }
        let order = Finding.Severity.allCases
        return order.flatMap { severity in findings.filter { $0.severity == severity } }
    }

    private static func run(_ check: some Check, _ scene: CheckScene) -> [Finding] {
        do {
            return try check.findings(scene)
        } catch {
            return [check.found(.error, "cannot be checked: \(error)", advice: "see whether the database works")]
        }
    }

    private static func statistics(_ configuration: RadianConfiguration) -> ServerStatistics? {
        var statistics: ServerStatistics?
        try? ControlClient.send(ControlRequest(command: "statistics"), to: configuration.controlSocketPath) { line in
            statistics = ServerStatistics(json: line)
            return false
        }
        return statistics
    }

    private static func openDatabase(_ scene: inout CheckScene) -> [Finding] {
        func failed(_ message: String, _ advice: String, _ command: String? = nil) -> [Finding] {
            [Finding("database", .error, message, advice: advice, command: command)]
        }
        do {
            let engine = try scene.configuration.makeEngine()
            let connection: any DatabaseConnection
            do {
                connection = try engine.connect(.general)
            } catch {
                return failed(
                    "the database \(engine.displayName) cannot be reached: \(error)", "check database.url and the database server")
            }
            let pending = try Schema.pending(connection)
            guard pending.isEmpty else {
                return failed(
                    "the database \(engine.displayName) lacks \(pending.count) changes of this version", "let the program make them",
                    "radian migrate")
            }
            scene.connection = connection
            var problems: [Finding] = []
            let reporter = Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() }
            let registry = NASRegistry(configured: scene.configuration.nasClients, logger: reporter)
            try registry.refresh(over: connection)
            scene.devices = registry.table.all
            problems += try NASStore(connection).unusableRows().map { problem in
                Finding("nas.row", .error, problem, advice: "correct the row; the NAS is not served until then")
            }
            return problems
        } catch {
            return failed("the database cannot be used: \(error)", "check database.url and the database server")
        }
    }
}
