import Digests
import Foundation
import NIOConcurrencyHelpers

/// Passwords verified a moment ago, so that a client which logs in again and again costs one hash.
///
/// Keeps no password: a key is the HMAC of user, stored form and password under a key of this process, so that a new password or a new
/// form misses. Bounded; all is forgotten when it is full.
final class VerifiedPasswords: Sendable {
    private let entries = NIOLockedValueBox<[[UInt8]: Double]>([:])
    private let hmac: HMACSHA256
    private let capacity: Int
    private let seconds: Double
    private let now: @Sendable () -> Double

    init(capacity: Int, seconds: Double, now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }) {
        self.capacity = capacity
        self.seconds = seconds
        self.now = now
        hmac = HMACSHA256(key: randomOctets(32))
    }

    func contains(_ password: String, _ row: PasswordStore.Row) -> Bool {
        // Quick forms are compared each time.
        guard row.stored?.isSlow ?? false else { return false }
        let key = key(password, row)
        let time = now()
        return entries.withLockedValue { entries in
            guard let expiry = entries[key] else { return false }
            if expiry > time { return true }
            entries[key] = nil
            return false
        }
    }

    func insert(_ password: String, _ row: PasswordStore.Row) {
        guard row.stored?.isSlow ?? false else { return }
        let key = key(password, row)
        let expiry = now() + seconds
        entries.withLockedValue { entries in
            if entries.count >= capacity { entries.removeAll() }
            entries[key] = expiry
        }
    }

    private func key(_ password: String, _ row: PasswordStore.Row) -> [UInt8] {
        // NUL cannot occur in the first two: the database keeps none.
        hmac.authenticate(Array(row.username.utf8) + [0] + Array(row.credential.value.utf8) + [0] + Array(password.utf8))
    }
}
