public import Database
import NIOConcurrencyHelpers

/// The active organizations' ids by slug, kept in memory for the packet path and refreshed by a job.
public final class OrganizationDirectory: Sendable {
    private let idsBySlug = NIOLockedValueBox<[String: String]>([:])

    /// Empty until the first ``refresh(over:)``.
    public init() {}

    /// The id of an active organization; nil for anything else, so that `user@example.org` stays a plain user name.
    public func id(slug: String) -> String? {
        idsBySlug.withLockedValue { $0[slug] }
    }

    /// Reads the organizations again.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        var ids: [String: String] = [:]
        for organization in try OrganizationStore(connection).all() where organization.isActive { ids[organization.slug] = organization.id }
        idsBySlug.withLockedValue { $0 = ids }
    }
}
