import Accounts
import Database

/// Writes users' e-mail addresses, and whether they were proved.
struct AddressMigration {
    typealias Address = MigratedUserStore.Address
    private let run: MigrationRun
    private let store: MigratedUserStore
    private var chunks = Chunks<Address>()

    init(_ run: MigrationRun) {
        self.run = run
        store = MigratedUserStore(connection: run.target)
    }

    mutating func take(_ address: Address) throws {
        try chunks.append(address, handOver)
    }

    /// Also makes the account's own address one of its addresses, not proved, where no row told of it.
    mutating func finish() throws {
        try chunks.finish(handOver)
        var last = ""
        while true {
            let entries = try run.accounts.entries(after: last, limit: MigrationRun.chunkSize)
            guard let end = entries.last else { break }
            last = end.source
            try run.write { try store.completeAddresses(of: entries.map(\.userID)) }
        }
    }

    private func handOver(_ addresses: [Address]) throws {
        var present: [String: [String: Address]] = [:]
        var withPrimary: Set<String> = []
        for known in try store.addresses(of: Array(Set(addresses.map(\.userID)))) {
            present[known.userID, default: [:]][known.email] = known
            if known.isPrimary { withPrimary.insert(known.userID) }
        }
        var proved = try store.verified(among: addresses.map { $0.email.lowercased() })
        let owners = try owners(of: addresses)
        var missing: [Address] = []
        var replaced: [Address] = []
        for var address in addresses {
            let email = address.email.lowercased()
            if let known = present[address.userID]?[email] {
                let isMore = address.isVerified && !known.isVerified || address.isPrimary && !known.isPrimary
                if isMore, run.options.replaces { replaced.append(address) } else { run.count(.addresses, \.present) }
                continue
            }
            present[address.userID, default: [:]][email] = address
            guard UserStore.isValidEmail(address.email) else {
                run.refuse(
                    .addresses,
                    MigrationProblem(
                        table: "e-mail addresses", key: address.email, reason: "\(AccountsError.invalidEmail(address.email))"))
                continue
            }
            if owners[email, default: []].contains(where: { $0 != address.userID }) {
                run.refuse(
                    .addresses,
                    MigrationProblem(
                        table: "e-mail addresses", key: address.email, reason: "\(AccountsError.emailTaken(address.email))"))
                continue
            }
            if address.isVerified, !proved.insert(email).inserted {
                run.note("e-mail addresses", address.email, "is taken as not proved: another user has proved it")
                address.isVerified = false
            }
            if address.isPrimary, !withPrimary.insert(address.userID).inserted { address.isPrimary = false }
            missing.append(address)
        }
        let refuse = { (address: Address, reason: String) in
            run.refuse(.addresses, MigrationProblem(table: "e-mail addresses", key: address.email, reason: reason))
        }
        let written = try run.write(missing, { try store.add($0) }, refuse: refuse)
        let changed = try run.write(
            replaced,
            { addresses in
                let own = EmailAddressStore(run.target)
                for address in addresses {
                    try own.add(address.userID, address.email, isVerified: address.isVerified, isPrimary: address.isPrimary)
                }
            }, refuse: refuse)
        run.count(.addresses, \.taken, written.count + changed.count)
    }

    /// Accounts that have the addresses (in lower case) for their own, or for their names.
    private func owners(of addresses: [Address]) throws -> [String: [String]] {
        let emails = addresses.map { $0.email.lowercased() }
        let names = addresses.map(\.email)
        var owners: [String: [String]] = [:]
        for known in try store.known(ids: [], names: names, emails: emails, phones: []) {
            for text in [known.email, known.username.lowercased()].compactMap(\.self) { owners[text, default: []].append(known.id) }
        }
        for entry in try run.accounts.claims(names: names, emails: emails, phones: []) where entry.state == .new {
            for text in [entry.email, entry.username.lowercased()].compactMap(\.self) { owners[text, default: []].append(entry.userID) }
        }
        return owners
    }
}
