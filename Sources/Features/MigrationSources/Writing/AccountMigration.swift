import Accounts
import Database
import Foundation
import Localization

/// A user of the source on the way here.
struct SourceAccount {
    /// The user's key in the source.
    var source: String
    var table: String
    /// For people.
    var key: String
    /// As it is to be, with an id of its own unless the source has one.
    var user: User
    /// The source has UUIDs, which stay; an account here may be found by them.
    var hasOwnID = false
    /// A person whose address or number an account here has is that account's.
    var isFoundByAddress = false
    /// An account of this name that is no staff's is somebody else's.
    var isOperator = false
}

/// Makes accounts, or finds those that are here already.
struct AccountMigration {
    private typealias Entry = AccountMapStore.Entry
    private let run: MigrationRun
    private let store: MigratedUserStore
    private var chunks = Chunks<SourceAccount>()
    private var rows = 0

    init(_ run: MigrationRun) {
        self.run = run
        store = MigratedUserStore(connection: run.target)
    }

    mutating func take(_ account: SourceAccount) throws {
        try chunks.append(account, handOver)
    }

    mutating func finish() throws {
        try chunks.finish(handOver)
    }

    /// What becomes of one user.
    private enum Verdict {
        case make(SourceAccount)
        case replace(SourceAccount, id: String)
        case stay
    }

    private func handOver(_ accounts: [SourceAccount]) throws {
        var claims = try Claims(accounts, run, store)
        var entries: [Entry] = []
        var made: [SourceAccount] = []
        var replaced: [SourceAccount] = []
        for var account in accounts {
            guard clean(&account) else { continue }
            if let entry = claims.entry(of: account.source) {
                // The same user twice, as daloRADIUS may list one.
                run.note(account.table, account.key, "there twice; the first row is taken (\(entry.username))")
                continue
            }
            let known: MigratedUserStore.Known?
            switch claims.owner(of: account) {
            case .nobody: known = nil
            case .account(let owner): known = owner
            case .refused(let reason):
                run.refuse(.users, MigrationProblem(table: account.table, key: account.key, reason: reason))
                continue
            }
            if let known {
                if account.isOperator, !known.isStaff {
                    run.refuse(
                        .users,
                        MigrationProblem(
                            table: account.table, key: account.key,
                            reason: "a user of this name is no staff; make it staff with 'radian user' if it is the same person"))
                    continue
                }
                let isSame = account.hasOwnID && known.id == account.user.id
                if StoredName(known.username) != StoredName(account.user.username) {
                    run.renamed[account.user.username] = known.username
                    if !isSame { run.note(account.table, account.key, "is '\(known.username)' here, who has the same address or number") }
                }
                let entry = Entry(
                    source: account.source, userID: known.id, username: known.username, state: isSame ? .earlier : .linked,
                    email: known.email, phone: known.phone)
                claims.add(entry)
                entries.append(entry)
                if run.options.replaces {
                    account.user.id = known.id
                    account.user.username = known.username
                    replaced.append(account)
                } else {
                    run.count(.users, \.present)
                }
                continue
            }
            if let reason = claims.clash(of: account) {
                run.refuse(.users, MigrationProblem(table: account.table, key: account.key, reason: reason))
                continue
            }
            if let email = account.user.email, claims.isTaken(email: email) {
                run.note(account.table, account.key, "comes without its e-mail address, which another user has")
                account.user.email = nil
            }
            if let phone = account.user.phoneNumber, claims.isTaken(phone: phone) {
                run.note(account.table, account.key, "comes without its telephone number, which another user has")
                account.user.phoneNumber = nil
            }
            claims.add(Self.entry(account))
            made.append(account)
        }
        let written = try run.write(made) {
            try store.add($0.map(\.user))
        } refuse: { account, reason in
            run.refuse(.users, MigrationProblem(table: account.table, key: account.key, reason: reason))
        }
        let changed = try run.write(replaced) { accounts in
            for account in accounts { try replace(account.user) }
        } refuse: { account, reason in
            run.refuse(.users, MigrationProblem(table: account.table, key: account.key, reason: reason))
        }
        run.count(.users, \.taken, written.count + changed.count)
        try run.accounts.add(entries + written.map(Self.entry))
    }

    private static func entry(_ account: SourceAccount) -> Entry {
        Entry(
            source: account.source, userID: account.user.id, username: account.user.username, state: .new,
            email: account.user.email?.lowercased(), phone: account.user.phoneNumber)
    }

    /// Gives an account the source's values, where the source has any.
    private func replace(_ user: User) throws {
        let users = UserStore(run.target)
        guard let before = try users.user(id: user.id) else { throw AccountsError.userUnknown(username: user.username) }
        var after = user
        after.email = before.email
        after.phoneNumber = user.phoneNumber ?? before.phoneNumber
        after.passwordUpdated = user.passwordUpdated ?? before.passwordUpdated
        after.isStaff = before.isStaff || user.isStaff
        after.isSuperuser = before.isSuperuser || user.isSuperuser
        after.created = min(before.created, user.created)
        try users.update(after)
        if let email = user.email, email.lowercased() != before.email?.lowercased() {
            try EmailAddressStore(run.target).add(user.id, email, isVerified: false, isPrimary: true)
        }
    }

