public import Database
public import WebRouting

extension UserStore {
    private static let withEmailOrName = Statement(
        """
        SELECT \(columns) FROM radian_user u WHERE lower(u.email) = lower($1)
        UNION ALL SELECT \(columns) FROM radian_user u WHERE u.username = $1
        """)
    private static let withPhones = Statement("SELECT \(columns) FROM radian_user u WHERE u.phone_number {{any $1 text}}")
    private static let visible =
        """
        u.is_superuser = 0 AND EXISTS (
            SELECT 1 FROM radian_organization_user m WHERE m.user_id = u.id AND m.organization_id {{any $1 text}})
        """
    private static let page = Statement("SELECT \(columns) FROM radian_user u ORDER BY u.created DESC, u.id LIMIT $1 OFFSET $2")
    private static let count = Statement("SELECT count(*) FROM radian_user")
    private static let pageOfSome = Statement(
        "SELECT \(columns) FROM radian_user u WHERE \(visible) ORDER BY u.created DESC, u.id LIMIT $2 OFFSET $3")
    private static let countOfSome = Statement("SELECT count(*) FROM radian_user u WHERE \(visible)")
    private static let filtered =
        """
        ($1 = 1 OR \(visible.replacing("$1", with: "$2"))) AND ($3 = '' OR \(contains("u.username")) OR \(contains("COALESCE(u.email, '')"))
            OR \(contains("COALESCE(u.phone_number, '')")) OR \(contains("u.first_name || ' ' || u.last_name")))
            AND ($4 = -1 OR u.is_active = $4)
            AND ($5 = '' OR EXISTS (SELECT 1 FROM radian_organization_user f WHERE f.user_id = u.id AND f.organization_id = $5))
        """
    private static func contains(_ text: String) -> String {
        "{{postgres: strpos(lower(\(text)), lower($3))}}{{sqlite: instr(lower(\(text)), lower($3))}} > 0"
    }
    private static let pageOfFiltered = Statement(
        "SELECT \(columns) FROM radian_user u WHERE \(filtered) ORDER BY u.created DESC, u.id LIMIT $6 OFFSET $7")
    private static let countOfFiltered = Statement("SELECT count(*) FROM radian_user u WHERE \(filtered)")
    private static let oneOfSome = Statement("SELECT \(columns) FROM radian_user u WHERE \(visible) AND u.id = $2")
    private static let expired = Statement(
        "SELECT \(columns) FROM radian_user u WHERE u.is_active = 1 AND u.expires_at < $1 ORDER BY u.expires_at, u.id LIMIT $2")
    private static let expiring = Statement(
        "SELECT \(columns) FROM radian_user u WHERE u.is_active = 1 AND u.expires_at >= $1 AND u.expires_at < $2 ORDER BY u.id")
    private static let passwordsOf = Statement(
        "SELECT \(columns) FROM radian_user u WHERE u.is_active = 1 AND u.password_updated = $1 AND u.is_staff = $2 ORDER BY u.id")

    /// The users whom an identifier may mean: by telephone number, by e-mail address in any case, by user name exactly; in that order,
    /// each once, without memberships.
    /// - Parameter prefixes: country codes put before numbers that lack one, such as `+39`.
    public func matches(identifier: String, prefixes: [String] = []) throws(DatabaseError) -> [User] {
        guard !identifier.utf8.contains(0), !identifier.isEmpty else { return [] }
        var users: [User] = []
        let numbers = PhoneNumber.candidates(identifier, prefixes: prefixes)
        if !numbers.isEmpty {
            users = try connection.rows(Self.withPhones, [.texts(numbers)]) { Self.decode($0) }
            users.sort { (numbers.firstIndex(of: $0.phoneNumber ?? "") ?? 0) < (numbers.firstIndex(of: $1.phoneNumber ?? "") ?? 0) }
        }
        for user in try connection.rows(Self.withEmailOrName, [.text(identifier)], { Self.decode($0) })
        where !users.contains(where: { $0.id == user.id }) {
            users.append(user)
        }
        return users
    }

    /// One page of the users whom a tenancy shows, the newest first, and how many there are in all.
    ///
    /// ``WebRouting/Tenancy/only(_:)`` shows the members of its organizations and never a superuser.
    public func page(_ page: Page, _ filter: UserFilter = UserFilter(), in tenancy: Tenancy) throws(DatabaseError) -> (
        users: [User], total: Int
    ) {
        let limits: [DatabaseValue] = [.integer(Int64(page.size)), .integer(page.offset)]
        if !filter.isEmpty {
            let arguments = Self.arguments(filter, tenancy)
            return (
                try connection.rows(Self.pageOfFiltered, arguments + limits) { Self.decode($0) },
                Int(try connection.first(Self.countOfFiltered, arguments) { $0.integer(0) } ?? 0)
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

    private static func arguments(_ filter: UserFilter, _ tenancy: Tenancy) -> [DatabaseValue] {
        var organizations: [String] = []
        if case .only(let ids) = tenancy { organizations = ids.sorted() }
        return [
            .integer(tenancy == .all ? 1 : 0), .texts(organizations), .text(filter.text ?? ""),
            .integer(filter.isActive.map { $0 ? 1 : 0 } ?? -1), .text(filter.organizationID ?? ""),
        ]
    }

    /// A user whom a tenancy shows; nil for any other.
    public func user(id: String, in tenancy: Tenancy) throws(DatabaseError) -> User? {
        guard case .only(let ids) = tenancy else { return try user(id: id) }
        return try connection.first(Self.oneOfSome, [.texts(ids.sorted()), .text(id)]) { Self.decode($0) }
    }

    /// Active users whose time is over, the oldest first.
    /// - Parameter seconds: now, since 1970 UTC.
    func expired(at seconds: Int64, limit: Int) throws(DatabaseError) -> [User] {
        try connection.rows(Self.expired, [.integer(seconds), .integer(Int64(limit))]) { Self.decode($0) }
    }

    /// Active users whose time ends within a span of seconds since 1970 UTC.
    func expiring(in span: Range<Int64>) throws(DatabaseError) -> [User] {
        try connection.rows(Self.expiring, [.integer(span.lowerBound), .integer(span.upperBound)]) { Self.decode($0) }
    }

    /// Active users whose password was set on a day since 1970 UTC.
    func passwordsSet(on day: Int64, isStaff: Bool) throws(DatabaseError) -> [User] {
        try connection.rows(Self.passwordsOf, [.integer(day), .integer(isStaff ? 1 : 0)]) { Self.decode($0) }
    }
}
