import AccessPolicy
import Accounts
import Batches
import Database
import DatabasePostgres
import DatabaseSQLite
import Foundation
import NASClients
import OrganizationSettings
import Sessions
import TestSupport

@testable import MigrationSources

/// A database of this program, empty, and a directory for sources.
struct Place {
    let database: TestDatabase
    let connection: any DatabaseConnection
    let directory: URL

    static func with(_ engine: TestDatabase.Engine, _ body: (Place) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("migration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let schema = [
            AccountsModule.migrations, OrganizationSettingsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations,
            AccessPolicyModule.migrations, BatchesModule.migrations,
        ]
        try TestDatabase.with(engine, schema: schema) { database in
            let connection = try database.engine.connect(.general)
            try body(Place(database: database, connection: connection, directory: directory))
        }
    }

    /// Writes a source.
    /// - Returns: its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = directory.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    static let engines = MigrationSource.Engines(
        postgres: { try PostgresEngine(url: $0) }, existingFile: { SQLiteEngine(path: $0, isReadOnly: true) },
        newFile: { SQLiteEngine(path: $0) })

    /// Runs a migration.
    @discardableResult
    func migrate(
        _ product: MigrationProduct, _ source: String, _ change: (inout MigrationOptions) -> Void = { _ in }
    ) throws -> MigrationReport {
        try run(change) { try $0.run(product, MigrationSource(source, engines: Self.engines)) }
    }

    @discardableResult
    func run(
        _ change: (inout MigrationOptions) -> Void = { _ in }, over other: (any DatabaseConnection)? = nil,
        _ body: (MigrationRun) throws -> Void
    ) throws -> MigrationReport {
        var options = MigrationOptions(settings: OrganizationSettings())
        change(&options)
        let run = try MigrationRun(into: other ?? connection, options: options, scratchEngine: Self.engines.newFile)
        try body(run)
        return run.report
    }

    func table(_ sql: String) throws -> [[String]] { try connection.table(sql) }

    /// Everything that a migration may write, to compare two states.
    func everything() throws -> [[String]] {
        try [
            "SELECT id, name, slug, is_active FROM radian_organization ORDER BY 1",
            "SELECT organization_id, name, value FROM radian_organization_setting ORDER BY 1, 2",
            """
            SELECT id, username, email, phone_number, first_name, last_name, is_active, is_staff, is_superuser, created, last_login, expires_at,
                language, password_updated FROM radian_user ORDER BY 1
            """,
            "SELECT user_id, email, is_verified, is_primary FROM radian_email_address ORDER BY 1, 2",
            "SELECT organization_id, user_id, id, is_admin FROM radian_organization_user ORDER BY 1, 2",
            "SELECT organization_id, user_id FROM radian_organization_owner ORDER BY 1",
            "SELECT user_id, role_id FROM radian_user_role ORDER BY 1, 2",
            "SELECT id, name, organization_id, is_default FROM radiusgroup ORDER BY 1",
            "SELECT id, username, attribute, op, value, organization_id FROM radcheck ORDER BY 1",
            "SELECT id, username, attribute, op, value, organization_id FROM radreply ORDER BY 1",
            "SELECT id, groupname, attribute, op, value FROM radgroupcheck ORDER BY 1",
            "SELECT id, groupname, attribute, op, value FROM radgroupreply ORDER BY 1",
            "SELECT id, username, groupname, priority, organization_id FROM radusergroup ORDER BY 1",
            "SELECT id, nasname, shortname, type, secret, organization_id FROM nas ORDER BY 1",
            "SELECT user_id, organization_id, method, is_verified FROM radian_registered_user ORDER BY 1, 2",
            "SELECT user_id, token_sha256, value FROM radian_api_token ORDER BY 1",
            "SELECT user_id, key, organization_id, can_auth FROM radian_radius_token ORDER BY 1",
            "SELECT id, organization_id, name, strategy, status, prefix, item_count, group_name, expiration_date, linked_users FROM radian_batch ORDER BY 1",
            "SELECT batch_id, user_id, is_created, is_joined FROM radian_batch_user ORDER BY 1, 2",
            "SELECT acctuniqueid, username, acctstarttime, acctstoptime, acctinputoctets, organization_id FROM radacct ORDER BY 1",
            "SELECT id, username, reply, authdate, organization_id FROM radpostauth ORDER BY 1",
        ].flatMap { try connection.table($0) }
    }
}

/// Runs a program of the machine.
enum Tool {
    static func path(_ name: String) -> String? {
        ["/usr/bin/\(name)", "/usr/local/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Returns: what it wrote on standard output.
    static func run(_ path: String, _ arguments: [String], to file: String) throws {
        try Data().write(to: URL(fileURLWithPath: file))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle(forWritingAtPath: file)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(code: process.terminationStatus) }
    }

    struct Failed: Error {
        let code: Int32
    }
}
