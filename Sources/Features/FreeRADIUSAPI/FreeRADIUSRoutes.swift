import Accounts
import Foundation
import HTTPTypes
import Localization
import OrganizationSettings
import Sessions
import WebRouting

/// The routes that FreeRADIUS's rlm_rest calls.
struct FreeRADIUSRoutes: Sendable {
    private static let base = "/api/v1/freeradius/"
    private static let section = "FreeRADIUS"
    private static let refusals = [
        Reply(.badRequest, "A field is missing or wrong, or the Authorization field is incomplete.", .fieldErrors),
        Reply(.forbidden, "The organization's credentials are wrong, or the address is not allowed.", .detail),
    ]

    let caller: FreeRADIUSCaller
    let service: FreeRADIUSService
    let list: SessionList

    var all: [Route] { [authorize, postAuth, accounting, sessions] }

    private static let credentials = [Field("uuid", .uuid, help: "Organization's id."), Field("token", help: "Organization's token.")]
    private static let authorizeForm = Form([
        Field("username", required: true, maximumLength: 253), Field("password", .password, required: true),
        Field("called_station_id", blank: true, null: true, maximumLength: 253),
        Field("calling_station_id", blank: true, null: true, maximumLength: 253),
    ])

    private var authorize: Route {
        Route(
            .post, Self.base + "authorize/", "Ask whether a user may log in", section: Self.section, access: .own,
            form: Self.authorizeForm, query: Self.credentials,
            replies: [
                Reply(
                    .ok, "Accepted, with the reply attributes; or nothing, for a user that is not let in; or refused by a used up limit."),
                Reply(.unauthorized, "Refused: the user has too many sessions."),
            ] + Self.refusals
        ) { [self] request in
            let known = try await caller.identify(request)
            // A device that moves sends its address for both, and some NAS devices no password at all.
            var values = request.values
            if case .roaming = known, values.nonEmptyText("password") == nil { values["password"] = .json("-") }
            if known == .stranger || known == .nas { return .empty() }
            let fields = try Self.authorizeForm.check(values)
            var login = LoginRequest(
                username: fields.text("username") ?? "", password: fields.text("password") ?? "",
                calledStationID: fields.text("called_station_id") ?? "", callingStationID: fields.text("calling_station_id") ?? "",
                organizationID: "", clientAddress: request.clientAddress)
            switch known {
            case .organization(let context): login.organizationID = context.organization.id
            case .roaming(let context, let username):
                login.organizationID = context.organization.id
                login.username = username
                login.isVouchedFor = true
            case .stranger, .nas: break
            }
            do {
                let decision = try await service.decide(login)
                return AuthorizeAnswer(tellsRejects: service.settings.tellsRejects).response(to: decision)
            } catch is LoginUndecided {
                throw Problem(.serviceUnavailable, "The server cannot decide at the moment.", headers: [.retryAfter: "1"])
            }
        }
    }

    private static let postAuthForm = Form([
        Field("username", required: true), Field("password", .password, blank: true, null: true),
        Field("reply", required: true, maximumLength: 32), Field("called_station_id", blank: true, null: true, maximumLength: 253),
        Field("calling_station_id", blank: true, null: true, maximumLength: 253),
    ])

    private var postAuth: Route {
        Route(
            .post, Self.base + "postauth/", "Report how a login ended", section: Self.section, access: .own, form: Self.postAuthForm,
            query: Self.credentials, replies: [Reply(.created, "Kept.")] + Self.refusals
        ) { [self] request in
            let known = try await caller.identify(request)
            if known == .stranger { return .empty() }
            let fields = try Self.postAuthForm.check(request.values)
            var (organizationID, username): (String?, String) = (nil, fields.text("username") ?? "")
            switch known {
            case .organization(let context): organizationID = context.organization.id
            case .roaming(let context, let user): (organizationID, username) = (context.organization.id, user)
            case .stranger, .nas: break
            }
            service.log(
                username: username, reply: fields.text("reply") ?? "", calledStationID: fields.text("called_station_id") ?? "",
                callingStationID: fields.text("calling_station_id") ?? "", organizationID: organizationID, from: request.clientAddress)
            return .empty(.created)
        }
    }

    private var accounting: Route {
        Route(
            .post, Self.base + "accounting/", "Report a session", section: Self.section, access: .own, form: AccountingForm.form,
            query: Self.credentials,
            replies: [Reply(.created, "The session is new."), Reply(.ok, "The session was known, or there is nothing to keep.")]
                + Self.refusals
        ) { [self] request in
            let known = try await caller.identify(request)
            if known == .stranger { return .empty() }
            let epoch = Int64(Date().timeIntervalSince1970)
            var values = request.values
            var organizationID: String?
            switch known {
            case .organization(let context): organizationID = context.organization.id
            case .roaming(let context, let username):
                organizationID = context.organization.id
                values["username"] = .json(.string(username))
            case .stranger, .nas: break
            }
            if ["Accounting-On", "Accounting-Off"].contains(values.text("status_type")) {
                if let station = values.nonEmptyText("called_station_id") {
                    try await service.restart(calledStationID: station, organizationID: organizationID, at: epoch)
                }
                return .empty()
            }
            guard let organizationID else { throw Problem.field("status_type", "This field is required.") }
            let record = try AccountingForm.record(values, organizationID: organizationID, epoch: epoch)
            return .empty(try await service.record(record) == .created ? .created : .ok)
        }
    }

    private var sessions: Route {
        Route(
            .get, Self.base + "accounting/", "List the organization's sessions", section: Self.section, access: .own,
            query: Self.credentials + SessionList.query,
            replies: [Reply(.ok, "Sessions, newest first.", .array(SessionList.schema))] + Self.refusals
        ) { [self] request in
            guard case .organization(let context) = try await caller.identify(request) else { return .json([]) }
            let filter = try SessionList.filter(request)
            return try await list.response(to: request, filter, in: .only([context.organization.id]))
        }
    }
}
