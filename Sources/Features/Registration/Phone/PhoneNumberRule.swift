import Accounts
import Database
import Localization
import Messaging
import OrganizationSettings

/// Which telephone numbers an organization takes.
struct PhoneNumberRule {
    private let messaging: Messaging

    init(_ messaging: Messaging) {
        self.messaging = messaging
    }

    /// Why a number is not taken; nil when it is.
    /// - Parameters:
    ///   - number: E.164.
    ///   - userID: whose it shall be; empty for a user to come.
    func refusal(
        of number: String, userID: String, in context: OrganizationContext, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> Message? {
        guard Accounts.PhoneNumber.isValid(number) else { return "The phone number entered is not valid." }
        let prefixes = context.settings.allowedMobilePrefixes
        guard prefixes.isEmpty || prefixes.contains(where: { number.hasPrefix($0) }),
            messaging.allowsNumber(number, organizationID: context.organization.id)
        else { return "Phone numbers of this country are not accepted." }
        let users = UserStore(connection)
        let owners = [try users.user(phone: number), try users.user(named: number)]
        return owners.contains { $0.map { $0.id != userID } ?? false } ? "User with this phone number already exists." : nil
    }
}
