import Accounts
import Database
import Digests
import Foundation

/// daloRADIUS's people: `userinfo` and `operators`.
enum DaloRADIUSUsers {
    /// The account of a row of `userinfo`.
    static func account(_ record: SourceRecord, username: String, times: SourceTime) -> SourceAccount {
        var user = User(
            username: username, email: record.trimmed("email"), firstName: record["firstname"] ?? "", lastName: record["lastname"] ?? "")
        user.phoneNumber = ["mobilephone", "workphone", "homephone"].lazy.compactMap { phone(record.trimmed($0)) }.first
        user.company = record["company"] ?? ""
        user.location = ["address", "zip", "city", "state", "country"].compactMap { record.trimmed($0) }.joined(separator: ", ")
        user.notes = record["notes"] ?? ""
        if let created = times.microseconds(record["creationdate"]) { user.created = created }
        return SourceAccount(source: username, table: "userinfo", key: username, user: user)
    }

    /// A number in the international form; national ones say nothing about their country.
    private static func phone(_ text: String?) -> String? { text.flatMap { PhoneNumber.candidates($0, prefixes: []).first } }

    /// The account of a row of `operators`; nil for one without a name.
    static func operatorAccount(_ record: SourceRecord, times: SourceTime) -> SourceAccount? {
        guard let username = record.text("username") else { return nil }
        var user = User(
            username: username, email: record.trimmed("email1") ?? record.trimmed("email2"), firstName: record["firstname"] ?? "",
            lastName: record["lastname"] ?? "", isStaff: true)
        user.phoneNumber = ["phone1", "phone2"].lazy.compactMap { phone(record.trimmed($0)) }.first
        user.company = record["company"] ?? ""
        user.notes = record["notes"] ?? ""
        user.lastLogin = times.microseconds(record["lastlogin"])
        if let created = times.microseconds(record["creationdate"]) { user.created = created }
        return SourceAccount(source: "operator " + username, table: "operators", key: username, user: user, isOperator: true)
    }

    /// An operator's password: what PHP's `password_hash` makes, or the MD5 of older versions; nil for another form.
    static func credential(_ text: String) -> PolicyCredential? {
        let attribute: String
        if text.hasPrefix("$2") {
            attribute = "Bcrypt-Password"
        } else if text.hasPrefix("$argon2") {
            attribute = "Argon2-Password"
        } else if text.utf8.count == 32, text.utf8.allSatisfy(\.isHexadecimalDigit) {
            attribute = "MD5-Password"
        } else {
            return nil
        }
        return StoredPassword(attribute: attribute, value: text) == nil ? nil : PolicyCredential(attribute: attribute, value: text)
    }
}

enum RandomUUID {
    /// In lower case.
    static func make() -> String { RowID.make() }
}
