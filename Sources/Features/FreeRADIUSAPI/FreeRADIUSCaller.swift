import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

/// Who asks on the routes for FreeRADIUS, found out in the order of the contract; all refusals are 403, but for a header of less than three
/// words, which is 400.
struct FreeRADIUSCaller: Sendable {
    enum Result: Sendable, Equatable {
        /// The organization is known.
        case organization(OrganizationContext)
        /// The same, for a device that moved here: the user of its session, no password wanted.
        case roaming(OrganizationContext, username: String)
        /// Nobody's business: answered without an error, since MAC authentication of strangers is daily life.
        case stranger
        /// Accounting-On and -Off of a NAS without credentials.
        case nas
    }

    let directory: SettingsDirectory
    let lookup: CallerLookup

    func identify(_ request: WebRequest) async throws -> Result {
        if request.values.contains("organization") {
            throw Problem(.forbidden, "The organization cannot be set by the request.")
        }
        if let (id, token) = try credentials(of: request) {
            guard let id, let token, let context = directory.context(id: id.lowercased()), !context.settings.token.isEmpty,
                Self.isEqual(context.settings.token, token)
            else { throw Self.refused }
            try check(request.clientAddress, context.settings)
            return .organization(context)
        }
        if let type = request.values.text("status_type"), ["Accounting-On", "Accounting-Off"].contains(type) {
            try check(request.clientAddress, directory.defaults)
            return .nas
        }
        guard let username = request.values.nonEmptyText("username") ?? request.query("username"), !username.contains("\0") else {
            throw Problem(.forbidden, "A username, or the organization's id and token, are needed.")
        }
        return try await identify(username, from: request.clientAddress)
    }

    private func identify(_ username: String, from address: String) async throws -> Result {
        if let spellings = CallerLookup.stationSpellings(username) {
            guard let session = try await lookup.newestOpenSession(ofStation: spellings),
                let context = directory.context(id: session.organizationID),
                context.settings.macAddressRoamingEnabled
            else { return .stranger }
            try check(address, context.settings)
            return .roaming(context, username: session.username)
        }
        guard let id = try await lookup.tokenOrganization(of: username), let context = directory.context(id: id) else {
            throw Problem(.forbidden, "The user has no RADIUS token; the organization's id and token are needed.")
        }
        try check(address, context.settings)
        return .organization(context)
    }

    private static let refused = Problem(.forbidden, "Incorrect organization id or token.")

    /// Header before query.
    /// - Returns: nil when there is neither; a part of it that is missing is nil.
    private func credentials(of request: WebRequest) throws(Problem) -> (id: String?, token: String?)? {
        if let header = request.head.headerFields[.authorization] {
            let words = header.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 3 else { throw Problem(.badRequest, "The Authorization field needs the organization's id and token.") }
            return (String(words[1]), String(words[2]))
        }
        let (id, token) = (request.query("uuid"), request.query("token"))
        return id == nil && token == nil ? nil : (id, token)
    }

    private func check(_ address: String, _ settings: OrganizationSettings) throws(Problem) {
        for host in settings.freeRADIUSAllowedHosts {
            guard let range = AddressRange(host) else {
                throw Problem(
                    .forbidden, Message("'{host}' in freeradius_allowed_hosts is no address; contact the administrator.", ["host": host]))
            }
            if range.contains(address) { return }
        }
        throw Problem(
            .forbidden, Message("Requests from {address} are refused; it is not in freeradius_allowed_hosts.", ["address": address]))
    }

    /// Compares without telling by its time where the texts differ.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
