public import Database
import Foundation
public import RADIUSTransport
import RADIUSWire

/// Why a NAS operation was refused.
public enum NASError: Error, Equatable, CustomStringConvertible {
    case invalidAddress(String)
    case invalidSecret
    case exists(name: String)
    case unknown(name: String)

    public var description: String {
        switch self {
        case .invalidAddress(let text): "'\(text)' is not an address or prefix such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32"
        case .invalidSecret: "the shared secret must have at least 1 byte; 16 or more random characters are recommended"
        case .exists(let name): "a NAS with the name or address '\(name)' exists already in this organization"
        case .unknown(let name): "there is no NAS '\(name)'; 'radian nas list' shows them"
        }
    }
}

/// SQL about `nas`, over one connection.
public struct NASStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let everything = Statement(
        """
        SELECT n.id, n.nasname, COALESCE(NULLIF(n.shortname, ''), n.nasname) AS name, n.type, o.slug, n.require_ma, n.limit_proxy_state, n.description, n.secret, n.organization_id, n.send_ma,
            n.transports, n.certificate, n.psk_identity, n.psk_key, n.nas_identifier, n.max_connections, n.lifetime, n.idle_timeout
        FROM nas n LEFT JOIN radian_organization o ON o.id = n.organization_id ORDER BY name, n.id
        """)
    private static let insert = Statement(
        """
        INSERT INTO nas (nasname, shortname, type, secret, description, organization_id,
            transports, certificate, psk_identity, psk_key, nas_identifier, max_connections, lifetime, idle_timeout,
            require_ma, limit_proxy_state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id
        """)
    private static let conflicting = Statement(
        """
        SELECT count(*) FROM nas WHERE ((nasname = $1 AND $4 = 0) OR shortname = $2) AND COALESCE(organization_id, '') = COALESCE($3, '')
        """)
    private static let remove = Statement("DELETE FROM nas WHERE shortname = $1 OR nasname = $1")
    private static let learn = Statement(
        """
        UPDATE nas SET require_ma = COALESCE($2, require_ma), limit_proxy_state = COALESCE($3, limit_proxy_state),
            ma_learned = CASE WHEN $2 IS NULL THEN ma_learned ELSE 1 END
        WHERE id = $1
        """)

    /// All devices by name.
    public func all() throws(DatabaseError) -> [NASDevice] {
        var devices: [NASDevice] = []
        try connection.query(Self.everything, []) { row in
            devices.append(
                NASDevice(
                    id: row.integer(0), address: row.text(1), name: row.text(2), type: row.text(3), organization: row.textOrNil(4),
                    requireMessageAuthenticator: row.text(5), limitProxyState: row.text(6), comment: row.textOrNil(7),
                    transports: row.textOrNil(11) ?? NASLinkSettings().transportsText, certificate: row.textOrNil(12),
                    preSharedKeyIdentity: row.textOrNil(13), nasIdentifier: row.textOrNil(15)))
        }
        return devices
    }

    /// Adds a device.
    /// - Parameters:
    ///   - address: nil for a device that its certificate or pre-shared key makes known wherever it is.
    ///   - secret: nil for a device that needs none; its row gets a random one, since FreeRADIUS wants one.
    ///   - organizationID: nil for a device that serves all organizations.
    ///   - sharesAddress: whether other devices may have the address too, told apart by their secrets; certificate, pre-shared key or
    ///     NAS-Identifier imply it.
    /// - Returns: its row's id.
    /// - Throws: ``NASError`` or the database's error.
    @discardableResult
    public func add(
        name: String, address: String?, secret: String?, type: String = "other", organizationID: String? = nil, comment: String? = nil,
        links: NASLinkSettings = NASLinkSettings(), sharesAddress: Bool = false, requireMessageAuthenticator: Requirement = .auto,
        limitProxyState: Requirement = .auto
    ) throws -> Int64 {
        let isFoundByProof = links.certificate != nil || links.preSharedKey != nil
        let address = address ?? (isFoundByProof ? "0.0.0.0/0" : "")
        guard IPPrefix(address) != nil else { throw NASError.invalidAddress(address) }
        let secret = secret ?? (links.needsSecret ? "" : UUID().uuidString)
        guard SharedSecret(text: secret) != nil else { throw NASError.invalidSecret }
        let organization = organizationID.map { DatabaseValue.text($0) } ?? .null
        let isShared = sharesAddress || isFoundByProof || links.nasIdentifier != nil
        var conflicts: Int64 = 0
        try connection.query(Self.conflicting, [.text(address), .text(name), organization, .integer(isShared ? 1 : 0)]) { row in
            conflicts = row.integer(0)
        }
        guard conflicts == 0 else { throw NASError.exists(name: name) }
        let id = try connection.first(
            Self.insert,
            [.text(address), .text(name), .text(type), .text(secret), comment.map { .text($0) } ?? .null, organization] + columns(links)
                + [.text(requireMessageAuthenticator.rawValue), .text(limitProxyState.rawValue)]
        ) { $0.integer(0) }
        guard let id else { throw DatabaseError(.other, "no row was returned") }
        return id
    }

    /// The columns of ours in the order of the statement; what has its usual value is null.
    private func columns(_ links: NASLinkSettings) -> [DatabaseValue] {
        func text(_ text: String?) -> DatabaseValue { text.map { .text($0) } ?? .null }
        let usual = NASLinkSettings()
        return [
            text(links.transports == usual.transports ? nil : links.transportsText), text(links.certificate?.description),
            text(links.preSharedKey?.identity), text(links.preSharedKey?.hexadecimal), text(links.nasIdentifier),
            links.limits.maximumLinks == usual.limits.maximumLinks ? .null : .integer(Int64(links.limits.maximumLinks)),
            links.limits.lifetime.map { .integer($0.components.seconds) } ?? .null,
            links.limits.idleTimeout == usual.limits.idleTimeout ? .null : .integer(links.limits.idleTimeout?.components.seconds ?? 0),
        ]
    }

    /// Removes devices by name or address.
    /// - Throws: ``NASError/unknown(name:)`` when there is none.
    public func remove(_ nameOrAddress: String) throws {
        guard try connection.execute(Self.remove, [.text(nameOrAddress)]) > 0 else { throw NASError.unknown(name: nameOrAddress) }
    }

    /// Stores what was learned about a device's Message-Authenticator behaviour; nil leaves a value.
    func learned(id: Int64, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) throws(DatabaseError) {
        _ = try connection.execute(
            Self.learn,
            [
                .integer(id), requireMessageAuthenticator.map { .text($0.rawValue) } ?? .null,
                limitProxyState.map { .text($0.rawValue) } ?? .null,
            ])
    }

    /// What is wrong with rows that cannot serve, a sentence each.
    public func unusableRows() throws(DatabaseError) -> [String] {
        var problems: [String] = []
        _ = try clients { problems.append($0) }
        return problems
    }

    /// All rows as the listeners need them; a row that cannot serve (host name that does not resolve, empty secret) is told to `problem`.
    func clients(problem: (String) -> Void) throws(DatabaseError) -> [NASClient] {
        var clients: [NASClient] = []
        try connection.query(Self.everything, []) { row in
            let address = row.text(1)
            guard let prefix = IPPrefix(address) ?? IPAddress(resolving: address).map({ IPPrefix($0) }) else {
                return problem("nas row \(row.integer(0)): '\(address)' is neither an address, a prefix nor a host name that resolves")
            }
            guard let secret = SharedSecret(text: row.text(8)) else { return problem("nas row \(row.integer(0)): the secret is empty") }
            guard let links = Self.links(row, problem: { problem("nas row \(row.integer(0)): \($0)") }) else { return }
            var client = NASClient(
                id: row.integer(0), name: row.text(2), prefix: prefix, secret: secret, type: row.text(3),
                organizationID: row.textOrNil(9), requireMessageAuthenticator: Requirement(rawValue: row.text(5)) ?? .auto,
                limitProxyState: Requirement(rawValue: row.text(6)) ?? .auto, sendMessageAuthenticator: row.text(10) != "no",
                rejectDelay: nil)
            links.apply(to: &client)
            clients.append(client)
        }
        return clients
    }

    /// Nil, and told to `problem`, where a column holds what cannot be understood: served without it, the device could be anybody.
    private static func links(_ row: some DatabaseRow, problem: (String) -> Void) -> NASLinkSettings? {
        var links = NASLinkSettings()
        if let text = row.textOrNil(11), !text.isEmpty {
            guard let transports = NASLinkSettings.transports(text) else {
                problem("'\(text)' is no list of udp, tcp, tls and dtls")
                return nil
            }
            links.transports = transports
        }
        if let text = row.textOrNil(12), !text.isEmpty {
            guard let rule = CertificateRule(text) else {
                problem("'\(text)' names no certificate; use any, or sha256:, dns:, ip:, uri:, cn: or realm: and a value")
                return nil
            }
            links.certificate = rule
        }
        if let identity = row.textOrNil(13), !identity.isEmpty {
            guard let key = NASPreSharedKey(identity: identity, hexadecimal: row.textOrNil(14) ?? "") else {
                problem("the pre-shared key must be 32 hexadecimal digits or more")
                return nil
            }
            links.preSharedKey = key
        }
        links.nasIdentifier = row.textOrNil(15)
        if let number = row.integerOrNil(16), number > 0 { links.limits.maximumLinks = Int(clamping: number) }
        if let seconds = row.integerOrNil(17), seconds > 0 { links.limits.lifetime = .seconds(seconds) }
        if let seconds = row.integerOrNil(18) { links.limits.idleTimeout = seconds > 0 ? .seconds(seconds) : nil }
        return links
    }
}
