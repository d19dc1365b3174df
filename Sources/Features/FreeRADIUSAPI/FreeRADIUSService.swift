import Database
import Foundation
import NASClients
import OrganizationSettings
import RADIUSPipeline
import ServerKernel
import Sessions

/// What FreeRADIUS reports and asks, once it is known for whom.
struct FreeRADIUSService: Sendable {
    let kernel: Kernel
    let decider: any LoginDecider
    let log: any AuthenticationLog
    let calendar: LocalCalendar
    let settings: FreeRADIUSAPISettings
    private let sessions: AccountingQueue
    private let reasons = RecentReasons()

    init(
        kernel: Kernel, decider: any LoginDecider, log: any AuthenticationLog, calendar: LocalCalendar, settings: FreeRADIUSAPISettings
    ) {
        self.kernel = kernel
        self.decider = decider
        self.log = log
        self.calendar = calendar
        self.settings = settings
        sessions = AccountingQueue(kernel: kernel, calendar: calendar, settings: settings)
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

    /// Keeps a record of a session, durable on return.
    /// - Throws: 503 when too many records wait, or the database's error.
    func record(_ record: AccountingRecord) async throws -> ReportedSessions.Result {
        try await sessions.record(record)
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
