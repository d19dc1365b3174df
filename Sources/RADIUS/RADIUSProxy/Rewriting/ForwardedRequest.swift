import RADIUSDictionary
import RADIUSWire

/// A request as it goes to a home server, whichever that will be.
struct ForwardedRequest: Sendable {
    /// What is changed on the way.
    struct Changes: Sendable {
        /// Replaces User-Name; nil leaves it.
        var userName: String?
        /// Added where the request has no Operator-Name.
        var operatorName: String?
        /// Added where the request has no Operator-NAS-Identifier (RFC 8559 §3.4); 1...250 octets.
        var operatorNASIdentifier: [UInt8]?
        /// A Disconnect- or CoA-Request goes to its NAS, which need not know by what it was routed.
        var isLastHop = false
        /// Ours, appended behind those of the NAS (RFC 2865 §5.33).
        var proxyState: [UInt8]
        var filter = AttributeFilter()
        /// Whether the NAS's Proxy-States go along; not where nobody waits for them to come back.
        var keepsProxyState = true
    }

    let code: PacketCode
    private let groups: [AttributeGroup]
    private let authenticator: Authenticator
    private let changes: Changes
    private let dictionary: AttributeDictionary
    private let hasAcctDelayTime: Bool
    private let needsCHAPChallenge: Bool
    private let hasOperatorName: Bool
    private let hasOperatorNASIdentifier: Bool

    /// - Parameter secret: of the one who sent `packet`.
    init(_ packet: Packet, secret: SharedSecret, changes: Changes, dictionary: AttributeDictionary) {
        code = packet.code
        groups = packet.decodeGroups(dictionary, secret: secret)
        authenticator = packet.authenticator
        self.changes = changes
        self.dictionary = dictionary
        hasAcctDelayTime = packet.contains(ForwardedAttribute.acctDelayTime)
        // The challenge was the authenticator, which the home server will not see (RFC 2865 §2.2).
        needsCHAPChallenge = packet.contains(AttributeType.chapPassword) && !packet.contains(ForwardedAttribute.chapChallenge)
        hasOperatorName = packet.contains(ForwardedAttribute.operatorName)
        hasOperatorNASIdentifier = packet.operatorNASIdentifier != nil
    }

    /// The attributes for one home server, without Message-Authenticator.
    /// - Parameters:
    ///   - vector: hides values.
    ///   - delaySeconds: how long the request has been here; added to Acct-Delay-Time (RFC 2866 §5.2).
    func attributes(vector: Authenticator, secret: SharedSecret, delaySeconds: UInt32) throws(WireError) -> [UInt8] {
        var encoder = AttributeEncoder(secret: secret, vector: vector, dictionary: dictionary)
        let translation = AttributeTranslation(filter: changes.filter, dictionary: dictionary)
        for group in groups {
            switch group.type {
            case ForwardedAttribute.messageAuthenticator: continue
            case AttributeType.proxyState where !changes.keepsProxyState: continue
            // What the NAS takes is no matter of the home server's (RFC 7930 §3).
            case ForwardedAttribute.extended1 where group.octets.dropFirst(2).first == ForwardedAttribute.responseLength: continue
            case ForwardedAttribute.extended1
            where changes.isLastHop && group.octets.dropFirst(2).first == ForwardedAttribute.operatorNASIdentifier:
                continue
            case ForwardedAttribute.operatorName where changes.isLastHop: continue
            case AttributeType.userName:
                guard let name = changes.userName else {
                    _ = try translation.append(group, to: &encoder)
                    continue
                }
                try encoder.append(type: AttributeType.userName, name.utf8)
            case ForwardedAttribute.acctDelayTime where code == .accountingRequest:
                let value = group.octets.dropFirst(2).reduce(UInt32(0)) { $0 &<< 8 | UInt32($1) }
                try Self.appendDelay(value.addingReportingOverflow(delaySeconds).partialValue, to: &encoder)
            default:
                _ = try translation.append(group, to: &encoder)
            }
        }
        if code == .accountingRequest, !hasAcctDelayTime, delaySeconds > 0 { try Self.appendDelay(delaySeconds, to: &encoder) }
        if needsCHAPChallenge { try encoder.append(type: ForwardedAttribute.chapChallenge, authenticator.bytes) }
        if let name = changes.operatorName, !hasOperatorName { try encoder.append(type: ForwardedAttribute.operatorName, name.utf8) }
        if let identifier = changes.operatorNASIdentifier, !hasOperatorNASIdentifier {
            encoder.append(
                octets: [ForwardedAttribute.extended1, UInt8(identifier.count + 3), ForwardedAttribute.operatorNASIdentifier] + identifier)
        }
        _ = try translation.appendAdditions(to: &encoder)
        try encoder.append(type: AttributeType.proxyState, changes.proxyState)
        return encoder.bytes
    }

    private static func appendDelay(_ seconds: UInt32, to encoder: inout AttributeEncoder) throws(WireError) {
        try encoder.append(type: ForwardedAttribute.acctDelayTime, withUnsafeBytes(of: seconds.bigEndian) { Array($0) })
    }
}

/// Standard attributes that a proxy treats specially (RFC 2865, 2866, 2869, 5580, 8559).
enum ForwardedAttribute {
    static let nasIPAddress: UInt8 = 4
    static let serviceType: UInt8 = 6
    static let state: UInt8 = 24
    static let callingStationID: UInt8 = 31
    static let nasIdentifier: UInt8 = 32
    static let acctStatusType: UInt8 = 40
    static let acctDelayTime: UInt8 = 41
    static let acctSessionID: UInt8 = 44
    static let chapChallenge: UInt8 = 60
    static let messageAuthenticator: UInt8 = 80
    static let nasIPv6Address: UInt8 = 95
    static let errorCause: UInt8 = 101
    static let operatorName: UInt8 = 126
    /// The space of ``responseLength`` and ``operatorNASIdentifier`` (RFC 6929).
    static let extended1: UInt8 = 241
    static let responseLength: UInt8 = 3
    static let operatorNASIdentifier: UInt8 = 8
}
