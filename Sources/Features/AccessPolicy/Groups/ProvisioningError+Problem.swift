import HTTPTypes
import Localization
import WebRouting

extension ProvisioningError {
    /// The refusal as the API tells it; nil for what only commands can do wrong.
    var problem: Problem? {
        switch self {
        case .groupExists: .field("name", "A group with this name exists already.")
        case .invalidGroupName: .field("name", "A group's name has 1 to 253 bytes without control characters.")
        case .groupUnknown: .notFound
        case .defaultGroup: Problem(.badRequest, "The default group cannot be deleted. Make another group the default first.")
        case .defaultGroupNeeded: .field("default", "There must be a default group. Make another group the default instead.")
        case .alreadyMember: .field("group", "The user is in this group already.")
        case .emptyPassword, .userHasRows, .noAccount, .notMember: nil
        }
    }

    /// For a reference to an object that is not there, or not for the caller.
    static func unknownReference(_ field: String, _ id: String) -> Problem {
        .field(field, Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": id]))
    }
}
