import AccessPolicy
import Accounts
@testable import Batches
import Database
import Digests
import Documents
import Localization
import Testing

/// Accounts that a test made up.
private struct KnownAccounts: AccountDirectory {
    var names: Set<StoredName> = []
    var ids: [String: String] = [:]

    func takenNames(among asked: [String]) -> Set<StoredName> { names.intersection(asked.map { StoredName($0) }) }
    func ids(withEmails addresses: [String]) -> [String: String] { ids.filter { addresses.contains($0.key) } }
}

@Suite struct RowPlannerTests {
    private static func makePlanner(_ rules: RowPlanner.Rules = .init(), remembers: Bool = false) -> RowPlanner {
        RowPlanner(rules: rules, remembers: remembers, generator: SystemRandomNumberGenerator())
    }

    /// As a dry run: it knows its earlier chunks.
    private var planner = makePlanner(remembers: true)
    private let known = KnownAccounts(
        names: ["alice", "info", "wifi1", "wifi2", "wifi4"].reduce(into: []) { $0.insert(StoredName($1)) },
        ids: ["alice@example.org": "id-of-alice"])

    private static func row(
        _ username: String = "", _ password: String = "", _ email: String = "", _ firstName: String = "", _ lastName: String = "",
        line: Int = 1
    ) -> ImportRow {
        ImportRow(
            line: line,
            values: [.username: username, .password: password, .email: email, .firstName: firstName, .lastName: lastName])
    }

    private mutating func decide(_ rows: ImportRow...) throws -> [RowVerdict] {
        try planner.decide(rows.map { .success($0) }, knowing: known)
    }

    private mutating func created(_ row: ImportRow) throws -> (user: User, password: ImportPassword, generated: String?) {
        let verdict = try #require(try decide(row).first)
        guard case .create(let user, let password) = verdict.outcome else { throw Unexpected() }
        return (user, password, verdict.generatedPassword)
    }

    private mutating func problem(_ row: ImportRow) throws -> ImportProblem? { try decide(row).first?.problem }

    private struct Unexpected: Error {}

    @Test mutating func everyColumnGoesToItsPlace() throws {
        let (user, password, generated) = try created(Self.row("bob", "pw", "Bob@example.org", "Bob", "Jones"))
        #expect(user.username == "bob")
        #expect(user.email == "Bob@example.org")
        #expect(user.firstName == "Bob")
        #expect(user.lastName == "Jones")
        #expect(password == .plain("pw"))
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
        let (_, stored, generated) = try created(Self.row("bob"))
        let password = try #require(generated)
        #expect(password.count == 12)
        #expect(password.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) && !"0O1lIo".contains($0) })
        #expect(stored == .plain(password))
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
        for takesPlainText in [true, false] {
            let password = try ImportPassword(text, line: 1, takesPlainText: takesPlainText)
            #expect(password == .hashed(PolicyItem(attribute: attribute, op: ":=", value: text)))
        }
        #expect(StoredPassword(attribute: attribute, value: text)?.kind == attribute)
    }

    @Test func anythingElseIsThePassword() throws {
        for (text, password) in [
            ("cleartext$pw", "pw"), ("cleartext$pbkdf2_sha256$x", "pbkdf2_sha256$x"), ("$2b$12$not-django", "$2b$12$not-django"),
            ("{SSHA}x", "{SSHA}x"), (" blank ", " blank "),
        ] {
            #expect(try ImportPassword(text, line: 1, takesPlainText: true) == .plain(password))
        }
    }

