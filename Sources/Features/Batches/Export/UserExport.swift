public import Accounts
public import Database
import Documents
import Localization
import WebRouting

/// All accounts as a table for other programs, with their memberships and registrations. Blocks.
///
/// Passwords in clear text never leave; hashes do when they are asked for, in Django's form, which ``UserImport`` takes, too.
public struct UserExport {
    /// A column, named as OpenWISP's `export_users` names it.
    public enum Column: String, CaseIterable, Sendable {
        case id, username, email, password
        case firstName = "first_name"
        case lastName = "last_name"
        case isStaff = "is_staff"
        case isActive = "is_active"
        case dateJoined = "date_joined"
        case expirationDate = "expiration_date"
        case phoneNumber = "phone_number"
        case birthDate = "birth_date"
        case location, notes, language, organizations
        case registeredUsers = "registered_users"

        /// What the first row says; columns of several values tell their parts.
        var heading: String {
            switch self {
            case .organizations: "organizations (organization_id, is_admin)"
            case .registeredUsers: "registered_users (organization_id, method, is_verified)"
            default: rawValue
            }
        }
    }

    /// Users read at a time.
    private static let chunkSize = 500

    private let connection: any DatabaseConnection
    private let columns: [Column]
    private let organization: Organization?
    private let settings: AccountsSettings

    /// - Parameters:
    ///   - columns: ``Column/password`` among them only where the hashes are wanted.
    ///   - organization: only this one's members, and nothing about other organizations; nil for everybody.
    ///   - settings: whose time zone tells the day on which an account ends.
    public init(
        _ connection: any DatabaseConnection, columns: [Column] = Column.allCases.filter { $0 != .password },
        organization: Organization? = nil, settings: AccountsSettings
    ) {
        self.connection = connection
        self.columns = columns
        self.organization = organization
        self.settings = settings
    }

    /// Hands over the CSV text in pieces: the heading, then the accounts from the oldest on. Memory does not grow with their number.
    /// - Returns: how many accounts there were.
    @discardableResult
    public func run(_ write: (String) throws -> Void) throws -> Int {
        try write(CSVWriter.row(columns.map(\.heading)))
        let store = UserExportStore(connection)
        var last: User?
        var count = 0
        while true {
            let users = try store.page(after: last, organizationID: organization?.id, limit: Self.chunkSize)
            guard !users.isEmpty else { return count }
            let details = try store.details(of: users, organizationID: organization?.id, withHashes: columns.contains(.password))
            try write(
                users.map { user in CSVWriter.row(columns.map { text($0, user, details[user.id] ?? UserExportStore.Details()) }) }.joined())
            count += users.count
            last = users.last
        }
    }

    private func text(_ column: Column, _ user: User, _ details: UserExportStore.Details) -> String {
        switch column {
        case .id: user.id
        case .username: user.username
        case .email: user.email ?? ""
        case .password: details.hash ?? ""
        case .firstName: user.firstName
        case .lastName: user.lastName
        case .isStaff: Self.text(user.isStaff)
        case .isActive: Self.text(user.isActive)
        case .dateJoined: WebTime.text(microseconds: user.created)
        case .expirationDate: user.expiresAt.map { settings.day($0) } ?? ""
        case .phoneNumber: user.phoneNumber ?? ""
        case .birthDate: user.birthDate ?? ""
        case .location: user.location
        case .notes: user.notes
        case .language: user.language?.rawValue ?? ""
        case .organizations:
            details.memberships.map { "(\($0.organizationID),\(Self.text($0.isAdmin)))" }.joined(separator: "\n")
        case .registeredUsers:
            details.registrations.map { "(\($0.organizationID),\($0.method),\(Self.text($0.isVerified)))" }.joined(separator: "\n")
        }
    }

    /// As the programs that read such files write it.
    private static func text(_ flag: Bool) -> String { flag ? "True" : "False" }
}
