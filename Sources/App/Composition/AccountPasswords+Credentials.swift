import AccessPolicy
import Accounts
import Dispatch
import NIOConcurrencyHelpers

extension AccountPasswords {
    /// Hashes that a batch lets wait at a time: logins come first.
    private static let together = 4

    /// Turns passwords into what `radcheck` keeps, in order, and blocks the calling thread meanwhile: never one of the cooperative pool.
    @Sendable func makeCredentials(_ passwords: [String], by scheme: PasswordScheme) throws -> [PolicyItem] {
        let outcome = NIOLockedValueBox<Result<[PolicyItem], any Error>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        Task {
            do {
                let items = try await hashAll(passwords, by: scheme)
                outcome.withLockedValue { $0 = .success(items) }
            } catch {
                outcome.withLockedValue { $0 = .failure(error) }
            }
            isDone.signal()
        }
        isDone.wait()
        guard let result = outcome.withLockedValue({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    private func hashAll(_ passwords: [String], by scheme: PasswordScheme) async throws -> [PolicyItem] {
        var items: [PolicyItem] = []
        for start in stride(from: 0, to: passwords.count, by: Self.together) {
            let slice = passwords[start..<min(start + Self.together, passwords.count)]
            items += try await withThrowingTaskGroup(of: (Int, PolicyItem).self) { group in
                for (index, password) in slice.enumerated() {
                    group.addTask {
                        let credential = try await self.hash(password, by: scheme)
                        return (index, PolicyItem(attribute: credential.attribute, op: ":=", value: credential.value))
                    }
                }
                var hashed: [(Int, PolicyItem)] = []
                for try await item in group { hashed.append(item) }
                return hashed.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
        return items
    }
}
