import Database
import HTTPTypes
import Localization
import WebRouting

/// E-mail addresses of users, and how they are proved.
struct EmailAddressService: Sendable {
    let environment: AccountsEnvironment

    /// Sends a letter whose link proves that an address is the user's.
    /// - Throws: 503 where links cannot be made.
    func sendConfirmation(_ email: String, _ user: User, _ request: WebRequest, _ connection: any DatabaseConnection) throws {
        let origin = try request.linkOrigin()
        let seconds = environment.settings.confirmationSeconds
        let key = try TicketStore(connection).make(purpose: .emailConfirmation, userID: user.id, data: email, lifetime: seconds)
        let site = environment.settings.siteName
        try environment.sendMail(
            AccountMail(
                .emailConfirmation, to: user, recipient: email, language: request.language,
                subject: Message("Confirm your e-mail address for {site}", ["site": site]),
                paragraphs: [
                    Message("Hello {name},", ["name": user.displayName]),
                    Message(
                        "this address was given for the account {username} at {site}. If it was you, confirm it by the link below; if it was not, ignore this message.",
                        ["username": user.username, "site": site]),
                ], action: ("Confirm the address", "\(origin)/accounts/confirm-email/\(key)/"),
                expires: currentMicroseconds() + seconds * 1_000_000), connection)
    }

    /// Gives a user another primary address, or none, in the caller's transaction; the account follows at once.
    func setByOperator(_ email: String?, _ user: inout User, _ request: WebRequest, _ connection: any DatabaseConnection) throws {
        guard email?.lowercased() != user.email?.lowercased() else { return }
        let store = EmailAddressStore(connection)
        if let email {
            let address = try store.add(user.id, email, isVerified: false, isPrimary: true)
            if !address.isVerified { try sendConfirmation(email, user, request, connection) }
        } else if let primary = try store.primary(user.id) {
            try store.remove(primary)
        }
        user.email = email
    }

    /// Uses up the key of a confirmation mail.
    /// - Returns: the address; nil for a key that is wrong, used or too old, and for an address that somebody else proved meanwhile.
    func confirm(_ key: String) async throws -> String? {
        do {
            return try await environment.change { connection in
                guard let ticket = try TicketStore(connection).take(key, purpose: .emailConfirmation) else { return nil }
                let store = EmailAddressStore(connection)
                // An address that was taken away from the user meanwhile stays away.
                guard let address = try store.address(ticket.data, of: ticket.userID) else { return nil }
                try store.confirm(ticket.userID, address.email)
                if let user = try UserStore(connection).user(id: ticket.userID) { try environment.hooks.userChanged(user, connection) }
                return address.email
            }
        } catch let problem as Problem where problem.status == .badRequest {
            return nil
        }
    }

    /// The address that a key is for, which stays good; nil for a key that is wrong, used or too old.
    func address(of key: String) async throws -> String? {
        try await environment.read { try TicketStore($0).peek(key, purpose: .emailConfirmation)?.data }
    }

    /// One page of the addresses of a user whom the caller sees.
    func page(_ page: Page, of userID: String, for caller: Principal) async throws -> (addresses: [EmailAddress], total: Int) {
        try caller.require(.view, "emailaddress")
        return try await environment.read { connection in
            _ = try UserAuthority(caller, connection).visible(userID)
            return try EmailAddressStore(connection).page(page, of: userID)
        }
    }

    /// One address of a user whom the caller sees.
    func address(_ id: Int64?, of userID: String, for caller: Principal) async throws -> EmailAddress {
        try caller.require(.view, "emailaddress")
        return try await environment.read { connection in
            _ = try UserAuthority(caller, connection).visible(userID)
            return try Self.find(id, userID, connection)
        }
    }

    private static func find(_ id: Int64?, _ userID: String, _ connection: any DatabaseConnection) throws -> EmailAddress {
        guard let id, let address = try EmailAddressStore(connection).address(id: id, of: userID) else { throw Problem.notFound }
        return address
    }

