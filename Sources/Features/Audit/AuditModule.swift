import Accounts
import Database
import Foundation
import HTTPTypes
public import ServerKernel
public import WebRouting

/// Who changed what, when and from where, as managers read it. Other features write it by ``Accounts/AuditLog``.
public struct AuditModule: FeatureModule {
    public static let name = "Audit"
    /// Kind of object in permissions: `view_auditentry`.
    static let model = "auditentry"
    private let kernel: Kernel
    private let keptDays: Int

    /// - Parameter keptDays: after which entries are forgotten; 0 for never.
    public init(_ kernel: Kernel, keptDays: Int) {
        self.kernel = kernel
        self.keptDays = keptDays
    }

    public var permissions: [Permission] { [Permission(.view, Self.model, name: "Can view audit entry")] }

    public var jobs: [Job] {
        guard keptDays > 0 else { return [] }
        return [
            Job("audit.prune", every: .seconds(3600)) { [kernel, keptDays] in
                let before = Int64(Date().timeIntervalSince1970 * 1_000_000) - Int64(keptDays) * 86_400_000_000
                try await kernel.withConnection { try AuditStore($0).prune(before: before) }
            }
        ]
    }

    private static let filters = [
        Field("actor", maximumLength: 253, help: "Part of the name of who did it, in any case."),
        Field("object", maximumLength: 255, help: "An object's id or kind, or part of what it is called."),
        Field("since", .dateTime), Field("until", .dateTime, help: "Before this time."),
    ]

    public var routes: [Route] {
        [
            Route(
                .get, "/api/v1/audit/", "List changes", section: "Audit", access: .manager(model: Self.model),
                query: Self.filters + Page.query,
                replies: [
                    Reply(.ok, "The newest first; of one's organizations, superusers see all.", .page(of: AuditEntry.schema)),
                    Reply(.badRequest, "A filter that cannot be read.", .fieldErrors),
                ]
            ) { [kernel] request in
                let page = try Page(request, defaultSize: 20)
                let values = try Form(Self.filters).check(queryOf: request)
                let filter = AuditFilter(
                    actor: values.nonEmptyText("actor"), object: values.nonEmptyText("object"),
                    since: values.text("since").flatMap(WebTime.microseconds), until: values.text("until").flatMap(WebTime.microseconds))
                let scope = try request.user().scope
                let found = try await kernel.withConnection { try AuditStore($0).page(filter, page, in: scope) }
                return try page.envelope(found.entries.map(\.json), total: found.total, of: request)
            }
        ]
    }
}
