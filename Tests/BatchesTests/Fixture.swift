import AccessPolicy
import Accounts
@testable import Batches
import Database
import Documents
import Foundation
import Localization
import Logging
import NIOConcurrencyHelpers
import OrganizationSettings
import ServerKernel
import Sessions
import TestSupport
import WebRouting

/// A migrated database with the organizations `cafe` and `museum`, and the module over it.
struct Fixture {
    let database: TestDatabase
    let connection: any DatabaseConnection
    let kernel: Kernel
    let runner: BatchRunner
    let cafe: Organization
    let museum: Organization
    /// Mails that were queued.
    let mails: NIOLockedValueBox<[CredentialMail]>

    /// A group of `cafe`.
    static let groupID = "11111111-1111-4111-8111-111111111111"

    var service: BatchService { BatchService(runner) }
    var store: BatchStore { BatchStore(connection) }

    /// Stores passwords as they are.
    static func hooks(mails: NIOLockedValueBox<[CredentialMail]> = .init([])) -> BatchHooks {
        var defaults = OrganizationSettings()
        defaults.loginURL = "https://wifi.example.org/login"
        return BatchHooks(
            credentials: { passwords, _ in passwords.map { UserProvisioning.cleartext($0) } }, defaults: defaults,
            mail: { _, sent, _ in mails.withLockedValue { $0 += sent } })
    }

    static func with(
        _ engine: TestDatabase.Engine, threshold: Int = 15, isolation: isolated (any Actor)? = #isolation,
        _ body: (Fixture) async throws -> Void
    ) async throws {
        try await TestDatabase.with(engine, schema: schema) { database in
            let connection = try database.engine.connect(.general)
            let (cafe, museum) = (Organization(name: "Café", slug: "cafe"), Organization(name: "Museum", slug: "museum"))
            try OrganizationStore(connection).add(cafe)
            try OrganizationStore(connection).add(museum)
            for (name, id, isDefault) in [("cafe-guests", groupID, 0), ("cafe-users", UUID().uuidString.lowercased(), 1)] {
                try connection.execute(
                    Statement("INSERT INTO radiusgroup (name, id, is_default, organization_id, created) VALUES ($1, $2, $3, $4, 0)"),
                    [.text(name), .text(id), .integer(Int64(isDefault)), .text(cafe.id)])
            }
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian-batches-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            let mails = NIOLockedValueBox<[CredentialMail]>([])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let kernel = Kernel(engine: database.engine, connections: 2, refreshInterval: .seconds(60), logger: logger)
            defer { kernel.stop() }
            let runner = BatchRunner(
                settings: BatchSettings(directory: directory, asyncThreshold: threshold),
                hooks: hooks(mails: mails), key: { _ in [UInt8](repeating: 7, count: 32) }, logger: logger)
            try await body(
                Fixture(
                    database: database, connection: connection, kernel: kernel, runner: runner, cafe: cafe, museum: museum, mails: mails))
        }
    }

    /// A runner with other hooks.
    func runner(_ hooks: BatchHooks) -> BatchRunner {
        BatchRunner(settings: runner.settings, hooks: hooks, key: runner.key, logger: runner.logger)
    }

    static let schema = [
        ServerSecrets.migrations, AccountsModule.migrations, OrganizationSettingsModule.migrations, SessionsModule.migrations,
        AccessPolicyModule.migrations, BatchesModule.migrations,
    ]

    static func reader(_ octets: [UInt8]) -> CSVReader {
        var rest = octets[...]
        return CSVReader {
            let piece = Array(rest.prefix(1000))
            rest = rest.dropFirst(1000)
            return piece
        }
    }

    static func reader(_ text: String) -> CSVReader { reader(Array(text.utf8)) }

    /// Writes a file that is removed with the fixture.
    func file(_ text: String) throws -> URL { try file(Array(text.utf8)) }

    func file(_ octets: [UInt8]) throws -> URL {
        try FileManager.default.createDirectory(at: runner.settings.directory, withIntermediateDirectories: true)
        let url = runner.settings.directory.appendingPathComponent("upload-\(UUID().uuidString)")
        try Data(octets).write(to: url)
        return url
    }

    func wish(
        _ name: String = "guests", csv text: String, skipsErrors: Bool = false, group: String? = nil, expirationDate: String? = nil
    ) throws -> BatchService.Wish {
        BatchService.Wish(
            name: name, strategy: .csv, organization: cafe, file: try file(text), expirationDate: expirationDate, groupID: group,
            skipsErrors: skipsErrors)
    }

    func prefixWish(_ count: Int, name: String = "vouchers", prefix: String = "guest") -> BatchService.Wish {
        BatchService.Wish(name: name, strategy: .prefix, organization: cafe, prefix: prefix, numberOfUsers: count)
    }

    /// Makes a batch and works it off.
    @discardableResult
    func run(_ wish: BatchService.Wish) throws -> Batch {
        let owner = BatchRunner.newOwner()
        let batch = try service.create(wish, for: owner, over: connection)
        guard let done = try runner.run(batch.id, owner: owner, over: connection) else { throw Unexpected() }
        return done
    }

    struct Unexpected: Error {}

    func usernames() throws -> [String] {
        try connection.table("SELECT username FROM radian_user WHERE username <> 'operator' ORDER BY username").map { $0[0] }
    }

    /// What a problem says in English, by field.
    static func fields(_ body: () throws -> Void) -> [String: [String]] {
        do {
            try body()
            return [:]
        } catch let problem as Problem {
            guard case .fields(let fields) = problem.content else { return ["": ["\(problem.content)"]] }
            return Dictionary(
                fields.map { ($0.field, $0.messages.map { $0.text(in: .english) }) }, uniquingKeysWith: { first, second in first + second })
        } catch {
            return ["": ["\(error)"]]
        }
    }
}
