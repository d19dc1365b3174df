public import RADIUSDictionary

extension Packet {
    /// Decodes all attributes, in order, with hidden values in clear.
    ///
    /// Never fails: what does not fit its definition becomes ``AttributeValue/raw(_:)``, unknown attributes become octets named `Attr-…`.
    /// Consecutive instances of concatenated attributes and fragments of long ones are joined; empty attributes other than
    /// Chargeable-User-Identity are left out (RFC 2865 §5).
    /// - Parameter requestAuthenticator: of the request that this packet answers; without it hidden values of a reply stay raw.
    public func decode(
        _ dictionary: AttributeDictionary, secret: SharedSecret, requestAuthenticator: Authenticator? = nil
    ) -> [Attribute] {
        var decoder = AttributeDecoder(
            packet: self, dictionary: dictionary, secret: secret, vector: hidingVector(requestAuthenticator: requestAuthenticator))
        decoder.run()
        return decoder.attributes
    }

    /// Decodes all attributes of a packet whose secret is not known: hidden values stay raw.
    public func decode(_ dictionary: AttributeDictionary) -> [Attribute] {
        // Without any secret values would be taken as if they had not been hidden, as in RADIUS/1.1.
        var decoder = AttributeDecoder(packet: self, dictionary: dictionary, secret: SharedSecret([0]), vector: nil)
        decoder.run()
        return decoder.attributes
    }

    /// The same as ``decode(_:secret:requestAuthenticator:)``, each value beside the octets that it came from, so that a proxy can pass on
    /// unchanged what it does not have to change.
    public func decodeGroups(
        _ dictionary: AttributeDictionary, secret: SharedSecret, requestAuthenticator: Authenticator? = nil
    ) -> [AttributeGroup] {
        var decoder = AttributeDecoder(
            packet: self, dictionary: dictionary, secret: secret, vector: hidingVector(requestAuthenticator: requestAuthenticator))
        var groups: [AttributeGroup] = []
        while let group = decoder.nextGroup() { groups.append(group) }
        return groups
    }

    private func hidingVector(requestAuthenticator: Authenticator?) -> Authenticator? {
        switch code.authenticatorField {
        case .random: authenticator
        case .requestDigest: .zero
        case .responseDigest: requestAuthenticator
        }
    }
}
