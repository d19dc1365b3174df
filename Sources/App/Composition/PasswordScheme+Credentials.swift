public import AccessPolicy
public import Accounts
import Dispatch
import NIOConcurrencyHelpers

extension PasswordScheme {
    /// Turns passwords into what `radcheck` keeps, in order, on all cores: for commands, which serve nobody else meanwhile. Blocks.
    /// - Throws: when the memory for a hash cannot be had.
    public func makeCredentials(_ passwords: [String]) throws -> [PolicyItem] {
        if self == .cleartext { return passwords.map { UserProvisioning.cleartext($0) } }
        let made = NIOLockedValueBox([PolicyCredential?](repeating: nil, count: passwords.count))
        DispatchQueue.concurrentPerform(iterations: passwords.count) { index in
            let credential = credential(passwords[index])
            made.withLockedValue { $0[index] = credential }
        }
        return try made.withLockedValue { $0 }.map { credential in
            guard let credential else { throw OutOfMemory() }
            return PolicyItem(attribute: credential.attribute, op: ":=", value: credential.value)
        }
    }

    private struct OutOfMemory: Error, CustomStringConvertible {
        var description: String { "there is not enough memory for the hash" }
    }
}
