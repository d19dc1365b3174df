@testable import AccessPolicy
import Accounts
import Digests
import Documents
import Testing

@Suite struct ImportPlannerTests {
    private var planner = ImportPlanner(
        names: ["alice", "info"], idsByEmail: ["alice@example.org": "id-of-alice"], generator: SystemRandomNumberGenerator())

    private static func row(
        _ username: String = "", _ password: String = "", _ email: String = "", _ firstName: String = "", _ lastName: String = "",
        line: Int = 1
    ) -> ImportRow {
        ImportRow(
            line: line,
            values: [.username: username, .password: password, .email: email, .firstName: firstName, .lastName: lastName])
    }

    private mutating func created(_ row: ImportRow) throws -> (user: User, credential: PolicyItem, generated: String?) {
        let decision = try planner.decide(row)
        guard case .create(let user, let credential) = decision.action else { throw Unexpected() }
        return (user, credential, decision.generatedPassword)
    }

    private struct Unexpected: Error {}

    private mutating func problem(_ row: ImportRow) -> ImportProblem? {
        do {
            _ = try planner.decide(row)
            return nil
        } catch {
            return error
        }
    }

    @Test mutating func everyColumnGoesToItsPlace() throws {
        let (user, credential, generated) = try created(Self.row("bob", "pw", "Bob@example.org", "Bob", "Jones"))
        #expect(user.username == "bob")
        #expect(user.email == "Bob@example.org")
        #expect(user.firstName == "Bob")
        #expect(user.lastName == "Jones")
        #expect(credential == PolicyItem(attribute: "Cleartext-Password", op: ":=", value: "pw"))
        #expect(generated == nil)
    }

    @Test mutating func namesComeFromTheAddressWithNumbersWhenTaken() throws {
        #expect(try created(Self.row("", "pw", "carol@example.org")).user.username == "carol")
        #expect(try created(Self.row("", "pw", "info@a.example")).user.username == "info1")
        #expect(try created(Self.row("", "pw", "info@b.example")).user.username == "info2")
        #expect(try created(Self.row("info4", "pw")).user.username == "info4")
        #expect(try created(Self.row("", "pw", "info@c.example")).user.username == "info3")
        #expect(try created(Self.row("", "pw", "info@d.example")).user.username == "info5")
    }

    @Test mutating func anEmptyPasswordIsMadeUpReadably() throws {
        let (_, credential, generated) = try created(Self.row("bob"))
        let password = try #require(generated)
        #expect(password.count == 12)
        #expect(password.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) && !"0O1lIo".contains($0) })
        #expect(credential.value == password)
        #expect(try created(Self.row("eve")).generated != password)
    }

    @Test(arguments: [
        ("pbkdf2_sha256$1000$salt$9AzKWcCKZmoVBlOYJMjbV3Bo6w2o3cnjRkYE4lpoyK4=", "PBKDF2-Password"),
        ("argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$c29tZWhhc2hzb21laGFzaA", "Argon2-Password"),
        ("bcrypt_sha256$$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZXKvbN2RxMYaXIWtWXkZXzXfyPRxUG", "Bcrypt-Password"),
        (
            "scrypt$16384$salt$8$1$" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==",
            "Scrypt-Password"
        ),
    ]) func djangoHashesStayHashesThatTheServerCanRead(text: String, attribute: String) throws {
        let item = try ImportPassword.checkItem(text, line: 1)
        #expect(item == PolicyItem(attribute: attribute, op: ":=", value: text))
        #expect(StoredPassword(attribute: item.attribute, value: item.value)?.kind == attribute)
    }

    @Test func anythingElseIsThePassword() throws {
        for (text, password) in [
            ("cleartext$pw", "pw"), ("cleartext$pbkdf2_sha256$x", "pbkdf2_sha256$x"), ("$2b$12$not-django", "$2b$12$not-django"),
            ("{SSHA}x", "{SSHA}x"), (" blank ", " blank "),
        ] {
            #expect(try ImportPassword.checkItem(text, line: 1).value == password)
        }
    }

