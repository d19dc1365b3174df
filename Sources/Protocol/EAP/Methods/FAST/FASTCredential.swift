/// A Protected Access Credential (RFC 4851 §3.1, RFC 5422 §4.2): a key that peer and server share, which the peer alone keeps.
struct FASTCredential {
    /// Attribute types of the PAC TLV and of PAC-Info.
    private enum Attribute: UInt16 {
        case key = 1
        case opaque = 2
        case lifetime = 3
        case authorityID = 4
        case identity = 5
        case authorityInformation = 7
        case information = 9
        case type = 10
    }

    private static let keyLength = 32
    private static let tunnelType: [UInt8] = [0, 1]

    let key: [UInt8]
    /// Seconds since 1970.
    let expiry: Int64

    init(key: [UInt8], expiry: Int64) {
        self.key = key
        self.expiry = expiry
    }

    /// What a peer brings in the ClientHello's session ticket: PAC-Opaque with its header.
    /// - Returns: nil when it is no PAC of ours, or one whose time is over.
    init?(ticket: [UInt8], _ settings: FASTSettings) {
        guard ticket.count > 4, ticket[0] == 0, ticket[1] == UInt8(Attribute.opaque.rawValue),
            Int(ticket[2]) << 8 | Int(ticket[3]) == ticket.count - 4,
            let plain = settings.key.open(Array(ticket.dropFirst(4)), for: .pac), plain.count == Self.keyLength + 8
        else { return nil }
        key = Array(plain.prefix(Self.keyLength))
        expiry = plain.suffix(8).reduce(0) { $0 << 8 | Int64($1) }
        guard settings.now() < expiry else { return nil }
    }

    /// Whether the peer should have a new one by now.
    func isOld(_ settings: FASTSettings) -> Bool {
        expiry - settings.now() < Int64(settings.pacLifetimeSeconds / 4)
    }

    /// A new PAC as the TLV that gives it to the peer; nil only when OpenSSL fails.
    static func make(for identity: [UInt8], _ settings: FASTSettings, random: (Int) -> [UInt8]) -> TunnelTLV? {
        let expiry = settings.now() + Int64(settings.pacLifetimeSeconds)
        let key = random(keyLength)
        let end = (0..<8).map { UInt8(truncatingIfNeeded: expiry >> Int64(56 - 8 * $0)) }
        guard let opaque = settings.key.seal(key + end, for: .pac) else { return nil }
        let information =
            attribute(.lifetime, Array(end.suffix(4))) + attribute(.authorityID, settings.authorityID) + attribute(.identity, identity)
            + attribute(.authorityInformation, Array(settings.authorityInformation.utf8)) + attribute(.type, tunnelType)
        return TunnelTLV(.pac, attribute(.key, key) + attribute(.opaque, opaque) + attribute(.information, information))
    }

    /// What the Start request says of the server.
    static func authorityID(_ settings: FASTSettings) -> [UInt8] { attribute(.authorityID, settings.authorityID) }

    /// Whether the value of a peer's PAC TLV asks for a PAC to make tunnels with.
    static func isTunnelRequest(_ value: [UInt8]) -> Bool { value == attribute(.type, tunnelType) }

    private static func attribute(_ type: Attribute, _ value: [UInt8]) -> [UInt8] {
        [UInt8(type.rawValue >> 8), UInt8(truncatingIfNeeded: type.rawValue)]
            + [UInt8(truncatingIfNeeded: value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value
    }
}
