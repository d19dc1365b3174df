import AccessPolicy
import Accounts
import Database
import Localization

/// Decides about rows in their order, a chunk at a time and without writing: a dry run and a run decide alike.
///
/// Memory does not grow with the rows: each chunk asks the ``AccountDirectory`` about its own names. A dry run, whose earlier rows are not
/// in the database, remembers a 64-bit fingerprint of each name.
struct RowPlanner {
    /// What the operator may choose.
    struct Rules: Sendable {
        /// Characters of a password that is made up.
        var passwordLength = 12
        /// A password column that is no hash is the password itself.
        var takesPlainPasswords = true
        /// A password that is made up goes to the row's e-mail address, so that a row needs a password, or an address for which this is true;
        /// nil mails nothing.
        var canMail: (@Sendable (String) -> Bool)?
        /// When the new accounts end, seconds since 1970 UTC; nil for never.
        var expiresAt: Int64?
    }

    private let rules: Rules
    private let remembers: Bool
    private var generator: any RandomNumberGenerator
    /// Names and addresses that this chunk's decisions took.
    private var names: Set<StoredName> = []
    private var idsByEmail: [StoredName: String] = [:]
    /// Fingerprints of what earlier chunks of a dry run took.
    private var earlierNames: Set<Int> = []
    private var earlierEmails: Set<Int> = []
    /// The number last appended to a name, so that ten thousand users called `info` do not ask for `info1` ten thousand times.
    private var lastNumbers: [StoredName: Int] = [:]
    private static let lastNumbersLimit = 10_000
    private static let probeLength = 256

    /// - Parameters:
    ///   - remembers: true for a dry run.
    ///   - generator: for passwords.
    init(rules: Rules, remembers: Bool, generator: any RandomNumberGenerator) {
        self.rules = rules
        self.remembers = remembers
        self.generator = generator
    }

    /// - Parameter rows: some hundreds; those that could not be read keep their problem.
    /// - Returns: a verdict for each row, in order.
    mutating func decide(
        _ rows: [Result<ImportRow, ImportProblem>], knowing directory: some AccountDirectory
    ) throws(DatabaseError) -> [RowVerdict] {
        beginChunk()
        var asked: Set<String> = []
        var addresses: [String] = []
        for case .success(let row) in rows {
            asked.formUnion([row[.username], row[.email], Self.localPart(row[.email])].filter { !$0.isEmpty })
            if !row[.email].isEmpty { addresses.append(row[.email].lowercased()) }
        }
        var scene = Scene(
            taken: try directory.takenNames(among: Array(asked)), ids: try directory.ids(withEmails: addresses), probed: [:])
        var verdicts: [RowVerdict] = []
        for result in rows {
            switch result {
            case .failure(let problem):
                verdicts.append(RowVerdict(row: ImportRow(line: problem.line), outcome: .refuse(problem)))
            case .success(let row):
                try probe(for: row, &scene, directory)
                do throws(ImportProblem) {
                    verdicts.append(try decide(row, scene))
                } catch {
                    verdicts.append(RowVerdict(row: row, outcome: .refuse(error)))
                }
            }
        }
        return verdicts
    }

    /// What the directory said so far.
    private struct Scene {
        var taken: Set<StoredName>
        let ids: [String: String]
        /// How many numbers of a name were asked for.
        var probed: [StoredName: Int]
    }

    private mutating func beginChunk() {
        if remembers {
            for name in names { earlierNames.insert(name.hashValue) }
            for email in idsByEmail.keys { earlierEmails.insert(email.hashValue) }
        }
        names.removeAll(keepingCapacity: true)
        idsByEmail.removeAll(keepingCapacity: true)
        if lastNumbers.count > Self.lastNumbersLimit { lastNumbers.removeAll() }
    }

    /// Asks for as many numbered names as the row can need, until one is free.
    private mutating func probe(for row: ImportRow, _ scene: inout Scene, _ directory: some AccountDirectory) throws(DatabaseError) {
        guard row[.username].isEmpty else { return }
        let base = row.prefix ?? Self.localPart(row[.email])
        guard !base.isEmpty, row.prefix != nil || isTaken(base, scene) else { return }
        let key = StoredName(base)
        var number = lastNumbers[key, default: 0]
        while true {
            number += 1
            if number > scene.probed[key, default: lastNumbers[key, default: 0]] {
                let last = number + Self.probeLength - 1
                scene.taken.formUnion(try directory.takenNames(among: (number...last).map { base + String($0) }))
                scene.probed[key] = last
            }
            guard isTaken(base + String(number), scene) else { return }
            lastNumbers[key] = number
        }
    }

