public import Database
import Foundation
public import WebRouting

/// SQL about organizations, over one connection.
public struct OrganizationStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "id, name, slug, is_active, description, email, url, created, modified"
    private static let insert = Statement(
        """
        INSERT INTO radian_organization (id, name, slug, is_active, description, email, url, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        """)
    private static let update = Statement(
        """
        UPDATE radian_organization SET name = $2, slug = $3, is_active = $4, description = $5, email = $6, url = $7, modified = $8
        WHERE id = $1
        """)
    private static let bySlug = Statement("SELECT \(columns) FROM radian_organization WHERE slug = $1")
    private static let byID = Statement("SELECT \(columns) FROM radian_organization WHERE id = $1")
    private static let byName = Statement("SELECT \(columns) FROM radian_organization WHERE name = $1 ORDER BY slug LIMIT 1")
    private static let everything = Statement("SELECT \(columns) FROM radian_organization ORDER BY slug")
    private static let members = Statement("SELECT count(*) FROM radian_organization_user WHERE organization_id = $1")
    private static let remove = Statement("DELETE FROM radian_organization WHERE id = $1")
    private static let page = Statement(
        "SELECT \(columns) FROM radian_organization ORDER BY created DESC, id LIMIT $1 OFFSET $2")
    private static let count = Statement("SELECT count(*) FROM radian_organization")
    private static let pageOfSome = Statement(
        "SELECT \(columns) FROM radian_organization WHERE id {{any $1 text}} ORDER BY created DESC, id LIMIT $2 OFFSET $3")
    private static let countOfSome = Statement("SELECT count(*) FROM radian_organization WHERE id {{any $1 text}}")
    private static let found = """
        ($1 = 1 OR id {{any $2 text}})
            AND {{postgres: strpos(lower(name || ' ' || slug), lower($3))}}{{sqlite: instr(lower(name || ' ' || slug), lower($3))}} > 0
        """
    private static let pageOfFound = Statement(
        "SELECT \(columns) FROM radian_organization WHERE \(found) ORDER BY created DESC, id LIMIT $4 OFFSET $5")
    private static let countOfFound = Statement("SELECT count(*) FROM radian_organization WHERE \(found)")

    /// Adds an organization.
    /// - Throws: ``AccountsError/organizationExists(slug:)``, ``AccountsError/invalidSlug(_:)`` or the database's error.
    public func add(_ organization: Organization) throws {
        try write(organization, Self.insert, at: organization.created)
    }

    /// Writes an organization's present values.
    /// - Throws: as ``add(_:)``, and ``AccountsError/organizationUnknown(slug:)``.
    public func update(_ organization: Organization) throws {
        guard try write(organization, Self.update, at: currentMicroseconds()) > 0 else {
            throw AccountsError.organizationUnknown(slug: organization.slug)
        }
    }

    @discardableResult
    private func write(_ organization: Organization, _ statement: Statement, at time: Int64) throws -> Int {
        guard Organization.isValidSlug(organization.slug) else { throw AccountsError.invalidSlug(organization.slug) }
        do {
            return try connection.execute(
                statement,
                [
                    .text(organization.id), .text(organization.name), .text(organization.slug), .integer(organization.isActive ? 1 : 0),
                    .text(organization.description), .text(organization.email), .text(organization.url), .integer(time),
                ])
        } catch {
            if case .unique = error.kind { throw AccountsError.organizationExists(slug: organization.slug) }
            throw error
        }
    }

    /// The organization with this slug; nil when there is none.
    public func organization(slug: String) throws(DatabaseError) -> Organization? {
        try connection.first(Self.bySlug, [.text(slug)]) { Self.decode($0) }
    }

    /// The organization with this id; nil when there is none.
    public func organization(id: String) throws(DatabaseError) -> Organization? {
        try connection.first(Self.byID, [.text(id)]) { Self.decode($0) }
    }

    /// The organization with this name; nil when there is none.
    func organization(named name: String) throws(DatabaseError) -> Organization? {
        try connection.first(Self.byName, [.text(name)]) { Self.decode($0) }
    }

    /// All organizations by slug.
    public func all() throws(DatabaseError) -> [Organization] {
        try connection.rows(Self.everything) { Self.decode($0) }
    }

    /// One page of the organizations within a tenancy, the newest first, and how many there are in all.
    /// - Parameter text: part of name or slug, in any case; nil for all.
    public func page(
        _ page: Page, containing text: String? = nil, in tenancy: Tenancy
    ) throws(DatabaseError) -> (organizations: [Organization], total: Int) {
        let limits: [DatabaseValue] = [.integer(Int64(page.size)), .integer(page.offset)]
        if let text {
            var ids: [String] = []
            if case .only(let some) = tenancy { ids = some.sorted() }
            let arguments: [DatabaseValue] = [.integer(tenancy == .all ? 1 : 0), .texts(ids), .text(text)]
            return (
                try connection.rows(Self.pageOfFound, arguments + limits) { Self.decode($0) },
                Int(try connection.first(Self.countOfFound, arguments) { $0.integer(0) } ?? 0)
            )
        }
        switch tenancy {
        case .all:
            return (
                try connection.rows(Self.page, limits) { Self.decode($0) }, Int(try connection.first(Self.count) { $0.integer(0) } ?? 0)
            )
        case .only(let ids):
            let some = DatabaseValue.texts(ids.sorted())
            return (
                try connection.rows(Self.pageOfSome, [some] + limits) { Self.decode($0) },
                Int(try connection.first(Self.countOfSome, [some]) { $0.integer(0) } ?? 0)
            )
        }
    }

    /// Deletes an organization with its memberships; what other features hold of it goes by their foreign keys.
    /// - Returns: whether there was one.
    @discardableResult
    public func remove(id: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.remove, [.text(id)]) > 0
    }

    /// How many users are members.
    public func memberCount(of organization: Organization) throws(DatabaseError) -> Int {
        Int(try connection.first(Self.members, [.text(organization.id)]) { $0.integer(0) } ?? 0)
    }

    private static func decode(_ row: any DatabaseRow) -> Organization {
        var organization = Organization(
            id: row.text(0), name: row.text(1), slug: row.text(2), isActive: row.integer(3) != 0, description: row.text(4),
            email: row.text(5), url: row.text(6), created: row.integer(7))
        organization.modified = row.integer(8)
        return organization
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
