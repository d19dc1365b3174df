import Digests

/// A verified password change that waits to be stored.
struct PasswordChange: Sendable {
    /// Rows to write, all or none: the password's, and the one that said it has expired.
    var rows: [ChangedRow]
    /// The password's value without quotes, as ``KnownPassword/text`` will have it.
    var text: String

    /// Why a new password is refused, for the trace; nil when it will do.
    static func weakness(of new: String, oldHash: [UInt8], newHash: [UInt8], _ settings: PipelineSettings) -> String? {
        if new.isEmpty { return "the new password is empty" }
        if new.count < settings.minimumPasswordLength { return "the new password is too short" }
        return constantTimeEqual(oldHash, newHash) ? "the new password is the old one" : nil
    }

    /// - Returns: nil for forms that only the clear text could make, and for rows that are not the user's own, which cannot be written.
    init?(to password: String, ntHash: [UInt8], of known: KnownPassword) {
        guard known.row.table == .radcheck else { return nil }
        let header = known.text.first == "{" ? known.text.firstIndex(of: "}").map { String(known.text[...$0]) } ?? "" : ""
        let escaped = TextEscapes.escape(password)
        switch (known.stored, known.row.attribute.lowercased()) {
        case (.cleartext, "password-with-header"): text = (header.isEmpty ? "{clear}" : header) + escaped
        case (.cleartext, _): text = escaped
        case (.nt, _): text = header + Hexadecimal.encode(ntHash)
        default: return nil
        }
        rows = [ChangedRow(row: known.row, value: Self.quoted(text))]
    }

    /// Quotes protect a value that would be read as quoted itself.
    private static func quoted(_ text: String) -> String {
        guard let first = text.first, first == text.last, text.utf8.count > 1, "\"'`".contains(first) else { return text }
        return first == "'" ? "\"\(text)\"" : "'\(text)'"
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
                try stores.credentials.change(change.rows)
                contexts[index].note("new password stored")
                // From now on this is what sessions are resumed for.
                contexts[index].passwords = contexts[index].passwords.map { known in
                    guard known.row == change.rows.first?.row else { return known }
                    return KnownPassword(row: known.row, stored: known.stored, text: change.text)
                }
            } catch {
                contexts[index].note("new password not stored: \(error)")
                contexts[index].decide(.reject(.passwordChangeFailed))
            }
        }
    }
}
