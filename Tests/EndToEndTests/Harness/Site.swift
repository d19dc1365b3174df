import Composition
import Database
import RADIUSDictionary
import RADIUSWire
import TestSupport

/// A database with Radian's schema and the local host as NAS.
struct Site {
    static let secretText = "s3cret-of-the-lab-NAS"
    static let secret = SharedSecret(Array(secretText.utf8))

    let database: TestDatabase
    let connection: any DatabaseConnection

    /// Makes the database and removes it after the body.
    static func with<R>(_ engine: TestDatabase.Engine, _ body: (Site) throws -> R) throws -> R {
        try TestDatabase.with(engine, schema: Schema.migrations) { database in
            let site = Site(database: database, connection: try database.engine.connect(.general))
            try site.addNAS("127.0.0.1")
            return try body(site)
        }
    }

    func addNAS(_ address: String, secret: String = Site.secretText) throws {
        try connection.execute(Self.nas, [.text(address), .text("nas-\(address)"), .text(secret)])
    }

    /// Adds rows by the text of ``PolicyText``: `Cleartext-Password := hello`.
    func addUser(_ name: String, check: [String] = [], reply: [String] = [], groups: [(String, Int)] = []) throws {
        for item in check { try add(Self.check, name, item) }
        for item in reply { try add(Self.reply, name, item) }
        for (group, priority) in groups { try connection.execute(Self.member, [.text(name), .text(group), .integer(Int64(priority))]) }
    }

    func addGroup(_ name: String, check: [String] = [], reply: [String] = []) throws {
        for item in check { try add(Self.groupCheck, name, item) }
        for item in reply { try add(Self.groupReply, name, item) }
    }

    /// Runs statements without parameters.
    func script(_ sql: String) throws { try connection.script(sql) }

    /// The integer that a query without parameters gives first.
    func count(_ sql: String) throws -> Int64 {
        try connection.first(Statement(sql)) { row throws(DatabaseError) in row.integer(0) } ?? 0
    }

    /// Waits for the background log to say how a login of this user ended.
    /// - Returns: the reason of its last row in radpostauth; empty for an accept.
    func expectReason(_ reason: String, of user: String) throws {
        var last: [String?] = []
        do {
            try eventually("\(user): \(reason)") {
                last = try row("SELECT reason, reply FROM radpostauth WHERE username = $1 ORDER BY id DESC", [.text(user)])
                return last.first.map { ($0 ?? "") == reason } ?? false
            }
        } catch {
            throw TimedOut(description: "\(user): not '\(reason)' but \(last)")
        }
    }

    /// The texts of a query's first row, `nil` for NULL; empty without a row.
    func row(_ sql: String, _ arguments: [DatabaseValue] = []) throws -> [String?] {
        try connection.first(Statement(sql), arguments) { row throws(DatabaseError) in (0..<row.columnCount).map { row.textOrNil($0) } }
            ?? []
    }

    private func add(_ statement: Statement, _ name: String, _ item: String) throws {
        let item = PolicyText(item)
        try connection.execute(statement, [.text(name), .text(item.attribute), .text(item.op), .text(item.value)])
    }

    private static let nas = Statement("INSERT INTO nas (nasname, shortname, secret) VALUES ($1, $2, $3)")
    private static let check = Statement("INSERT INTO radcheck (username, attribute, op, value) VALUES ($1, $2, $3, $4)")
    private static let reply = Statement("INSERT INTO radreply (username, attribute, op, value) VALUES ($1, $2, $3, $4)")
    private static let groupCheck = Statement("INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)")
    private static let groupReply = Statement("INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)")
    private static let member = Statement("INSERT INTO radusergroup (username, groupname, priority) VALUES ($1, $2, $3)")
}

/// A row of a policy table, written `Attribute op value`; the value is all that follows the operator and one blank.
struct PolicyText {
    let attribute: String
    let op: String
    let value: String

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        attribute = parts[0]
        // `_` stands for the empty operator, which would not be seen.
        op = parts.count > 1 ? (parts[1] == "_" ? "" : parts[1]) : ""
        value = parts.count > 2 ? parts[2] : ""
    }
}

extension Attribute {
    /// Reads `Name = value` or `Name:tag = value`.
    init(_ text: String) throws {
        let item = PolicyText(text)
        let parts = item.attribute.split(separator: ":")
        guard let name = parts.first, let definition = try Surroundings.dictionary.get().attribute(named: name) else {
            throw TimedOut(description: "no attribute \(item.attribute)")
        }
        self = try Attribute.parse(item.value, for: definition, tag: parts.count > 1 ? UInt8(parts[1]) : nil)
    }
}
