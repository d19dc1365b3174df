import Accounts
import Database

/// Which account here each of the source's users is: SQL over a database of the run's own, so that millions of them need no memory, and
/// a dry run knows what it would have made.
final class AccountMapStore {
    enum State: String {
        /// Made by this run.
        case new
        /// Made by an earlier one, under the same id.
        case earlier
        /// Somebody's who was there before.
        case linked
    }

    struct Entry {
        /// The user's key in the source.
        var source: String
        var userID: String
        var username: String
        var state: State
        /// In lower case.
        var email: String?
        var phone: String?
    }

    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) throws(DatabaseError) {
        self.connection = connection
        try connection.script(
            """
            CREATE TABLE account (source text PRIMARY KEY, user_id text NOT NULL, username text NOT NULL, state text NOT NULL,
                email text, phone text) WITHOUT ROWID;
            CREATE INDEX account_username ON account (username);
            CREATE INDEX account_email ON account (email);
            CREATE INDEX account_phone ON account (phone);
            CREATE TABLE membership (user_id text NOT NULL, organization_id text NOT NULL, PRIMARY KEY (user_id, organization_id))
                WITHOUT ROWID
            """)
    }

    private static let columns = "source, user_id, username, state, email, phone"
    private static let insert = Statement(
        """
        INSERT INTO account (\(columns)) SELECT r.source, r.user_id, r.username, r.state, r.email, r.phone
        FROM {{rows source text, user_id text, username text, state text, email text, phone text}} WHERE true ON CONFLICT (source) DO NOTHING
        """)
    private static let bySource = Statement("SELECT \(columns) FROM account WHERE source {{any $1 text}}")
    private static let claims = Statement(
        """
        SELECT \(columns) FROM account WHERE username {{any $1 text}} UNION SELECT \(columns) FROM account WHERE email {{any $2 text}}
        UNION SELECT \(columns) FROM account WHERE phone {{any $3 text}}
        """)
    private static let some = Statement(
        "SELECT \(columns) FROM account WHERE source > $1 ORDER BY source LIMIT $2")
    private static let insertMembers = Statement(
        """
        INSERT INTO membership (user_id, organization_id) SELECT r.user_id, r.organization FROM {{rows user_id text, organization text}}
        WHERE true ON CONFLICT (user_id, organization_id) DO NOTHING
        """)
    private static let members = Statement("SELECT user_id, organization_id FROM membership WHERE user_id {{any $1 text}}")
    private static let someMembers = Statement(
        """
        SELECT user_id, organization_id FROM membership WHERE organization_id > $1 OR (organization_id = $1 AND user_id > $2)
        ORDER BY organization_id, user_id LIMIT $3
        """)

    func add(_ entries: [Entry]) throws(DatabaseError) {
        try connection.executeRows(
            Self.insert,
            columns: [
                .text(entries.map(\.source)), .text(entries.map(\.userID)), .text(entries.map(\.username)),
                .text(entries.map(\.state.rawValue)), .text(entries.map(\.email)), .text(entries.map(\.phone)),
            ])
    }

    /// Entries by the source's keys.
    func entries(_ sources: some Collection<String>) throws(DatabaseError) -> [String: Entry] {
        if sources.isEmpty { return [:] }
        var found: [String: Entry] = [:]
        try connection.query(Self.bySource, [.texts(Array(sources))]) { row in found[row.text(0)] = Self.decode(row) }
        return found
    }

    /// Accounts of this run that have any of the names, addresses (in lower case) or numbers.
    func claims(names: [String], emails: [String], phones: [String]) throws(DatabaseError) -> [Entry] {
        try connection.rows(Self.claims, [.texts(names), .texts(emails), .texts(phones)]) { row throws(DatabaseError) in Self.decode(row) }
    }

    /// Some entries in the order of their keys.
    func entries(after source: String, limit: Int) throws(DatabaseError) -> [Entry] {
        try connection.rows(Self.some, [.text(source), .integer(Int64(limit))]) { row throws(DatabaseError) in Self.decode(row) }
    }

    func addMembers(_ members: [(userID: String, organizationID: String)]) throws(DatabaseError) {
        try connection.executeRows(
            Self.insertMembers, columns: [.text(members.map(\.userID)), .text(members.map(\.organizationID))])
    }

    /// Organizations by user.
    func memberships(of userIDs: [String]) throws(DatabaseError) -> [String: [String]] {
        var found: [String: [String]] = [:]
        try connection.query(Self.members, [.texts(userIDs)]) { row in found[row.text(0), default: []].append(row.text(1)) }
        return found
    }

    /// Some memberships, those of one organization together.
    func members(
        after last: (userID: String, organizationID: String), limit: Int
    ) throws(DatabaseError) -> [(userID: String, organizationID: String)] {
        try connection.rows(Self.someMembers, [.text(last.organizationID), .text(last.userID), .integer(Int64(limit))]) {
            row throws(DatabaseError) in (row.text(0), row.text(1))
        }
    }

    private static func decode(_ row: any DatabaseRow) -> Entry {
        Entry(
            source: row.text(0), userID: row.text(1), username: row.text(2), state: State(rawValue: row.text(3)) ?? .linked,
            email: row.textOrNil(4), phone: row.textOrNil(5))
    }
}
