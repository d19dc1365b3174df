public import Accounts
public import Database
import WebRouting

/// Changes of what organizations choose, with their audit, in one transaction; for the API and the command line.
public struct OrganizationSettingsService {
    private let connection: any DatabaseConnection
    private let store: OrganizationSettingsStore

    /// - Parameter defaults: the configuration's values.
    public init(_ connection: any DatabaseConnection, defaults: OrganizationSettings) {
        self.connection = connection
        store = OrganizationSettingsStore(connection, defaults: defaults)
    }

    /// Changes settings; nil, and a value equal to the configuration's, go back to inheriting.
    /// - Throws: ``OrganizationSettingsError``, or the database's error; nothing is written then.
    public func change(_ changes: [String: String?], of organization: Organization) throws {
        try connection.unitOfWork {
            let before = try store.overrides(of: organization.id)
            try store.set(changes, of: organization.id)
            let after = try store.overrides(of: organization.id)
            let names = changes.keys.filter { before[$0] != after[$0] }.sorted()
            guard !names.isEmpty else { return }
            try AuditLog(connection).record(
                .changed, Self.object(organization), before: Self.values(names, before, isAfter: false),
                after: Self.values(names, after, isAfter: true))
        }
    }

    /// Replaces the secret by which the organization's FreeRADIUS is known.
    public func renewToken(of organization: Organization) throws {
        try connection.unitOfWork {
            _ = try store.renewToken(organization.id)
            try AuditLog(connection).record(
                .replaced,
                AuditObject(.token, id: organization.id, label: "token of \(organization.slug)", organizationIDs: [organization.id]))
        }
    }

    private static func object(_ organization: Organization) -> AuditObject {
        AuditObject(.settings, id: organization.id, label: organization.slug, organizationIDs: [organization.id])
    }

    private static func values(_ names: [String], _ choices: [String: String], isAfter: Bool) -> JSONValue {
        .object(
            names.map { name in
                guard let choice = choices[name] else { return .init(name, .null) }
                let isSecret = OrganizationSetting.named(name)?.isSecret ?? true
                return .init(name, .string(isSecret ? isAfter ? "*** (another)" : "***" : choice))
            })
    }
}
