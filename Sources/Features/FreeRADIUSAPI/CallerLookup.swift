import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel

/// What the database knows of callers without credentials.
struct CallerLookup: Sendable {
    struct RoamingSession: Sendable, Equatable {
        var username: String
        var organizationID: String
    }

    let kernel: Kernel
    let phonePrefixes: [String]

    private static let openSession = Statement(
        """
        SELECT username, organization_id FROM radacct WHERE acctstoptime IS NULL AND callingstationid {{any $1 text}}
            AND organization_id IS NOT NULL ORDER BY acctstarttime DESC LIMIT 1
        """)
    private static let token = Statement(
        """
        SELECT t.organization_id FROM radian_user u JOIN radian_radius_token t ON t.user_id = u.id
            WHERE u.username = $1 OR lower(u.email) = lower($1) OR u.phone_number {{any $2 text}}
            ORDER BY CASE WHEN u.phone_number {{any $2 text}} THEN 0 WHEN u.username = $1 THEN 1 ELSE 2 END LIMIT 1
        """)

    /// Every spelling of a name that begins with a station's address, six pairs of digits; nil for another name.
    static func stationSpellings(_ username: String) -> [String]? {
        let prefix = username.prefix(17)
        guard prefix.count == 17, prefix.contains(where: { $0 == ":" || $0 == "-" }), let address = MACAddress(prefix) else { return nil }
        return MACAddress.Style.allCases.map { address.text($0) }
    }

    /// The newest open session of a station, in any organization.
    func newestOpenSession(ofStation spellings: [String]) async throws -> RoamingSession? {
        try await kernel.withConnection { connection in
            try connection.first(Self.openSession, [.texts(spellings)]) { row throws(DatabaseError) in
                RoamingSession(username: row.text(0), organizationID: row.text(1))
            }
        }
    }

    /// The organization of the latest login of the user that a name, address or number means.
    func tokenOrganization(of username: String) async throws -> String? {
        let numbers = NameAliases.of(username, phonePrefixes: phonePrefixes).filter { $0.hasPrefix("+") }
        return try await kernel.withConnection { connection in
            try connection.first(Self.token, [.text(username), .texts(numbers)]) { row throws(DatabaseError) in row.text(0) }
        }
    }
}
