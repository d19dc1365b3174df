import Digests
import NIOConcurrencyHelpers
public import ServerKernel

/// Verifies and makes passwords of accounts, on threads of their own.
public final class AccountPasswords: Sendable {
    private let kernel: Kernel
    private let scheme: PasswordScheme
    private let threads: HashingThreads
    private let verified: VerifiedPasswords
    /// Compared with where there is nothing to compare with, so that the time tells nothing about who exists.
    private let decoy = NIOLockedValueBox<StoredPassword?>(nil)

    /// - Parameters:
    ///   - threads: for hashes; 1 or more.
    ///   - queue: hashes that may wait; beyond, requests are answered 503.
    public init(_ kernel: Kernel, scheme: PasswordScheme, threads: Int, queue: Int) {
        self.kernel = kernel
        self.scheme = scheme
        self.threads = HashingThreads(threads: threads, capacity: queue)
        verified = VerifiedPasswords(capacity: 10_000, seconds: 60)
    }

    deinit { threads.stop() }

    /// The first of some users whose password it is; a form of it that is weaker than the configured one is replaced.
    ///
    /// Takes about the same time for a user that does not exist.
    /// - Throws: 503 when too many hashes wait, or the database's error.
    public func verify(_ password: String, of usernames: [String]) async throws -> String? {
        let rows = usernames.isEmpty ? [] : try await kernel.withConnection { try PasswordStore($0).rows(usernames) }
        let candidates = usernames.flatMap { name in rows.filter { $0.username.utf8.elementsEqual(name.utf8) } }
        if let known = candidates.first(where: { verified.contains(password, $0) }) { return known.username }
        let scheme = scheme
        let decoy = decoy
        let octets = Array(password.utf8)
        let (match, upgrade) = try await threads.run { () -> (PasswordStore.Row?, PolicyCredential?) in
            let match = candidates.first { $0.stored?.verify(octets) ?? false }
            if match == nil, !candidates.contains(where: { $0.stored?.isSlow ?? false }) { Self.waste(octets, decoy, scheme) }
            let isWeak = match?.stored.map { scheme.replaces($0) } ?? false
            return (match, isWeak ? scheme.credential(password) : nil)
        }
        guard let match else { return nil }
        if let upgrade {
            try await kernel.withConnection { try PasswordStore($0).upgrade(match, to: upgrade) }
        } else {
            verified.insert(password, match)
        }
        return match.username
    }

    /// A password in the configured form, or in another one.
    /// - Throws: 503 when too many hashes wait.
    public func hash(_ password: String, by scheme: PasswordScheme? = nil) async throws -> PolicyCredential {
        let scheme = scheme ?? self.scheme
        guard let credential = try await threads.run({ scheme.credential(password) }) else { throw OutOfMemory() }
        return credential
    }

    /// Spends the time of a comparison.
    private static func waste(_ octets: [UInt8], _ decoy: NIOLockedValueBox<StoredPassword?>, _ scheme: PasswordScheme) {
        var stored = decoy.withLockedValue { $0 }
        if stored == nil {
            stored = scheme.credential("decoy").flatMap { StoredPassword(attribute: $0.attribute, value: $0.value) }
            decoy.withLockedValue { [stored] in $0 = stored }
        }
        _ = stored?.verify(octets)
    }

    /// A hash's memory could not be had.
    private struct OutOfMemory: Error {}
}
