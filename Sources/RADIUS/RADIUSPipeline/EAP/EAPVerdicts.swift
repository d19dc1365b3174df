import Digests
import EAP
import RADIUSWire

extension RequestContext {
    /// EAP-Failure for an Access-Reject, always there when the request carried EAP (RFC 3579 §2.6.3).
    var eapFailure: [UInt8] {
        if !eapFinal.isEmpty { return eapFinal }
        let message = packet.value(StandardAttribute.eapMessage).map { Array($0) } ?? []
        return [4, message.count > 1 ? message[1] : 0, 0, 4]
    }

    /// Gives the waiting method policy's answer and turns what it says into the request's outcome. Called when the steps are through.
    mutating func concludeEAP() {
        guard let exchange = eapExchange, let question = exchange.question else { return }
        eapExchange = nil
        var verdict = EAPVerdict(isAccepted: false)
        if case .lookup = question.proof {
            guard lookUp(&verdict) else { return environment.eapConversations.putBack(exchange, now: receivedEpoch) }
        } else {
            switch outcome {
            case nil where isAuthenticated, .ok where isAuthenticated, .updated where isAuthenticated, .noop where isAuthenticated:
                verdict.isAccepted = true
                // Of an expired password, which is another one now.
                exchange.refusal = nil
                takeKeys(&verdict)
                verdict.resumptionTag = resumptionTag(question)
                verdict.allowsResumption = allowsResumption
                let fullName = realm.map { "\(userName)@\($0)" } ?? userName
                exchange.grant = EAPExchange.Grant(
                    userName: userName, fullName: fullName, organizationID: organizationID, reply: reply)
            case nil, .ok, .updated, .noop: refuse(.credentialsMissing, exchange, &verdict)
            case .notFound: refuse(.userUnknown, exchange, &verdict)
            case .reject(let reason): refuse(reason, exchange, &verdict)
            case .fail where environment.settings.rejectsWithoutDatabase: refuse(.databaseUnavailable, exchange, &verdict)
            // Silence: the NAS repeats the request, which asks again, or begins anew elsewhere.
            default: return environment.eapConversations.putBack(exchange, now: receivedEpoch)
            }
        }
        exchange.question = nil
        let step = exchange.conversation.resume(verdict)
        noteEAP(exchange)
        switch step {
        case .challenge(let request):
            outcome = challengeEAP(request, exchange)
        case .accept(let success, let keys):
            outcome = acceptEAP(success, keys, exchange)
        case .reject(let failure, let reason):
            let said = reply
            outcome = rejectEAP(failure, reason, exchange)
            reply = said
        case .authenticate, .discard:
            outcome = .reject(.eapMalformed)
        }
    }

    /// Leaves the method waiting: the repetition of the peer's packet asks again.
    mutating func withdrawQuestion() {
        guard let exchange = eapExchange else { return }
        eapExchange = nil
        environment.eapConversations.putBack(exchange, now: receivedEpoch)
    }

    /// Known-good passwords for a method that computes with them.
    /// - Returns: false when there is no answer at all.
    private func lookUp(_ verdict: inout EAPVerdict) -> Bool {
        switch outcome {
        case .ok:
            for known in passwords {
                verdict.clearPasswords += clearTexts(of: known)
                if let hash = known.stored.ntHash { verdict.ntHashes.append(hash) }
                if let salted = known.stored.saltedDigest.flatMap(SaltedPasswordHash.init) { verdict.saltedHashes.append(salted) }
            }
            verdict.preSharedKey = preSharedKey
            verdict.isAccepted =
                !verdict.ntHashes.isEmpty || !verdict.clearPasswords.isEmpty || !verdict.saltedHashes.isEmpty
                || verdict.preSharedKey != nil
            return true
        case .fail, .disallow, .invalid, .timeout: return environment.settings.rejectsWithoutDatabase
        default: return true
        }
    }

    /// The key of EAP-PSK: FreeRADIUS's PSK-Password, or a password that is one; as 16 octets or 32 hexadecimal digits.
    private var preSharedKey: [UInt8]? {
        if case .bytes(let value)? = control(environment.known.pskPassword) {
            return value.count == 16 ? value : value.count == 32 ? Hexadecimal.decode(value) : nil
        }
        // Sixteen letters are a password, not a key.
        return passwords.lazy.compactMap { known in
            known.stored.cleartext.flatMap { $0.count == 32 ? Hexadecimal.decode($0) : nil }
        }.first
    }

    /// Unless the control attribute Allow-Session-Resumption says No.
    var allowsResumption: Bool { control(environment.known.allowSessionResumption) != .unsigned(0) }

    /// Fingerprint of the passwords that a session may be resumed for: a new password asks for a new login. Empty where the proof was
    /// another one.
    private func resumptionTag(_ question: EAPAuthentication) -> [UInt8] {
        switch question.proof {
        case .proven(.resumption): question.resumptionTag
        case .lookup, .proven: []
        case .pap, .chap, .mschapv1, .mschapv2, .mschapv2Change: passwordFingerprint
        }
    }

    /// Of the user's known-good passwords as they stand; with a key of this process, as sessions are. Always the same for users whose
    /// passwords only a back end knows.
    var passwordFingerprint: [UInt8] {
        let rows = passwords.map { "\($0.row.attribute.lowercased())\u{0}\($0.text)" }
        return environment.resumptionKey.authenticate(Array(rows.joined(separator: "\u{0}\u{0}").utf8))
    }

    /// What MS-CHAPv2 put into the reply belongs to the method, not to the NAS.
    private mutating func takeKeys(_ verdict: inout EAPVerdict) {
        let microsoft = environment.known.microsoft
        switch credential {
        case .mschapv2, .mschapv2Change: break
        default:
            reply.removeAll {
                [microsoft.mppeKeys, microsoft.mppeEncryptionPolicy, microsoft.mppeEncryptionTypes].contains($0.attribute.definition)
            }
            return
        }
        for item in reply {
            guard case .bytes(let value) = item.attribute.value else { continue }
            switch item.attribute.definition {
            case microsoft.chap2Success: verdict.authenticatorResponse = String(decoding: value.dropFirst(), as: UTF8.self)
            case microsoft.mppeSendKey: verdict.mppeSendKey = value
            case microsoft.mppeReceiveKey: verdict.mppeReceiveKey = value
            default: break
            }
        }
        let internals = [
            microsoft.chap2Success, microsoft.mppeSendKey, microsoft.mppeReceiveKey, microsoft.mppeKeys, microsoft.mppeEncryptionPolicy,
            microsoft.mppeEncryptionTypes,
        ]
        reply.removeAll { internals.contains($0.attribute.definition) }
    }

    private mutating func refuse(_ reason: RejectReason, _ exchange: EAPExchange, _ verdict: inout EAPVerdict) {
        exchange.refusal = reason
        let error = MSCHAPError(reason)
        verdict.mschapError = error.code
        verdict.message = error.message
        note("refused: \(reason.rawValue)")
    }
}
