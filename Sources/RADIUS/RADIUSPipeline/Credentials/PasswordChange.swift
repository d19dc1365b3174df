import Digests

/// A verified password change that waits to be stored.
struct PasswordChange: Sendable {
    var row: PolicyRow
    /// What the row shall hold.
    var value: String

    /// The new value in the form of the row's present one; nil for forms that only the clear text could make.
    static func value(of password: String, ntHash: [UInt8], like known: KnownPassword) -> String? {
        // Only the user's own row can be written.
        guard known.row.table == .radcheck else { return nil }
        let header = known.text.first == "{" ? known.text.firstIndex(of: "}").map { String(known.text[...$0]) } ?? "" : ""
        switch (known.stored, known.row.attribute.lowercased()) {
        case (.cleartext, "password-with-header"):
            return (header.isEmpty ? "{clear}" : header) + password
        case (.cleartext, _):
            // Quotes protect a value that would be read as quoted itself.
            guard let first = password.first, first == password.last, password.utf8.count > 1, "\"'`".contains(first) else {
                return password
            }
            return first == "'" ? "\"\(password)\"" : "'\(password)'"
        case (.nt, _):
            return header + Hexadecimal.encode(ntHash)
        default:
            return nil
        }
    }
}

/// Stores the passwords that ``MSCHAPv2`` verified; a user whose new password cannot be stored is rejected.
public struct ChangePassword: BatchStage {
    public let name = "Password change"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        for index in pending {
            guard let change = contexts[index].passwordChange else { continue }
            contexts[index].passwordChange = nil
            if contexts[index].isRehearsal { continue }
            do {
                try stores.credentials.changePassword(row: change.row, to: change.value)
                contexts[index].note("new password stored")
            } catch {
                contexts[index].note("new password not stored: \(error)")
                contexts[index].decide(.reject(.passwordChangeFailed))
            }
        }
    }
}