    @Test(arguments: [
        "pbkdf2_sha256$12$", "scrypt$x", "argon2$", "bcrypt_sha256$$2b$12$short", "cleartext$", String(repeating: "x", count: 129),
    ])
    func whatCanNeverVerifyIsRefused(text: String) {
        #expect {
            try ImportPassword.checkItem(text, line: 7)
        } throws: { error in
            (error as? ImportProblem).map { $0.line == 7 && $0.column == .password && !$0.message.contains(text) } ?? false
        }
    }

    @Test mutating func knownAddressesAreLinkedInAnyCase() throws {
        guard case .link(let known) = try planner.decide(Self.row("other", "pw", "ALICE@Example.ORG")).action else { throw Unexpected() }
        #expect(known == "id-of-alice")
        let new = try created(Self.row("bob", "pw", "bob@example.org")).user
        guard case .link(let earlier) = try planner.decide(Self.row("bob", "pw", "BOB@example.org")).action else { throw Unexpected() }
        #expect(earlier == new.id)
    }

    @Test mutating func wrongRowsNameTheirLineAndColumn() {
        for (row, column) in [
            (Self.row("alice", "pw", line: 4), ImportColumn.username), (Self.row("bob", "pw", "nonsense", line: 4), .email),
            (Self.row("bad\u{7}name", "pw", line: 4), .username), (Self.row("", "pw", line: 4), .username),
            (Self.row("x", "pw", "", String(repeating: "n", count: 151), line: 4), .firstName),
        ] {
            let found = problem(row)
            #expect(found?.line == 4)
            #expect(found?.column == column)
        }
    }

    @Test mutating func aWrongRowLeavesNoTrace() throws {
        #expect(problem(Self.row("bob", "scrypt$x", "bob@example.org")) != nil)
        #expect(try created(Self.row("bob", "pw", "bob@example.org")).user.username == "bob")
    }
}

@Suite struct ImportColumnsTests {
    @Test func withoutAHeaderAllColumnsStandInTheirOrder() throws {
        let columns = try ImportColumns(firstRow: CSVRecord(line: 1, fields: ["bob", "pw", "b@example.org", "B", "J"]))
        #expect(!columns.hasHeader)
        #expect(columns.order == [.username, .password, .email, .firstName, .lastName])
    }

    @Test func aHeaderMayReorderOmitAndSpell() throws {
        let columns = try ImportColumns(firstRow: CSVRecord(line: 1, fields: ["E-Mail", "Last Name", "username"]))
        #expect(columns.hasHeader)
        let row = try columns.row(CSVRecord(line: 2, fields: [" b@example.org ", "Jones", "bob"]))
        #expect(row[.email] == "b@example.org")
        #expect(row[.lastName] == "Jones")
        #expect(row[.username] == "bob")
        #expect(row[.password].isEmpty)
    }

    @Test func passwordsKeepTheirBlanks() throws {
        let columns = try ImportColumns(firstRow: CSVRecord(line: 1, fields: ["username", "password"]))
        #expect(try columns.row(CSVRecord(line: 2, fields: ["bob", " p w "]))[.password] == " p w ")
    }

    @Test(arguments: [["username", "mail"], ["username", "password", "username"]]) func unknownAndRepeatedColumnsAreRefused(
        fields: [String]
    ) {
        #expect(throws: ImportProblem.self) { try ImportColumns(firstRow: CSVRecord(line: 3, fields: fields)) }
    }

    @Test func aRowOfAnotherLengthIsRefusedByLine() throws {
        let columns = try ImportColumns(firstRow: CSVRecord(line: 1, fields: ["username", "password"]))
        #expect { try columns.row(CSVRecord(line: 9, fields: ["a", "b", "c"])) } throws: { ($0 as? ImportProblem)?.line == 9 }
    }
}
