public import Localization

extension PasswordStore {
    /// The longest User-Password of RADIUS (RFC 2865 §5.2), in octets.
    public static let longestPassword = 128
    /// Characters.
    public static let shortestPassword = 8

    /// What makes a password too weak for an account; nothing when it is good.
    /// - Parameter attributes: names, addresses and numbers of the user, which a password must not resemble.
    public static func problems(_ password: String, attributes: [String] = []) -> [Message] {
        var problems: [Message] = []
        if password.count < shortestPassword {
            problems.append(Message("This password is too short. It needs at least {min} characters.", ["min": String(shortestPassword)]))
        }
        if password.utf8.count > longestPassword {
            problems.append(Message("This password is too long. It may have {max} bytes.", ["max": String(longestPassword)]))
            return problems
        }
        if password.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            problems.append("This password has characters that cannot be typed.")
        }
        if !password.isEmpty, password.allSatisfy(\.isNumber) { problems.append("This password consists of digits only.") }
        if PasswordGuesses.isObvious(password) { problems.append("This password is one of the first that anybody would guess.") }
        if attributes.contains(where: { PasswordGuesses.resembles(password, $0) }) {
            problems.append("This password is too similar to your personal data.")
        }
        return problems
    }
}

extension User {
    /// What this user's password must not resemble.
    public var passwordAttributes: [String] {
        [username, email ?? "", firstName, lastName, phoneNumber ?? ""].filter { !$0.isEmpty }
    }
}
