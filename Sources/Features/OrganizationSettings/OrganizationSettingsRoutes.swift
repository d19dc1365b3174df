import Accounts
import Database
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// The routes by which managers see and change what their organization chooses for itself.
struct OrganizationSettingsRoutes: Sendable {
    let kernel: Kernel
    let directory: SettingsDirectory

    private static let path = "/api/v1/organization/:slug/settings/"
    private static let section = "Organizations"
    private static let access = Access.manager(model: "organization")
    private static let schema = JSONSchema.object([("settings", .array(OrganizationSetting.schema))])
    private static let notFound = Reply(.notFound, "No such organization, or one that one does not manage.", .detail)

    var all: [Route] {
        [
            Route(
                .get, Self.path, "Show an organization's settings", section: Self.section, access: Self.access,
                replies: [
                    Reply(.ok, "What holds, the organization's own choice and the installation's value.", Self.schema), Self.notFound,
                ]
            ) { request in
                .json(try await document(request))
            },
            Route(
                .patch, Self.path, "Change an organization's settings", section: Self.section, access: Self.access,
                form: Form(OrganizationSetting.all.map(\.field)),
                replies: [
                    Reply(.ok, "The settings.", Self.schema), Reply(.badRequest, "What is wrong with which setting.", .fieldErrors),
                    Self.notFound,
                ]
            ) { request in
                try await change(request)
                return .json(try await document(request))
            },
        ]
    }

    private func document(_ request: WebRequest) async throws -> JSONValue {
        let (caller, slug, defaults) = (try request.user(), request.parameter("slug"), directory.defaults)
        return try await kernel.withConnection { connection in
            let organization = try Self.organization(slug, caller, connection)
            let store = OrganizationSettingsStore(connection, defaults: defaults)
            let own = try store.overrides(of: organization.id)
            let effective = try store.settings(of: organization.id)
            return [
                "settings": .array(
                    OrganizationSetting.all.map { $0.document(effective: effective, own: own[$0.name], defaults: defaults) })
            ]
        }
    }

    private func change(_ request: WebRequest) async throws {
        let (caller, slug, directory) = (try request.user(), request.parameter("slug"), directory)
        var changes: [String: String?] = [:]
        for setting in OrganizationSetting.all {
            guard let value = request.values.json(setting.name) else { continue }
            // The mask of a secret sent back says that it stays.
            if setting.isSecret, value.string == OrganizationSetting.hidden { continue }
            changes[setting.name] = .some(OrganizationSetting.text(of: value))
        }
        try await kernel.withConnection { [changes] connection in
            let organization = try Self.organization(slug, caller, connection)
            do {
                try OrganizationSettingsService(connection, defaults: directory.defaults).change(changes, of: organization)
            } catch let error as OrganizationSettingsError {
                throw error.problem
            }
            try directory.refresh(over: connection)
        }
    }

    /// - Throws: 404 for an organization that is not there or that the caller does not manage.
    private static func organization(_ slug: String, _ caller: Principal, _ connection: any DatabaseConnection) throws -> Organization {
        guard !slug.utf8.contains(0), let organization = try OrganizationStore(connection).organization(slug: slug),
            caller.scope.contains(organization.id)
        else { throw Problem.notFound }
        return organization
    }
}

extension OrganizationSettingsError {
    /// The refusal at the setting's name.
    fileprivate var problem: Problem {
        switch self {
        case .unknown: .field(name, "There is no setting with this name.")
        case .invalid(_, _, let expected): .field(name, Message("Not a valid value. Expected: {expected}.", ["expected": expected]))
        case .senderMissing: .field(name, "Verification by SMS needs a sender.")
        case .hostsMissing: .field(name, "This list cannot be empty while the installation has none either.")
        }
    }
}
