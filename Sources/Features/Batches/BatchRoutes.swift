import Accounts
import Database
import Foundation
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// The batch routes of the API.
struct BatchRoutes {
    /// Kind of object in permissions: `add_radiusbatch`.
    static let model = "radiusbatch"
    private static let base = "/api/v1/radius/batch/"
    private static let section = "Batches"
    /// Users that a batch's own document shows; `…/users/` has all of them.
    private static let shownUsers = 1000
    private static let filters = [Field("organization", .uuid, help: "Batches of this organization.")]

    let kernel: Kernel
    let service: BatchService
    let worker: BatchWorker

    private var settings: BatchSettings { service.runner.settings }

    var all: [Route] {
        [
            Route(
                .get, Self.base, "List batches", section: Self.section, access: .staff(model: Self.model), throttle: .others,
                query: Self.filters + [Field("page", .integer), Field("page_size", .integer)],
                replies: [
                    Reply(.ok, "The batches, the newest first, without users and passwords.", .page(of: BatchJSON.schema)),
                    Reply(.badRequest, "A filter that cannot be.", .fieldErrors),
                ],
                handler: list),
            Route(
                .post, Self.base, "Create users from a file or by prefix", section: Self.section, access: .staff(model: Self.model),
                throttle: .others, form: BatchForm.create, bodyLimit: settings.maximumFileSize * 2 + (1 << 16),
                replies: [
                    Reply(.ok, "A dry run.", BatchJSON.rehearsalSchema), Reply(.created, "The users are made.", BatchJSON.schema),
                    Reply(.accepted, "The users are made in the background.", BatchJSON.schema),
                    Reply(.badRequest, "Wrong fields.", .fieldErrors),
                ], handler: create),
            Route(
                .get, Self.base + ":id/", "Show a batch", section: Self.section, access: .staff(model: Self.model), throttle: .others,
                replies: [Reply(.ok, "The batch and up to \(Self.shownUsers) of its users.", BatchJSON.schema)], handler: show),
            Route(
                .patch, Self.base + ":id/", "Change a batch", section: Self.section, access: .staff(model: Self.model), throttle: .others,
                form: BatchForm.change,
                replies: [Reply(.ok, "The batch.", BatchJSON.schema), Reply(.badRequest, "Wrong fields.", .fieldErrors)], handler: change),
            Route(
                .delete, Self.base + ":id/", "Undo a batch: delete it and the accounts that it made", section: Self.section,
                access: .staff(model: Self.model), throttle: .others, replies: [Reply(.noContent, "Undone.")], handler: undo),
            Route(
                .get, Self.base + ":id/progress/", "How far a batch is", section: Self.section, access: .staff(model: Self.model),
                replies: [Reply(.ok, "Rows so far.", BatchJSON.progressSchema)], handler: progress),
            Route(
                .get, Self.base + ":id/users/", "List a batch's users", section: Self.section, access: .staff(model: Self.model),
                throttle: .others, query: [Field("page", .integer), Field("page_size", .integer)],
                replies: [Reply(.ok, "In the order in which they were made.", .page(of: BatchJSON.userSchema))], handler: users),
            Route(
                .post, Self.base + ":id/cancel/", "Stop a batch that is not finished", section: Self.section,
                access: .staff(model: Self.model), throttle: .others,
                replies: [Reply(.ok, "The batch.", BatchJSON.schema), Reply(.conflict, "It is finished already.", .detail)],
                handler: cancel),
        ] + BatchFileRoutes(kernel: kernel, service: service).all
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let page = try Page(request)
        let scope = try Self.scope(of: request)
        let (documents, total) = try await kernel.withConnection { connection in
            let slugs = Dictionary(uniqueKeysWithValues: try OrganizationStore(connection).all().map { ($0.id, $0.slug) })
            let (batches, total) = try BatchStore(connection).page(size: page.size, offset: page.offset, in: scope)
            let documents = batches.map {
                BatchJSON(batch: $0, slug: slugs[$0.organizationID] ?? "", origin: request.origin).document()
            }
            return (documents, total)
        }
        return try page.envelope(documents, total: total, of: request)
    }

