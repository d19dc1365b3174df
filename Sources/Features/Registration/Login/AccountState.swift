public import Accounts
public import Sessions
import WebRouting

/// What a login and a check of a token tell about a user, as an organization sees it.
public struct AccountState: Sendable {
    /// Everything that is known of the user.
    public var user: User
    /// In this organization; nil for none.
    public var registration: RegisteredUser?
    /// Instead of the user's number: the one that waits for its code.
    public var pendingNumber: String?
    /// Whether the account is active and its time is not over.
    public var isUsable: Bool
    /// Whether the login rests on a password that is too old.
    public var isPasswordExpired: Bool
    /// Nil for inactive users and for those of other organizations.
    public var radiusToken: String?
    /// In another organization, by the login here.
    public var endedSession: SessionEnded?
    /// For requests of the user.
    public var apiToken: String
    /// Whether the user may go on, or has to be verified first.
    public var isIdentified: Bool

    /// The members of the user object, in the order of the contract.
    var members: [JSONValue.Member] {
        [
            .init("username", .string(user.username)), .init("email", .optional(user.email)),
            .init("phone_number", .optional(pendingNumber ?? user.phoneNumber)), .init("first_name", .string(user.firstName)),
            .init("last_name", .string(user.lastName)), .init("birth_date", .optional(user.birthDate)),
            .init("location", .string(user.location)), .init("is_active", .bool(isUsable)),
            .init("is_verified", .optional(registration?.isVerified)), .init("method", .optional(registration?.method)),
            .init("password_expired", .bool(isPasswordExpired)), .init("radius_user_token", .optional(radiusToken)),
        ]
    }

    /// The shape of ``members``.
    static let schema: [(name: String, schema: JSONSchema)] = [
        ("username", .string), ("email", .nullable(.string)), ("phone_number", .nullable(.string)), ("first_name", .string),
        ("last_name", .string), ("birth_date", .nullable(.date)), ("location", .string), ("is_active", .boolean),
        ("is_verified", .nullable(.boolean)), ("method", .nullable(.string)), ("password_expired", .boolean),
        ("radius_user_token", .nullable(.string)),
    ]
}
