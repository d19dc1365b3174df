public import Database
import Foundation

/// SQL about organizations, over one connection.
public struct OrganizationStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "id, name, slug, is_active"
    private static let insert = Statement(
        "INSERT INTO radian_organization (id, name, slug, is_active, created, modified) VALUES ($1, $2, $3, $4, $5, $5)")
    private static let bySlug = Statement("SELECT \(columns) FROM radian_organization WHERE slug = $1")
    private static let everything = Statement("SELECT \(columns) FROM radian_organization ORDER BY slug")
    private static let members = Statement("SELECT count(*) FROM radian_organization_user WHERE organization_id = $1")

    /// Adds an organization.
    /// - Throws: ``AccountsError/organizationExists(slug:)``, ``AccountsError/invalidSlug(_:)`` or the database's error.
    public func add(_ organization: Organization) throws {
        guard Organization.isValidSlug(organization.slug) else { throw AccountsError.invalidSlug(organization.slug) }
        do {
            _ = try connection.execute(
                Self.insert,
                [
                    .text(organization.id), .text(organization.name), .text(organization.slug), .integer(organization.isActive ? 1 : 0),
                    .integer(currentMicroseconds()),
                ])
        } catch {
            if case .unique = error.kind { throw AccountsError.organizationExists(slug: organization.slug) }
            throw error
        }
    }

    /// The organization with this slug; nil when there is none.
    public func organization(slug: String) throws(DatabaseError) -> Organization? {
        var found: Organization?
        try connection.query(Self.bySlug, [.text(slug)]) { row in found = Self.decode(row) }
        return found
    }

    /// All organizations by slug.
    public func all() throws(DatabaseError) -> [Organization] {
        var organizations: [Organization] = []
        try connection.query(Self.everything, []) { row in organizations.append(Self.decode(row)) }
        return organizations
    }

    /// How many users are members.
    public func memberCount(of organization: Organization) throws(DatabaseError) -> Int {
        var count = 0
        try connection.query(Self.members, [.text(organization.id)]) { row in count = Int(row.integer(0)) }
        return count
    }

    private static func decode(_ row: any DatabaseRow) -> Organization {
        Organization(id: row.text(0), name: row.text(1), slug: row.text(2), isActive: row.integer(3) != 0)
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
