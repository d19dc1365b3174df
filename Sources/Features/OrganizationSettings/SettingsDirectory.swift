import Accounts
public import Database
import NIOConcurrencyHelpers
public import WebRouting

/// Active organizations and what holds in each, kept in memory and swapped whole.
public final class SettingsDirectory: Sendable {
    private struct Snapshot {
        var bySlug: [String: OrganizationContext] = [:]
        var byID: [String: OrganizationContext] = [:]
        var inactiveIDs: Set<String> = []
    }

    private let snapshot = NIOLockedValueBox(Snapshot())
    /// The configuration's values, for what belongs to no organization.
    public let defaults: OrganizationSettings

    /// Empty until the first ``refresh(over:)``.
    public init(defaults: OrganizationSettings) {
        self.defaults = defaults
    }

    /// Reads organizations and settings again; call it after a change, too, so that this server knows at once.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let store = OrganizationSettingsStore(connection, defaults: defaults)
        let choices = try store.choices()
        var fresh = Snapshot()
        for organization in try OrganizationStore(connection).all() {
            guard organization.isActive else {
                fresh.inactiveIDs.insert(organization.id)
                continue
            }
            let context = OrganizationContext(organization: organization, settings: store.effective(choices[organization.id] ?? [:]))
            fresh.bySlug[organization.slug] = context
            fresh.byID[organization.id] = context
        }
        snapshot.withLockedValue { [fresh] in $0 = fresh }
    }

    /// The active organization of a slug; nil for none.
    public func context(slug: String) -> OrganizationContext? { snapshot.withLockedValue { $0.bySlug[slug] } }

    /// The active organization of an id; nil for none.
    public func context(id: String) -> OrganizationContext? { snapshot.withLockedValue { $0.byID[id] } }

    /// Whether the organization exists and is inactive.
    public func isInactive(id: String) -> Bool { snapshot.withLockedValue { $0.inactiveIDs.contains(id) } }

    /// All active organizations.
    public var all: [OrganizationContext] { snapshot.withLockedValue { Array($0.byID.values) } }

    /// The organization that a path names by `:slug`.
    /// - Throws: 404 for an unknown or inactive one, whoever asks.
    public func organization(of request: WebRequest) throws(Problem) -> OrganizationContext {
        guard let context = context(slug: request.parameter("slug")) else { throw .notFound }
        return context
    }

    /// For ``WebRouting/Route/precondition``: the organization of the path must exist.
    public var precondition: @Sendable (WebRequest) async throws -> Void {
        { [self] request in _ = try organization(of: request) }
    }
}
