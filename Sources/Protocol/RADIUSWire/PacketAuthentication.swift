import Digests

/// The two proofs of a packet's origin: its Authenticator field and Message-Authenticator, over octets in place.
enum PacketAuthentication {
    /// HMAC-MD5 over the packet with Message-Authenticator's value zeroed (RFC 3579 §3.2).
    /// - Parameters:
    ///   - packet: the whole packet.
    ///   - offset: of Message-Authenticator's value, inside the packet.
    ///   - authenticator: stands in for the Authenticator field.
    static func messageAuthenticator(
        _ packet: UnsafeRawBufferPointer, at offset: Int, authenticator: Authenticator, secret: SharedSecret
    ) -> MD5Digest {
        secret.hmac.authenticate { md5 in
            md5.update(UnsafeRawBufferPointer(rebasing: packet[0..<4]))
            md5.update(authenticator.digest)
            md5.update(UnsafeRawBufferPointer(rebasing: packet[20..<offset]))
            md5.update(Authenticator.zero.digest)
            md5.update(UnsafeRawBufferPointer(rebasing: packet[(offset + 16)...]))
        }
    }

    /// MD5(Code ‖ Identifier ‖ Length ‖ `authenticator` ‖ Attributes ‖ secret): the Response Authenticator (RFC 2865 §3) over the request's
    /// authenticator, the Request Authenticator of accounting and CoA (RFC 2866 §3) over zeros.
    static func digest(_ packet: UnsafeRawBufferPointer, authenticator: Authenticator, secret: SharedSecret) -> MD5Digest {
        var md5 = MD5()
        md5.update(UnsafeRawBufferPointer(rebasing: packet[0..<4]))
        md5.update(authenticator.digest)
        md5.update(UnsafeRawBufferPointer(rebasing: packet[20...]))
        md5.update(secret.bytes)
        return md5.finish()
    }
}

extension Packet {
    /// Checks Message-Authenticator by the rule for the packet's code (RFC 3579 §3.2, RFC 5176 §3.4, RFC 5997 §3).
    /// - Parameter requestAuthenticator: of the request that this packet answers; needed for replies, ignored for requests.
    /// - Returns: false also when there is none.
    public func verifyMessageAuthenticator(_ secret: SharedSecret, requestAuthenticator: Authenticator? = nil) -> Bool {
        guard hasMessageAuthenticator, let field = signedAuthenticator(requestAuthenticator) else { return false }
        return bytes.withUnsafeBytes { packet in
            let expected = PacketAuthentication.messageAuthenticator(
                packet, at: messageAuthenticatorOffset, authenticator: field, secret: secret)
            return MD5Digest(loading: packet, at: messageAuthenticatorOffset).isEqualInConstantTime(to: expected)
        }
    }

    /// Checks the Request Authenticator of an Accounting-, CoA- or Disconnect-Request.
    /// - Returns: true for codes whose Request Authenticator is random and proves nothing.
    public func verifyRequestAuthenticator(_ secret: SharedSecret) -> Bool {
        switch code.authenticatorField {
        case .random: true
        case .requestDigest: verifyDigest(over: .zero, secret)
        case .responseDigest: false
        }
    }

    /// Checks the Response Authenticator against the request's authenticator.
    /// - Returns: false for requests.
    public func verifyResponseAuthenticator(_ secret: SharedSecret, requestAuthenticator: Authenticator) -> Bool {
        code.authenticatorField == .responseDigest && verifyDigest(over: requestAuthenticator, secret)
    }

    /// What stands in the Authenticator field while Message-Authenticator is computed; nil when it is not known.
    private func signedAuthenticator(_ requestAuthenticator: Authenticator?) -> Authenticator? {
        switch code.authenticatorField {
        case .random: authenticator
        case .requestDigest: .zero
        case .responseDigest: requestAuthenticator
        }
    }

    private func verifyDigest(over field: Authenticator, _ secret: SharedSecret) -> Bool {
        bytes.withUnsafeBytes { packet in
            let expected = PacketAuthentication.digest(packet, authenticator: field, secret: secret)
            return MD5Digest(loading: packet, at: 4).isEqualInConstantTime(to: expected)
        }
    }
}