    /// Adds an address; a letter asks to prove it. It becomes the primary one at once only where the user has none.
    func add(_ email: String, isPrimary: Bool, of userID: String, _ request: WebRequest) async throws -> EmailAddress {
        let caller = try request.user()
        try caller.require(.add, "emailaddress")
        return try await environment.change { connection in
            let user = try UserAuthority(caller, connection).changeable(userID)
            let store = EmailAddressStore(connection)
            guard try store.address(email, of: userID) == nil else { throw AccountsError.emailTaken(email) }
            try keepOwnAddress(of: user, unlessIt: email, store)
            let primary = try store.primary(userID)
            let address = try store.add(
                userID, email, isVerified: false, isPrimary: isPrimary && primary?.isVerified != true || primary == nil)
            try sendConfirmation(email, user, request, connection)
            try audit(.added, before: nil, after: address, of: user, connection)
            return address
        }
    }

    /// Changes an address. A new text has to be proved; the primary address gives way only to one that is.
    func change(_ id: Int64?, email: String?, isPrimary: Bool?, of userID: String, _ request: WebRequest) async throws -> EmailAddress {
        let caller = try request.user()
        try caller.require(.change, "emailaddress")
        return try await environment.change { connection in
            let user = try UserAuthority(caller, connection).changeable(userID)
            let store = EmailAddressStore(connection)
            var address = try Self.find(id, userID, connection)
            let before = address
            if let email, email.lowercased() != address.email.lowercased() {
                if try store.isForeign(email, userID: userID) { throw AccountsError.emailTaken(email) }
                if try store.address(email, of: userID) != nil { throw AccountsError.emailTaken(email) }
                try store.setEmail(email, of: address)
                try sendConfirmation(email, user, request, connection)
                address = try Self.find(id, userID, connection)
            }
            if isPrimary == true, !address.isPrimary {
                guard try address.isVerified || store.primary(userID)?.isVerified != true else {
                    throw Problem.field("primary", "Only an address that is verified can take the place of one that is.")
                }
                address = try store.makePrimary(address)
            }
            try audit(.changed, before: before, after: address, of: user, connection)
            return address
        }
    }

    /// Removes an address.
    func remove(_ id: Int64?, of userID: String, for caller: Principal) async throws {
        try caller.require(.delete, "emailaddress")
        try await environment.change { connection in
            let user = try UserAuthority(caller, connection).changeable(userID)
            let address = try Self.find(id, userID, connection)
            try EmailAddressStore(connection).remove(address)
            try audit(.removed, before: address, after: nil, of: user, connection)
        }
    }

    /// Other programs leave an account's address without a row here: it is the primary one all the same, and another must not take its place.
    /// - Parameter email: the address about to be added.
    private func keepOwnAddress(of user: User, unlessIt email: String, _ store: EmailAddressStore) throws {
        guard let known = user.email, known.lowercased() != email.lowercased(), try store.primary(user.id) == nil,
            try !store.isForeign(known, userID: user.id)
        else { return }
        try store.add(user.id, known, isVerified: false, isPrimary: true)
    }

    private func audit(
        _ action: AuditAction, before: EmailAddress?, after: EmailAddress?, of user: User, _ connection: any DatabaseConnection
    ) throws {
        func values(_ address: EmailAddress?) -> JSONValue? {
            address.map { ["email": .string($0.email), "verified": .bool($0.isVerified), "primary": .bool($0.isPrimary)] }
        }
        let organizations = user.isSuperuser ? [] : try MembershipStore(connection).memberships(user.id).map(\.organizationID)
        try AuditLog(connection).record(
            action,
            AuditObject(
                .emailAddress, id: (after ?? before).map { String($0.id) } ?? "",
                label: "\((after ?? before)?.email ?? "") of \(user.username)",
                userID: user.id, organizationIDs: Set(organizations)), before: values(before), after: values(after))
    }
}
