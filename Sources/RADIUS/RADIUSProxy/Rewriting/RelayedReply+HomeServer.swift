import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

extension RelayedReply {
    /// What a home server answered, as the NAS gets it: hidden values hidden with the NAS's secret, Proxy-State left to the transport, which
    /// knows the NAS's.
    /// - Parameters:
    ///   - request: the NAS's.
    ///   - secret: the NAS's.
    /// - Throws: when a hidden value does not fit its attribute.
    init(
        _ reply: OutgoingReply, to request: Packet, secret: SharedSecret, filter: AttributeFilter, dictionary: AttributeDictionary
    ) throws(WireError) {
        var encoder = AttributeEncoder(secret: secret, vector: request.authenticator, dictionary: dictionary)
        let translation = AttributeTranslation(filter: filter, dictionary: dictionary)
        var attributes: [Attribute] = []
        let groups = reply.packet.decodeGroups(dictionary, secret: reply.secret, requestAuthenticator: reply.requestAuthenticator)
        for group in groups where group.type != AttributeType.proxyState && group.type != ForwardedAttribute.messageAuthenticator {
            attributes += try translation.append(group, to: &encoder)
        }
        attributes += try translation.appendAdditions(to: &encoder)
        self.init(code: reply.packet.code, attributes: attributes, octets: encoder.bytes)
    }
}
