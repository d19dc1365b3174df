import Accounts

/// What becomes of one row of an import file.
struct ImportDecision {
    enum Action {
        case create(User, credential: PolicyItem)
        /// Membership for an existing account, or for one of an earlier row.
        case link(userID: String)
    }

    let line: Int
    let action: Action
    /// The password that was made up, nil when the row had one.
    var generatedPassword: String?
}

/// Decides about each row of an import file, in the file's order, without touching the database: a dry run and a run decide alike.
///
/// It knows the names and addresses that were there before and those that its own decisions added.
struct ImportPlanner {
    private var names: Set<String>
    /// User ids by e-mail address in lower case.
    private var idsByEmail: [String: String]
    /// The number last appended to a name, so that ten thousand users called `info` do not ask for `info1` ten thousand times.
    private var lastNumbers: [String: Int] = [:]
    private var generator: any RandomNumberGenerator

    /// - Parameters:
    ///   - names: user names that any table knows.
    ///   - idsByEmail: accounts by e-mail address in lower case.
    ///   - generator: for passwords.
    init(names: Set<String>, idsByEmail: [String: String], generator: any RandomNumberGenerator) {
        self.names = names
        self.idsByEmail = idsByEmail
        self.generator = generator
    }

    /// - Throws: ``ImportProblem`` for a row that cannot become a user; it leaves no trace here.
    mutating func decide(_ row: ImportRow) throws(ImportProblem) -> ImportDecision {
        let email = row[.email]
        if !email.isEmpty {
            guard UserStore.isValidEmail(email) else {
                throw ImportProblem(line: row.line, column: .email, "'\(email)' is not an e-mail address")
            }
            if let id = idsByEmail[email.lowercased()] { return ImportDecision(line: row.line, action: .link(userID: id)) }
        }
        // Lengths of the columns (radian_user).
        for column in [ImportColumn.firstName, .lastName] where row[column].unicodeScalars.count > 150 {
            throw ImportProblem(line: row.line, column: column, "is longer than 150 characters")
        }
        let username = try username(row)
        var generatedPassword: String?
        let credential: PolicyItem
        if row[.password].isEmpty {
            let password = UserProvisioning.randomPassword(using: &generator)
            generatedPassword = password
            credential = UserProvisioning.cleartext(password)
        } else {
            credential = try ImportPassword.checkItem(row[.password], line: row.line)
        }
        let user = User(
            username: username, email: email.isEmpty ? nil : email, firstName: row[.firstName], lastName: row[.lastName])
        names.insert(username)
        if !email.isEmpty { idsByEmail[email.lowercased()] = user.id }
        return ImportDecision(line: row.line, action: .create(user, credential: credential), generatedPassword: generatedPassword)
    }

    private mutating func username(_ row: ImportRow) throws(ImportProblem) -> String {
        var username = row[.username]
        if username.isEmpty {
            let localPart = String(row[.email].prefix { $0 != "@" })
            guard !localPart.isEmpty else {
                throw ImportProblem(line: row.line, column: .username, "neither a user name nor an e-mail address to take one from")
            }
            username = free(localPart)
        }
        guard UserStore.isValidUsername(username) else {
            throw ImportProblem(line: row.line, column: .username, "\(AccountsError.invalidUsername(username))")
        }
        guard !names.contains(username) else {
            throw ImportProblem(line: row.line, column: .username, "\(AccountsError.userExists(username: username))")
        }
        return username
    }

    /// The name, with 1, 2, 3 … appended when it is taken.
    private mutating func free(_ name: String) -> String {
        guard names.contains(name) else { return name }
        var number = lastNumbers[name, default: 0]
        repeat { number += 1 } while names.contains(name + String(number))
        lastNumbers[name] = number
        return name + String(number)
    }
}