    /// What the caller may see of what the query asks for.
    private static func scope(of request: WebRequest) throws -> Tenancy {
        let scope = try request.user().scope
        guard let organization = try Form(filters).check(queryOf: request).nonEmptyText("organization") else { return scope }
        guard scope.contains(organization) else {
            throw Problem.field("organization", "Select a valid choice. That choice is not one of the available choices.")
        }
        return .only([organization])
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.user()
        let values = request.values
        let file = values.file("csvfile")
        if let file, file.octets > settings.maximumFileSize {
            throw Problem.field(
                "csvfile", Message("The file is larger than {max} bytes.", ["max": String(settings.maximumFileSize)]))
        }
        let slug = values.text("organization_slug") ?? ""
        let isDryRun = values.flag("dry_run") ?? false
        let owner = BatchRunner.newOwner()
        let service = service
        enum Outcome { case rehearsal(BatchService.Rehearsal), small(Batch), large(Batch) }
        let (outcome, organization) = try await kernel.withConnection { connection -> (Outcome, Organization) in
            guard let organization = try OrganizationStore(connection).organization(slug: slug),
                principal.has(.manager, in: organization.id)
            else {
                throw Problem.field("organization_slug", Message("Object with slug={value} does not exist.", ["value": slug]))
            }
            var wish = try BatchForm.wish(values, in: organization, language: request.language)
            wish.createdBy = principal.id
            if isDryRun { return (.rehearsal(try service.rehearse(wish, over: connection)), organization) }
            let batch = try service.create(wish, for: owner, over: connection)
            guard service.isSmall(batch) else {
                try service.leave(batch, owner: owner, over: connection)
                return (.large(batch), organization)
            }
            return (.small(try service.runner.run(batch.id, owner: owner, over: connection) ?? batch), organization)
        }
        switch outcome {
        case .rehearsal(let rehearsal): return .json(BatchJSON.rehearsal(rehearsal, in: request.language))
        case .small(let batch):
            kernel.events.publish(BatchFinished(batch: batch))
            return try await document(batch, organization.slug, request, status: .created)
        case .large(let batch):
            worker.wake()
            return try await document(batch, organization.slug, request, status: .accepted)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let (batch, organization) = try await find(request)
        return try await document(batch, organization.slug, request, status: .ok)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let (batch, organization) = try await find(request)
        let (service, change) = (service, BatchForm.change(request.values))
        let changed = try await kernel.withConnection { try service.change(batch, in: organization, change, over: $0) }
        return try await document(changed, organization.slug, request, status: .ok)
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        let (batch, organization) = try await find(request)
        let service = service
        try await kernel.withConnection { try service.undo(batch, in: organization, over: $0) }
        return .empty(.noContent)
    }

    @Sendable private func progress(_ request: WebRequest) async throws -> WebResponse {
        .json(BatchJSON.progress(try await find(request).batch))
    }

    @Sendable private func users(_ request: WebRequest) async throws -> WebResponse {
        let page = try Page(request)
        let (batch, _) = try await find(request)
        let (users, total) = try await kernel.withConnection { connection in
            let store = BatchStore(connection)
            return (try store.users(of: batch, limit: page.size, offset: page.offset), try store.userCount(of: batch.id))
        }
        return try page.envelope(users.map(BatchJSON.user), total: total, of: request)
    }

    @Sendable private func cancel(_ request: WebRequest) async throws -> WebResponse {
        let (batch, organization) = try await find(request)
        let (service, username) = (service, try request.user().username)
        guard try await kernel.withConnection({ try service.cancel(batch, by: username, over: $0) }) else {
            throw Problem(.conflict, "The batch is finished already.")
        }
        let (cancelled, _) = try await find(request)
        return try await document(cancelled, organization.slug, request, status: .ok)
    }

    /// The batch of the path, if it is the caller's to see.
    private func find(_ request: WebRequest) async throws -> (batch: Batch, organization: Organization) {
        try await Self.find(request.parameter("id"), scope: request.user().scope, kernel)
    }

    /// - Throws: 404 for what the scope does not hold.
    static func find(_ id: String, scope: Tenancy, _ kernel: Kernel) async throws -> (batch: Batch, organization: Organization) {
        let found = try await kernel.withConnection { connection -> (Batch, Organization)? in
            guard let batch = try BatchStore(connection).batch(id: id.lowercased(), in: scope),
                let organization = try OrganizationStore(connection).all().first(where: { $0.id == batch.organizationID })
            else { return nil }
            return (batch, organization)
        }
        guard let (batch, organization) = found else { throw Problem.notFound }
        return (batch, organization)
    }

    private func document(
        _ batch: Batch, _ slug: String, _ request: WebRequest, status: HTTPResponse.Status
    ) async throws -> WebResponse {
        let service = service
        let (users, credentials) = try await kernel.withConnection { connection in
            (
                try BatchStore(connection).users(of: batch, limit: Self.shownUsers),
                try service.credentials(of: batch, limit: Self.shownUsers, over: connection)
            )
        }
        let json = BatchJSON(batch: batch, slug: slug, origin: request.origin)
        return .json(json.document(users: users, credentials: credentials), status, headers: [.cacheControl: "no-store"])
    }
}