    /// Brings values into the form of this program.
    /// - Returns: false for a user that cannot be an account here; that was told.
    private func clean(_ account: inout SourceAccount) -> Bool {
        guard UserStore.isValidUsername(account.user.username) else {
            run.refuse(
                .users,
                MigrationProblem(
                    table: account.table, key: account.key, reason: "\(AccountsError.invalidUsername(account.user.username))"))
            return false
        }
        if let email = account.user.email, !UserStore.isValidEmail(email) {
            run.note(account.table, account.key, "comes without its e-mail address: \(AccountsError.invalidEmail(email))")
            account.user.email = nil
        }
        if let phone = account.user.phoneNumber {
            account.user.phoneNumber = PhoneNumber.isValid(phone) ? phone : PhoneNumber.candidates(phone, prefixes: []).first
            if account.user.phoneNumber == nil {
                run.note(account.table, account.key, "comes without its telephone number: \(AccountsError.invalidPhoneNumber(phone))")
            }
        }
        if UUID(uuidString: account.user.id) == nil {
            account.user.id = RowID.make()
            account.hasOwnID = false
        }
        fit(&account.user.firstName, 150, "first name", account)
        fit(&account.user.lastName, 150, "last name", account)
        fit(&account.user.location, 256, "location", account)
        fit(&account.user.company, 30, "company", account)
        fit(&account.user.url, 200, "web address", account)
        return true
    }

    private func fit(_ text: inout String, _ length: Int, _ field: String, _ account: SourceAccount) {
        guard text.unicodeScalars.count > length else { return }
        run.note(account.table, account.key, "the \(field) is cut to \(length) characters")
        text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
    }
}

/// Who has names, addresses and numbers: here, and among the users of this run.
private struct Claims {
    enum Owner {
        case nobody
        case account(MigratedUserStore.Known)
        case refused(String)
    }

    private var byID: [String: MigratedUserStore.Known] = [:]
    private var byName: [StoredName: MigratedUserStore.Known] = [:]
    private var byEmail: [String: MigratedUserStore.Known] = [:]
    private var byPhone: [String: MigratedUserStore.Known] = [:]
    private var bySource: [String: AccountMapStore.Entry] = [:]
    /// Accounts of this run: two of the source's users are not one here, however they look.
    private var ofRun: Set<String> = []

    init(_ accounts: [SourceAccount], _ run: MigrationRun, _ store: MigratedUserStore) throws {
        let names = accounts.map(\.user.username)
        let emails = accounts.compactMap { $0.user.email?.lowercased() }
        let phones = accounts.compactMap(\.user.phoneNumber)
        // A name of one user must not be the address or number of another.
        let storable = { (texts: [String]) in texts.filter { !$0.utf8.contains(0) } }
        for known in try store.known(
            ids: accounts.filter(\.hasOwnID).map(\.user.id), names: storable(names + emails + phones),
            emails: storable(emails + names.map { $0.lowercased() }), phones: storable(phones + names))
        {
            add(known)
        }
        for entry in try run.accounts.claims(
            names: names + emails + phones, emails: emails + names.map { $0.lowercased() }, phones: phones + names)
        {
            add(entry)
        }
        bySource = try run.accounts.entries(accounts.map(\.source))
    }

    private mutating func add(_ known: MigratedUserStore.Known) {
        byID[known.id] = known
        byName[StoredName(known.username)] = known
        if let email = known.email { byEmail[email] = known }
        if let phone = known.phone { byPhone[phone] = known }
    }

    mutating func add(_ entry: AccountMapStore.Entry) {
        bySource[entry.source] = entry
        ofRun.insert(entry.userID)
        if entry.state == .new {
            add(
                MigratedUserStore.Known(
                    id: entry.userID, username: entry.username, email: entry.email, phone: entry.phone, isStaff: false))
        }
    }

    func entry(of source: String) -> AccountMapStore.Entry? { bySource[source] }

    /// The account here that a user is.
    func owner(of account: SourceAccount) -> Owner {
        if account.hasOwnID, let known = byID[account.user.id] { return .account(known) }
        let named = byName[StoredName(account.user.username)]
        if let named, ofRun.contains(named.id) {
            return account.hasOwnID ? .refused("its user name is that of another user of the source") : .account(named)
        }
        guard account.isFoundByAddress else { return named.map { .account($0) } ?? .nobody }
        let others = [account.user.email.flatMap { byEmail[$0.lowercased()] }, account.user.phoneNumber.flatMap { byPhone[$0] }]
            .compactMap(\.self).filter { !ofRun.contains($0.id) }
        let ids = Set(([named].compactMap(\.self) + others).map(\.id))
        if ids.count > 1 { return .refused("its user name, e-mail address and telephone number belong to different users here") }
        return (named ?? others.first).map { .account($0) } ?? .nobody
    }

    /// Why a name cannot be had although nobody has it for a name.
    func clash(of account: SourceAccount) -> String? {
        let name = account.user.username
        if byEmail[name.lowercased()] != nil || byPhone[name] != nil {
            return "its user name is the e-mail address or telephone number of another user"
        }
        return nil
    }

    func isTaken(email: String) -> Bool { byEmail[email.lowercased()] != nil || byName[StoredName(email)] != nil }
    func isTaken(phone: String) -> Bool { byPhone[phone] != nil || byName[StoredName(phone)] != nil }
}
