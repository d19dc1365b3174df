import Accounts
import HTTPTypes
import OrganizationSettings
import RADIUSPipeline
import Registration
import ServerKernel
import Sessions
import WebRouting

/// The captive-portal API (RFC 8908): tells a device whether it is online, by its address.
struct CaptivePortalAPI: Sendable {
    let registration: RegistrationEnvironment

    var route: Route {
        Route(
            .get, "/api/captive-portal/:slug/", "Tell a device whether it is online (RFC 8908)", section: "Captive portal",
            replies: [
                Reply(
                    .ok, "Whether it is, and what is left.",
                    .object(
                        [
                            ("captive", .boolean), ("user-portal-url", .string), ("venue-info-url", .string),
                            ("seconds-remaining", .integer),
                            ("bytes-remaining", .integer),
                        ], optional: ["venue-info-url", "seconds-remaining", "bytes-remaining"]), mediaType: "application/captive+json"),
                Reply(.notFound, "There is no such organization.", .detail),
            ], precondition: registration.directory.precondition
        ) { request in
            let context = try registration.directory.organization(of: request)
            let organizationID = context.organization.id
            let session = try await registration.kernel.withConnection { [address = request.clientAddress] in
                try SessionStore($0).openSession(address: address, organizationID: organizationID)
            }
            var members: [JSONValue.Member] = [
                .init("captive", .bool(session == nil)),
                .init("user-portal-url", .string("\(request.origin)/login/\(context.organization.slug)/")),
            ]
            if let venue = context.settings.portal.venueURL { members.append(.init("venue-info-url", .string(venue))) }
            if let session {
                let limits = try await registration.limits(of: session.userName, in: organizationID)
                if let seconds = limits.filter({ !$0.measure.isVolume }).map(\.left).min() {
                    members.append(.init("seconds-remaining", .integer(seconds)))
                }
                if let octets = limits.filter(\.measure.isVolume).map(\.left).min() {
                    members.append(.init("bytes-remaining", .integer(octets)))
                }
            }
            return .json(
                .object(members), headers: [.cacheControl: "private, no-store"]
            ).typed("application/captive+json")
        }
    }
}

extension WebResponse {
    fileprivate func typed(_ type: String) -> WebResponse {
        var response = self
        response.headers[.contentType] = type
        return response
    }
}
