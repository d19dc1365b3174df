extension SIMMethod {
    /// Authenticates with the keys of an earlier full authentication (RFC 4186 §5, RFC 4187 §5).
    func reauthenticate(_ previous: SIMReauthentication, _ identifier: UInt8) -> EAPMethodStep {
        imsi = previous.imsi
        keys = previous.keys
        counter = previous.counter
        let nonceS = random(16)
        var content = SIMRequest(.reauthentication)
        content.add(.counter, number: previous.counter)
        content.add(.nonceS, fixed: nonceS)
        if previous.counter < settings.maximumReauthentications {
            var next = previous
            next.counter += 1
            addReauthenticationID(to: &content, next)
        }
        var message = SIMRequest(.reauthentication)
        if variant != .sim { message.add(.checkcode, checkcode) }
        if settings.usesResultIndication { message.add(.resultIndication) }
        message.add(encrypted: content, key: previous.keys.encryption, iv: random(16))
        let signed = message.signed(variant, identifier: identifier, key: previous.keys.authentication)
        state = .reauthentication(
            Resumption(state: previous, nonceS: nonceS, sessionID: [type.rawValue] + nonceS + signed.mac))
        return request(signed.data, identifier)
    }

    func receiveReauthentication(_ message: SIMMessage, _ resumption: Resumption, _ identifier: UInt8) -> EAPMethodStep {
        let previous = resumption.state
        guard isAuthentic(message, suffix: resumption.nonceS) else { return fail(.proof("AT_MAC"), identifier) }
        guard let content = message.decrypted(key: previous.keys.encryption), content.number(.counter) == previous.counter else {
            return fail(.proof("AT_COUNTER"), identifier)
        }
        if let checked = message[.checkcode], checked != checkcode { return fail(.proof("AT_CHECKCODE"), identifier) }
        if content[.counterTooSmall] != nil {
            // The identity is an old one; the card itself must answer (RFC 4186 §5.5).
            counter = nil
            return askIdentity(.fullAuthentication, identifier)
        }
        indicatesResult = settings.usesResultIndication && message[.resultIndication] != nil
        let exported = previous.keys.exported(
            variant, identity: identity.octets, counter: previous.counter, nonceS: resumption.nonceS)
        return authorize(EAPKeys(msk: exported.msk, emsk: exported.emsk, sessionID: resumption.sessionID))
    }
}
