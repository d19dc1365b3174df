import Database
import Foundation
import NASClients
import OrganizationSettings
import RADIUSPipeline
import ServerKernel
import Sessions
import AccessPolicy

/// What FreeRADIUS reports and asks, once it is known for whom.
struct FreeRADIUSService: Sendable {
    let kernel: Kernel
    let decider: any LoginDecider
    let log: any AuthenticationLog
    let calendar: LocalCalendar
    let settings: FreeRADIUSAPISettings
    private let reasons = RecentReasons()

    init(
        kernel: Kernel, decider: any LoginDecider, log: any AuthenticationLog, calendar: LocalCalendar, settings: FreeRADIUSAPISettings
    ) {
        self.kernel = kernel
        self.decider = decider
        self.log = log
        self.calendar = calendar
        self.settings = settings
    }

    func decide(_ request: LoginRequest) async throws -> LoginDecision {
        let decision = try await decider.decide(request)
        if let reason = decision.reason { reasons.remember(reason, username: request.username, station: request.callingStationID) }
        return decision
    }

    /// A login's end as FreeRADIUS saw it. The password is never kept.
    func log(
        username: String, reply: String, calledStationID: String, callingStationID: String, organizationID: String?, from address: String
    ) {
        var entry = AuthenticationLogEntry(
            userName: String(username.prefix(253)), replyName: reply,
            reason: reasons.take(username: username, station: callingStationID)?.rawValue, nasName: "", nasAddress: address,
            epochMicroseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        if entry.accepted { entry.reason = nil }
        entry.calledStationID = calledStationID.isEmpty ? nil : calledStationID
        entry.callingStationID = callingStationID.isEmpty ? nil : callingStationID
        entry.organizationID = organizationID
        log.append(entry)
    }

    private static let groupName = Statement(
        """
        SELECT groupname FROM radusergroup WHERE username = $1 AND (organization_id = $2 OR organization_id IS NULL)
            ORDER BY CASE WHEN organization_id IS NULL THEN 1 ELSE 0 END, priority, id LIMIT 1
        """)

    /// Keeps a record of a session, durable on return.
    func record(_ record: AccountingRecord, at epoch: Int64) async throws -> ReportedSessions.Outcome.Result {
        let fillsGroups = settings.fillsGroups && record.userName != record.callingStationID
        let outcome = try await kernel.withConnection { [calendar] connection in
            try connection.transaction { () throws(DatabaseError) in
                let outcome = try ReportedSessions(connection, calendar: calendar).write(
                    record,
                    groupName: { () throws(DatabaseError) in
                        guard fillsGroups, let user = record.userName else { return nil }
                        return try connection.first(Self.groupName, [.text(user), .text(record.organizationID ?? "")]) {
                            (row) throws(DatabaseError) in row.text(0)
                        }
                    }, at: epoch)
                if record.statusType == .stop, outcome.result != .ignored, let user = record.userName, settings.disposesUserTokens {
                    try RADIUSTokenStore(connection).disable(usernames: [user])
                }
                return outcome
            }
        }
        ReportedSessions.announce(outcome, of: record, on: kernel.events)
        return outcome.result
    }

    /// An access point was switched on or off.
    func restart(calledStationID: String, organizationID: String?, at epoch: Int64) async throws {
        try await kernel.withConnection { [calendar] connection in
            try connection.transaction { () throws(DatabaseError) in
                try ReportedSessions(connection, calendar: calendar).restart(
                    calledStationID: calledStationID, organizationID: organizationID, at: epoch)
            }
        }
    }
}

/// What holds for all organizations.
public struct FreeRADIUSAPISettings: Sendable, Equatable {
    /// Refusals are told by 401 instead of left open by an empty answer.
    public var tellsRejects = false
    /// New sessions get the name of the user's group.
    public var fillsGroups = true
    /// RADIUS user tokens are good once.
    public var disposesUserTokens = true
    /// Calling codes tried in front of phone numbers without one, `+39`.
    public var phonePrefixes: [String] = []

    public init() {}
}