    @Test(arguments: [
        "pbkdf2_sha256$12$", "scrypt$x", "argon2$", "bcrypt_sha256$$2b$12$short", "cleartext$", String(repeating: "x", count: 129),
    ])
    func whatCanNeverVerifyIsRefused(text: String) {
        #expect {
            try ImportPassword(text, line: 7, takesPlainText: true)
        } throws: { error in
            (error as? ImportProblem).map { $0.line == 7 && $0.column == .password && !$0.message.contains(text) } ?? false
        }
    }

    @Test(arguments: ["secret", "{SSHA}x", "md5$salt$0cc175b9c0f1b6a831c399e269772661", "$2b$12$not-django"])
    func whereHashesAreExpectedAnythingElseIsRefused(text: String) {
        #expect {
            try ImportPassword(text, line: 3, takesPlainText: false)
        } throws: { error in
            (error as? ImportProblem).map { $0.line == 3 && $0.column == .password && !$0.message.contains(text) } ?? false
        }
        #expect(throws: Never.self) { try ImportPassword("cleartext$" + text, line: 3, takesPlainText: false) }
    }

    @Test mutating func knownAddressesAreLinkedInAnyCase() throws {
        guard case .link(let known) = try #require(try decide(Self.row("other", "pw", "ALICE@Example.ORG")).first).outcome else {
            throw Unexpected()
        }
        #expect(known == "id-of-alice")
        let verdicts = try decide(Self.row("bob", "pw", "bob@example.org"), Self.row("bob", "pw", "BOB@example.org"))
        guard case .create(let bob, _) = verdicts[0].outcome, case .link(let earlier) = verdicts[1].outcome else { throw Unexpected() }
        #expect(earlier == bob.id)
        // A dry run knows that an earlier chunk had it, not which account it will be.
        guard case .link = try #require(try decide(Self.row("x", "pw", "bob@example.org")).first).outcome else { throw Unexpected() }
    }

    @Test mutating func wrongRowsNameTheirLineAndColumn() throws {
        for (row, column) in [
            (Self.row("alice", "pw", line: 4), ImportColumn.username), (Self.row("bob", "pw", "nonsense", line: 4), .email),
            (Self.row("bad\u{7}name", "pw", line: 4), .username), (Self.row("", "pw", line: 4), .username),
            (Self.row("x", "pw", "", String(repeating: "n", count: 151), line: 4), .firstName),
            (Self.row("bob", "pw", "a<b>@example.org", line: 4), .email),
        ] {
            let found = try problem(row)
            #expect(found?.line == 4)
            #expect(found?.column == column)
        }
    }

    @Test mutating func aWrongRowLeavesNoTrace() throws {
        #expect(try problem(Self.row("bob", "scrypt$x", "bob@example.org")) != nil)
        #expect(try created(Self.row("bob", "pw", "bob@example.org")).user.username == "bob")
    }

    @Test mutating func namesOfEarlierChunksAreTaken() throws {
        #expect(try created(Self.row("bob", "pw")).user.username == "bob")
        #expect(try problem(Self.row("bob", "pw"))?.column == .username)
    }

    /// A log-in by e-mail address must not find two people.
    @Test mutating func aNameThatIsAnotherUsersAddressIsRefused() throws {
        let verdicts = try decide(
            Self.row("bob", "pw", "bob@example.org"), Self.row("Bob@example.org", "pw"), Self.row("eve@example.org", "pw"),
            Self.row("x", "pw", "eve@example.org"))
        #expect(verdicts.map { $0.problem?.column } == [nil, .username, nil, .email])
        #expect(try created(Self.row("carl@example.org", "pw", "carl@example.org")).user.username == "carl@example.org")
    }

    @Test mutating func prefixesSkipNumbersThatAreTaken() throws {
        let rows = (1...4).map { ImportRow(line: $0, prefix: "wifi") }
        let verdicts = try planner.decide(rows.map { .success($0) }, knowing: known)
        #expect(verdicts.map(\.newUsername) == ["wifi3", "wifi5", "wifi6", "wifi7"])
        #expect(verdicts.allSatisfy { $0.generatedPassword?.count == 12 })
    }

    /// Ten thousand names that differ by their number only, over many chunks: none twice, none left out.
    @Test mutating func manyUsersOfOneNameGetEveryNumberOnce() throws {
        var names: [String] = []
        for chunk in 0..<20 {
            let rows = (0..<500).map { Self.row("", "pw", "many@host\(chunk * 500 + $0).example") }
            names += try planner.decide(rows.map { .success($0) }, knowing: known).compactMap(\.newUsername)
        }
        #expect(names == ["many"] + (1..<10_000).map { "many\($0)" })
    }

    @Test mutating func wherePasswordsAreMailedOneOfTheTwoIsNeeded() throws {
        planner = Self.makePlanner(.init(passwordLength: 8, canMail: { _ in true }))
        #expect(try problem(Self.row("bob"))?.column == .password)
        #expect(try created(Self.row("bob", "", "bob@example.org")).generated?.count == 8)
        #expect(try created(Self.row("carl", "pw")).generated == nil)
        // An address that the mail's own rules refuse must not stop the rows around it.
        planner = Self.makePlanner(.init(passwordLength: 8, canMail: { !$0.contains("..") }))
        #expect(try problem(Self.row("dora", "", "d..d@example.org"))?.column == .email)
        #expect(try created(Self.row("dora", "pw", "d..d@example.org")).generated == nil)
    }

    @Test mutating func rowsThatCouldNotBeReadKeepTheirProblem() throws {
        let verdicts = try planner.decide([.failure(ImportProblem(line: 3, "is torn")), .success(Self.row("bob", "pw"))], knowing: known)
        #expect(verdicts[0].problem == ImportProblem(line: 3, "is torn"))
        #expect(verdicts[1].newUsername == "bob")
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