    private func isTaken(_ name: String, _ scene: Scene) -> Bool {
        let stored = StoredName(name)
        if scene.taken.contains(stored) || names.contains(stored) || earlierNames.contains(stored.hashValue) { return true }
        guard name.contains("@") else { return false }
        // A log-in by e-mail address must not find two people.
        let address = StoredName(name.lowercased())
        return idsByEmail[address] != nil || earlierEmails.contains(address.hashValue)
    }

    private mutating func decide(_ row: ImportRow, _ scene: Scene) throws(ImportProblem) -> RowVerdict {
        let email = row[.email]
        let address = StoredName(email.lowercased())
        if !email.isEmpty {
            guard UserStore.isValidEmail(email), !email.contains(where: { "<>()\"\\".contains($0) }) else {
                throw Self.notAnAddress(email, line: row.line)
            }
            if let id = scene.ids[address.text] ?? idsByEmail[address] { return RowVerdict(row: row, outcome: .link(userID: id)) }
            if earlierEmails.contains(address.hashValue) { return RowVerdict(row: row, outcome: .link(userID: "")) }
            if isTaken(email, scene) {
                throw ImportProblem(line: row.line, column: .email, Message("'{email}' is the user name of another user", ["email": email]))
            }
        }
        // Lengths of the columns (radian_user).
        for column in [ImportColumn.firstName, .lastName] where row[column].unicodeScalars.count > 150 {
            throw ImportProblem(line: row.line, column: column, Message("is longer than {max} characters", ["max": "150"]))
        }
        let username = try username(row, scene)
        var generatedPassword: String?
        let password: ImportPassword
        if row[.password].isEmpty {
            if let canMail = rules.canMail, row.prefix == nil {
                guard !email.isEmpty else {
                    throw ImportProblem(line: row.line, column: .password, "neither a password nor an e-mail address to send one to")
                }
                guard canMail(email) else { throw Self.notAnAddress(email, line: row.line) }
            }
            let made = UserProvisioning.randomPassword(length: rules.passwordLength, using: &generator)
            generatedPassword = made
            password = .plain(made)
        } else {
            password = try ImportPassword(row[.password], line: row.line, takesPlainText: rules.takesPlainPasswords)
        }
        let user = User(
            username: username, email: email.isEmpty ? nil : email, firstName: row[.firstName], lastName: row[.lastName],
            expiresAt: rules.expiresAt)
        names.insert(StoredName(username))
        if !email.isEmpty { idsByEmail[address] = user.id }
        return RowVerdict(row: row, outcome: .create(user, password), generatedPassword: generatedPassword)
    }

    private static func notAnAddress(_ email: String, line: Int) -> ImportProblem {
        ImportProblem(line: line, column: .email, Message("'{email}' is not an e-mail address", ["email": email]))
    }

    private mutating func username(_ row: ImportRow, _ scene: Scene) throws(ImportProblem) -> String {
        var username = row[.username]
        if username.isEmpty {
            let base = row.prefix ?? Self.localPart(row[.email])
            guard !base.isEmpty else {
                throw ImportProblem(line: row.line, column: .username, "neither a user name nor an e-mail address to take one from")
            }
            username = row.prefix == nil && !isTaken(base, scene) ? base : base + String(lastNumbers[StoredName(base), default: 0] + 1)
        }
        guard UserStore.isValidUsername(username) else {
            throw ImportProblem(
                line: row.line, column: .username,
                Message(
                    "'{name}' cannot be a user name: use 1 to {max} bytes without control characters or blanks at its ends",
                    ["name": username, "max": "253"]))
        }
        guard !isTaken(username, scene) else {
            throw ImportProblem(line: row.line, column: .username, Message("a user '{name}' exists already", ["name": username]))
        }
        return username
    }

    private static func localPart(_ email: String) -> String { String(email.prefix { $0 != "@" }) }
}
