import Accounts
import Database
import HTTPTypes
import Localization
import RADIUSTransport
import ServerKernel
import WebRouting

/// NAS devices as managers handle them: those of their organizations; superusers handle all.
struct NASService: Sendable {
    let kernel: Kernel
    let registry: NASRegistry
    let activity: NASActivity

    /// What a request says about a device; nil for fields that it leaves out.
    struct Input: Sendable {
        var address: String?
        var name: String?
        var type: String?
        var secret: String?
        var organizationID: String??
        var comment: String?
        var requiresMessageAuthenticator: Bool?
    }

    /// One page of the devices that the caller sees.
    func page(_ filter: NASFilter, _ page: Page, for caller: Principal) async throws -> (records: [NASRecord], total: Int) {
        if let organization = filter.organizationID, !caller.scope.contains(organization) {
            throw Problem.field("organization", "Select a valid choice. That choice is not one of the available choices.")
        }
        let news = activity.news()
        return try await kernel.withConnection { connection in
            let found = try NASRecordStore(connection).page(filter, page, in: caller.scope)
            return (found.records.map { $0.adding(news[$0.id]) }, found.total)
        }
    }

    /// A device that the caller sees.
    /// - Throws: 404 for any other.
    func record(_ id: Int64?, for caller: Principal) async throws -> NASRecord {
        let news = activity.news()
        return try await kernel.withConnection { connection in
            let record = try Self.find(id, caller, connection)
            return record.adding(news[record.id])
        }
    }

    /// The lines for a device, with its label.
    func setup(_ id: Int64?, at site: NASSetup.Site, for caller: Principal) async throws -> NASSetup {
        let (record, slug) = try await kernel.withConnection { connection in
            let record = try Self.find(id, caller, connection)
            let organization = try record.organizationID.flatMap { try OrganizationStore(connection).organization(id: $0) }
            return (record, organization?.slug)
        }
        return NASSetup(type: record.type, name: record.name, organizationSlug: slug, site: site)
    }

    /// Adds a device; the listeners of this server know it when this returns.
    func add(_ input: Input, for caller: Principal) async throws -> NASRecord {
        let registry = registry
        return try await kernel.withConnection { connection in
            let organization = try Self.organization(input.organizationID ?? nil, caller, connection)
            try Self.check(input.address ?? "", of: nil, caller, registry)
            let id = try Self.explaining {
                try NASChanges(connection).add(
                    name: input.name ?? "", address: input.address, secret: input.secret, type: input.type ?? "other",
                    organizationID: organization, comment: input.comment,
                    requireMessageAuthenticator: input.requiresMessageAuthenticator == true ? .yes : .auto)
            }
            try registry.refresh(over: connection)
            return try Self.find(id, caller, connection)
        }
    }

    /// Changes a device; the listeners of this server know it when this returns.
    func change(_ id: Int64?, _ input: Input, for caller: Principal) async throws -> NASRecord {
        let (registry, activity) = (registry, activity)
        return try await kernel.withConnection { connection in
            let before = try Self.find(id, caller, connection)
            // What was heard with the old secret belongs to it.
            if input.secret != nil { try activity.write(over: connection) }
            var record = before
            if let address = input.address { record.address = address }
            if let name = input.name { record.name = name }
            if let type = input.type { record.type = type }
            if let comment = input.comment { record.comment = comment }
            if let asked = input.organizationID, asked != before.organizationID {
                record.organizationID = try Self.organization(asked, caller, connection)
            }
            if let isRequired = input.requiresMessageAuthenticator, isRequired != before.requiresMessageAuthenticator {
                (record.requirement, record.isLearned) = (isRequired ? "yes" : "auto", false)
            }
            if record.address != before.address { try Self.check(record.address, of: before, caller, registry) }
            try Self.explaining { [record] in try NASChanges(connection).change(before, to: record, secret: input.secret) }
            try registry.refresh(over: connection)
            let changed = try Self.find(before.id, caller, connection)
            return changed.adding(activity.news()[changed.id])
        }
    }

    /// Removes a device; its packets are not answered any more when this returns.
    func remove(_ id: Int64?, for caller: Principal) async throws {
        let registry = registry
        try await kernel.withConnection { connection in
            try NASChanges(connection).remove(Self.find(id, caller, connection))
            try registry.refresh(over: connection)
        }
    }

    private static func find(_ id: Int64?, _ caller: Principal, _ connection: any DatabaseConnection) throws -> NASRecord {
        guard let id, let record = try NASRecordStore(connection).record(id: id, in: caller.scope) else { throw Problem.notFound }
        return record
    }

    /// The organization that a device is given to. Only superusers handle devices of all organizations.
    private static func organization(
        _ id: String?, _ caller: Principal, _ connection: any DatabaseConnection
    ) throws -> String? {
        guard let id else {
            guard caller.isSuperuser else { throw Problem.field("organization", "This field may not be null.") }
            return nil
        }
        guard caller.scope.contains(id), try OrganizationStore(connection).organization(id: id) != nil else {
            throw Problem.field("organization", Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": id]))
        }
        return id
    }

    /// A manager's device takes no packets away from devices of others: of two ranges the longer one wins.
    private static func check(_ address: String, of record: NASRecord?, _ caller: Principal, _ registry: NASRegistry) throws {
        guard let prefix = IPPrefix(address) else { throw NASError.invalidAddress(address).problem }
        guard !caller.isSuperuser else { return }
        let isForeign = registry.table.all.contains { client in
            (record == nil || client.id != record?.id) && !client.isFoundByProof && !caller.scope.contains(client.organizationID)
                && (client.prefix.contains(prefix.address) || prefix.contains(client.prefix.address))
        }
        if isForeign { throw Problem.field("name", "These addresses belong to a device of others. An administrator can share them.") }
    }

    private static func explaining<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as NASError {
            throw error.problem
        }
    }
}

extension NASError {
    /// The refusal as the API tells it.
    var problem: Problem {
        switch self {
        case .invalidAddress:
            .field("name", "Enter an address or a block of addresses, such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32.")
        case .invalidSecret: .field("secret", "This cannot be a shared secret.")
        case .exists: .field("short_name", "A device with this name or address exists already in the organization.")
        case .unknown: .notFound
        }
    }
}
