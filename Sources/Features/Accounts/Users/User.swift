public import Database
import Foundation
public import Localization

/// An account. Credentials and groups live in FreeRADIUS's tables under the same name.
public struct User: Sendable, Equatable, Codable {
    /// UUID, lower-case text.
    public var id: String
    /// Unique over all organizations, 1…253 octets (the longest User-Name that one attribute holds).
    public var username: String
    /// Unique without regard to case; nil when unknown.
    public var email: String?
    public var firstName: String
    public var lastName: String
    /// An inactive account is refused.
    public var isActive: Bool
    /// Seconds since 1970 UTC after which the account is refused; nil for never.
    public var expiresAt: Int64?
    /// Slugs of the organizations it is a member of, sorted.
    public var organizations: [String]

    /// Unique, E.164 (`+393664255801`); nil when unknown.
    public var phoneNumber: String?
    /// Language of messages; nil before the user chose one.
    public var language: Language?
    /// May use the operator's console.
    public var isStaff: Bool
    /// May do everything in all organizations.
    public var isSuperuser: Bool
    /// `2001-02-28`.
    public var birthDate: String?
    public var location: String
    public var bio: String
    public var url: String
    public var company: String
    /// For operators only.
    public var notes: String
    /// Days since 1970 UTC at which the password was set; nil when nobody knows.
    public var passwordUpdated: Int64?
    /// Whether the present API token came from a login with the local password; nil when nobody knows.
    public var passwordBasedToken: Bool?
    /// Microseconds since 1970 UTC; nil for never.
    public var lastLogin: Int64?
    /// Microseconds since 1970 UTC.
    public var created: Int64

    public init(
        id: String = RowID.make(), username: String, email: String? = nil, firstName: String = "", lastName: String = "",
        isActive: Bool = true, expiresAt: Int64? = nil, organizations: [String] = [], phoneNumber: String? = nil, language: Language? = nil,
        isStaff: Bool = false, isSuperuser: Bool = false, birthDate: String? = nil, location: String = "", bio: String = "",
        url: String = "", company: String = "", notes: String = "", passwordUpdated: Int64? = nil, passwordBasedToken: Bool? = nil,
        lastLogin: Int64? = nil, created: Int64? = nil
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.isActive = isActive
        self.expiresAt = expiresAt
        self.organizations = organizations
        self.phoneNumber = phoneNumber
        self.language = language
        self.isStaff = isStaff
        self.isSuperuser = isSuperuser
        self.birthDate = birthDate
        self.location = location
        self.bio = bio
        self.url = url
        self.company = company
        self.notes = notes
        self.passwordUpdated = passwordUpdated
        self.passwordBasedToken = passwordBasedToken
        self.lastLogin = lastLogin
        self.created = created ?? currentMicroseconds()
    }
}
