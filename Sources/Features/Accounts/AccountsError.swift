/// Why an account operation was refused; the text names the field and the way out.
public enum AccountsError: Error, Equatable, CustomStringConvertible {
    case organizationExists(slug: String)
    case organizationUnknown(slug: String)
    case invalidSlug(String)
    case userExists(username: String)
    case userUnknown(username: String)
    case invalidUsername(String)
    case invalidEmail(String)
    case emailTaken(String)
    case invalidPhoneNumber(String)
    case phoneNumberTaken(String)
    case notMember(username: String, slug: String)
    case roleUnknown(String)
    case roleExists(String)
    case permissionUnknown(String)

    public var description: String {
        switch self {
        case .organizationExists(let slug): "an organization with the slug '\(slug)' exists already"
        case .organizationUnknown(let slug): "there is no organization '\(slug)'; 'radian organization list' shows them"
        case .invalidSlug(let slug):
            "'\(slug)' cannot be a slug: use 1 to 64 lower-case letters, digits, '-' or '_', beginning with a letter or digit"
        case .userExists(let username): "a user '\(username)' exists already"
        case .userUnknown(let username): "there is no user '\(username)'; 'radian user list' shows them"
        case .invalidUsername(let username):
            "'\(username)' cannot be a user name: use 1 to 253 bytes without control characters or blanks at its ends"
        case .invalidEmail(let email): "'\(email)' is not an e-mail address"
        case .emailTaken(let email): "the e-mail address '\(email)' belongs to another user"
        case .invalidPhoneNumber(let number): "'\(number)' is not a telephone number in international form, such as +393664255801"
        case .phoneNumberTaken(let number): "the telephone number '\(number)' belongs to another user"
        case .notMember(let username, let slug): "'\(username)' is not a member of '\(slug)'"
        case .roleUnknown(let name): "there is no role '\(name)'; 'radian role list' shows them"
        case .roleExists(let name): "a role '\(name)' exists already"
        case .permissionUnknown(let name): "there is no permission '\(name)'; 'radian role permissions' shows them"
        }
    }
}
