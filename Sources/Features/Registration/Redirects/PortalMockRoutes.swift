import Database
import Foundation
import HTTPTypes
import RADIUSPipeline
import ServerKernel
import Sessions
import WebRouting

/// A captive portal for demonstrations and tests: it takes what a login page posts to a NAS, and opens and ends sessions as the NAS would
/// by accounting.
struct PortalMockRoutes: Sendable {
    let environment: RegistrationEnvironment

    /// Called-Station-Id of its sessions, by which they are told from those of devices.
    static let calledStationID = "captive-portal-mock"

    var all: [Route] {
        [
            Route(
                .post, "/captive-portal-mock/login/", "Log in to a portal that is none",
                form: Form([
                    Field("auth_pass", .password, blank: true, maximumLength: 64),
                    Field("password", .password, blank: true, maximumLength: 64),
                ])
            ) { request in
                let token = request.values.nonEmptyText("auth_pass") ?? request.values.text("password") ?? ""
                return Self.page(try await open(token), "logged in")
            },
            Route(
                .post, "/captive-portal-mock/logout/", "Log out of a portal that is none",
                form: Form([Field("logout_id", blank: true, maximumLength: 64)])
            ) { request in
                Self.page(try await close(request.values.text("logout_id") ?? ""), "logged out")
            },
        ]
    }

    private func open(_ token: String) async throws -> Bool {
        try await report { connection, now in
            guard let owner = try PortalMockStore(connection).owner(ofToken: token) else { return nil }
            let id = UUID().uuidString.lowercased().replacing("-", with: "")
            return Self.record(.start, id: id, uniqueID: id, owner.username, owner.organizationID, at: now)
        }
    }

    private func close(_ sessionID: String) async throws -> Bool {
        try await report { connection, now in
            let session = try PortalMockStore(connection).session(id: sessionID, calledStationID: Self.calledStationID)
            return session.map { Self.record(.stop, id: sessionID, uniqueID: $0.uniqueID, $0.username, $0.organizationID, at: now) }
        }
    }

    /// Writes the record that the body makes.
    /// - Returns: whether it made one.
    private func report(_ body: @escaping @Sendable (any DatabaseConnection, Int64) throws -> AccountingRecord?) async throws -> Bool {
        let now = environment.now() / 1_000_000
        let calendar = environment.calendar
        let reported = try await environment.change { connection -> (AccountingRecord, ReportedSessions.Outcome)? in
            guard let record = try body(connection, now) else { return nil }
            return (record, try ReportedSessions(connection, calendar: calendar).write([record], groupNames: { _ in [nil] }, at: now))
        }
        guard let (record, outcome) = reported else { return false }
        ReportedSessions.announce(outcome, of: [record], on: environment.kernel.events)
        return true
    }

    private static func record(
        _ type: AcctStatusType, id: String, uniqueID: String, _ username: String, _ organizationID: String, at epoch: Int64
    ) -> AccountingRecord {
        var record = AccountingRecord(
            statusType: type, uniqueID: uniqueID, eventEpoch: epoch, organizationID: organizationID, acctSessionID: id,
            nasIPAddress: "127.0.0.1")
        record.userName = username
        record.calledStationID = calledStationID
        record.callingStationID = "00-00-00-00-00-00"
        if type == .stop { record.terminateCause = "User-Request" }
        return record
    }

    private static func page(_ isDone: Bool, _ text: String) -> WebResponse {
        WebResponse(isDone ? .ok : .forbidden, contentType: "text/plain; charset=utf-8", body: isDone ? text + "\n" : "refused\n")
    }
}
