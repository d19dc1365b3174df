public import Foundation
public import OrganizationSettings

/// The programs whose data can be taken over.
public enum MigrationProduct: String, Sendable, CaseIterable {
    case freeradius, daloradius, openwisp

    /// For people.
    var title: String {
        switch self {
        case .freeradius: "FreeRADIUS"
        case .daloradius: "daloRADIUS"
        case .openwisp: "OpenWISP"
        }
    }
}

/// What a migration shall do.
public struct MigrationOptions: Sendable {
    /// Slug of the organization that everything goes to, for sources that know none; nil for no organization.
    public var organizationSlug: String?
    /// Make that organization where there is none.
    public var createsOrganization = false
    /// Find out what would happen, and write nothing.
    public var isDryRun = false
    /// What is there already in another form becomes as the source has it.
    public var replaces = false
    /// Leave out sessions and the log of logins.
    public var skipsAccounting = false
    /// Leave out sessions and logins that ended before, microseconds since 1970 UTC.
    public var since: Int64?
    /// Of times that name none.
    public var timeZone: TimeZone
    /// What organizations have unless they choose otherwise.
    public var settings: OrganizationSettings

    public init(settings: OrganizationSettings, timeZone: TimeZone = .gmt) {
        self.settings = settings
        self.timeZone = timeZone
    }
}

/// How far a migration is.
public struct MigrationProgress: Sendable {
    /// What it does now, for people.
    public var stage: String
    /// Rows of this stage so far.
    public var rows: Int
    /// Between 0 and 1, where it is known.
    public var fraction: Double?
}
