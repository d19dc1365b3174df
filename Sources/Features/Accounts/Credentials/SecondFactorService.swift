import Database
import Digests
import Foundation
import HTTPTypes
import Localization
import WebRouting

/// Second factors of operators: time-based codes (RFC 6238), and recovery codes for a lost authenticator.
struct SecondFactorService: Sendable {
    let environment: AccountsEnvironment

    /// Whether a user has a confirmed factor, and how many recovery codes are left.
    func state(of userID: String) async throws -> (isEnabled: Bool, recoveryCodes: Int) {
        try await environment.read { connection in
            let store = SecondFactorStore(connection)
            return (try store.secret(of: userID)?.isConfirmed ?? false, try store.recoveryCodes(userID))
        }
    }

    /// Checks the code of a user who has a confirmed factor.
    /// - Throws: 400 for a missing or wrong code, 429 after too many wrong ones.
    func check(_ code: String?, of user: User, from address: String) async throws {
        let state = try await environment.read { try SecondFactorStore($0).secret(of: user.id) }
        guard let state, state.isConfirmed else { return }
        guard let code, !code.isEmpty else {
            throw Problem(.badRequest, "Enter the code of your authenticator.", code: "second_factor_required")
        }
        let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: "code " + user.id, address: address))
        let isRight = try await environment.change { connection in
            let store = SecondFactorStore(connection)
            if try store.use(code, secret: state.secret, userID: user.id) { return true }
            return try store.useRecoveryCode(code, userID: user.id)
        }
        guard isRight else { throw Self.wrongCode }
        attempt.succeeded()
    }

    private static let wrongCode = Problem.field("code", "The code is wrong or was used before.")

    /// A new secret for a user's authenticator, which counts once a code of it was shown.
    /// - Returns: base32, and the address that authenticators read from a QR code.
    func enrol(_ caller: Principal, password: String, from address: String) async throws -> (secret: String, address: String) {
        try await requirePassword(password, caller, from: address)
        let secret = randomOctets(20)
        let isNew = try await environment.change { try SecondFactorStore($0).offer(secret, userID: caller.id) }
        guard isNew else { throw Problem(.conflict, "There is a second factor already. Remove it first.") }
        let text = Base32.encode(secret)
        let issuer = Self.escaped(environment.settings.siteName)
        return (
            text,
            "otpauth://totp/\(issuer):\(Self.escaped(caller.username))?secret=\(text)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30"
        )
    }

    /// Takes a secret into use.
    /// - Returns: recovery codes, told only now.
    func confirm(_ caller: Principal, code: String, from address: String) async throws -> [String] {
        let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: "code " + caller.id, address: address))
        let codes = try await environment.change { connection -> [String] in
            let store = SecondFactorStore(connection)
            guard let state = try store.secret(of: caller.id), !state.isConfirmed else {
                throw Problem(.conflict, "There is no second factor that waits for its confirmation.")
            }
            guard try store.use(code, secret: state.secret, userID: caller.id) else { throw Self.wrongCode }
            try store.confirm(caller.id)
            if let user = try UserSnapshot(caller.id, over: connection) { try AuditLog(connection).record(.secondFactorAdded, of: user) }
            return try store.makeRecoveryCodes(caller.id)
        }
        attempt.succeeded()
        return codes
    }

    /// Ends the use of a second factor.
    func remove(_ caller: Principal, password: String, code: String, from address: String) async throws {
        try await requirePassword(password, caller, from: address)
        guard let user = try await environment.read({ try UserStore($0).user(id: caller.id) }) else { throw Problem.notFound }
        try await check(code, of: user, from: address)
        try await environment.change { connection in
            try SecondFactorStore(connection).remove(caller.id)
            if let user = try UserSnapshot(caller.id, over: connection) { try AuditLog(connection).record(.secondFactorRemoved, of: user) }
        }
    }

    /// - Throws: 400 for a wrong password, 429 after too many of them: a stolen token must not serve to guess it.
    private func requirePassword(_ password: String, _ caller: Principal, from address: String) async throws {
        let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: caller.id, address: address))
        guard try await environment.passwords.verify(password, of: [caller.username]) != nil else {
            throw Problem.field("password", "The password is wrong.")
        }
        attempt.succeeded()
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
