import HTTPTypes
import Localization
public import WebRouting

extension AccountsError {
    /// The refusal as the API tells it.
    public var problem: Problem {
        switch self {
        case .organizationExists: .field("slug", "organization with this slug already exists.")
        case .organizationUnknown, .userUnknown, .roleUnknown, .notMember: .notFound
        case .invalidSlug: .field("slug", "A slug has 1 to 64 lower-case letters, digits, hyphens and underscores.")
        case .userExists: .field("username", "A user with that username already exists.")
        case .invalidUsername: .field("username", Self.usernameForm)
        case .invalidEmail: .field("email", "Enter a valid email address.")
        case .emailTaken: .field("email", "User with this Email address already exists.")
        case .invalidPhoneNumber: .field("phone_number", "The phone number entered is not valid.")
        case .phoneNumberTaken: .field("phone_number", "User with this phone number already exists.")
        case .roleExists: .field("name", "group with this name already exists.")
        case .permissionUnknown(let name):
            .field("permissions", Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": name]))
        }
    }

    static let usernameForm: Message = "Enter a valid username: up to 150 letters, digits and the signs @ . + - _."

    /// For a reference to an object that is not there, or not for the caller.
    static func unknownReference(_ field: String, _ text: String) -> Problem {
        .field(field, Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": text]))
    }
}
