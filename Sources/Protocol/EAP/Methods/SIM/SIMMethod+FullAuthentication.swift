internal import Digests

extension SIMMethod {
    /// Gets vectors and sends the challenge.
    /// - Parameter nonceMT: of EAP-SIM's Start; else empty.
    func challenge(nonceMT: [UInt8], _ identifier: UInt8) -> EAPMethodStep {
        do throws(AKAVectorError) {
            switch variant {
            case .sim: return challenge(try settings.vectors.triplets(imsi: imsi, count: 3), nonceMT, identifier)
            case .aka: return challenge(try settings.vectors.quintuplet(imsi: imsi, networkName: nil), identifier)
            case .akaPrime:
                return challenge(try settings.vectors.quintuplet(imsi: imsi, networkName: settings.networkName), identifier)
            }
        } catch {
            return fail(Self.failure(error), identifier)
        }
    }

    private func challenge(_ triplets: [SIMTriplet], _ nonceMT: [UInt8], _ identifier: UInt8) -> EAPMethodStep {
        let rands = triplets.map(\.rand)
        guard (2...3).contains(triplets.count), Set(rands).count == rands.count else {
            return fail(.proof("fewer than two different triplets"), identifier)
        }
        let keys = SIMKeys.sim(
            identity: identity.octets, kc: triplets.map(\.kc), nonceMT: nonceMT, versionList: Self.versionList, selectedVersion: [0, 1])
        var message = SIMRequest(.simChallenge)
        message.add(.rand, fixed: rands.flatMap { $0 })
        let challenge = Challenge(
            keys: keys, macSuffix: triplets.flatMap(\.sres), rand: [], sessionID: [type.rawValue] + rands.flatMap { $0 } + nonceMT)
        return send(message, challenge, macSuffix: nonceMT, identifier)
    }

    private func challenge(_ vector: AKAQuintuplet, _ identifier: UInt8) -> EAPMethodStep {
        let keys =
            variant == .aka
            ? SIMKeys.aka(identity: identity.octets, ik: vector.ik, ck: vector.ck)
            : SIMKeys.akaPrime(identity: identity.octets, ik: vector.ik, ck: vector.ck)
        var message = SIMRequest(.akaChallenge)
        message.add(.rand, fixed: vector.rand)
        message.add(.autn, fixed: vector.autn)
        if variant == .akaPrime {
            message.add(.kdfInput, counted: settings.networkName)
            message.add(.kdf, number: Self.keyDerivationFunction)
        } else if settings.prefersAKAPrime {
            message.add(.bidding, number: 0x8000)
        }
        message.add(.checkcode, checkcode)
        let challenge = Challenge(
            keys: keys, macSuffix: [], expectedResponse: vector.xres, rand: vector.rand,
            sessionID: [type.rawValue] + vector.rand + vector.autn)
        return send(message, challenge, macSuffix: [], identifier)
    }

    private func send(_ message: SIMRequest, _ challenge: Challenge, macSuffix: [UInt8], _ identifier: UInt8) -> EAPMethodStep {
        var message = message
        keys = challenge.keys
        counter = nil
        if settings.usesResultIndication { message.add(.resultIndication) }
        var content = SIMRequest(variant.challengeSubtype)
        if settings.givesPseudonyms, let pseudonym = SIMIdentity.pseudonym(imsi: imsi, variant, key: settings.key) {
            content.add(.nextPseudonym, counted: pseudonym)
        }
        addReauthenticationID(to: &content, SIMReauthentication(imsi: imsi, counter: 1, keys: challenge.keys))
        if content.data.count > 3 { message.add(encrypted: content, key: challenge.keys.encryption, iv: random(16)) }
        state = .challenge(challenge)
        return request(
            message.signed(variant, identifier: identifier, key: challenge.keys.authentication, extra: macSuffix).data, identifier)
    }

    func receiveChallenge(_ message: SIMMessage, _ challenge: Challenge, _ identifier: UInt8) -> EAPMethodStep {
        switch message.subtype {
        case variant.challengeSubtype:
            break
        case .synchronizationFailure where variant != .sim:
            return resynchronise(message, challenge, identifier)
        case .authenticationReject where variant != .sim:
            state = .done
            return .failure(.proof("the card refuses AUTN"))
        default:
            return fail(.unexpected("subtype \(message.subtype.rawValue)"), identifier)
        }
        // A choice without AT_MAC would be another key derivation function, and there is one only (RFC 9048 §3.2).
        if message[.kdf] != nil { return fail(.proof("peer wants another key derivation function"), identifier) }
        guard isAuthentic(message, suffix: challenge.macSuffix) else { return fail(.proof("AT_MAC"), identifier) }
        if let expected = challenge.expectedResponse {
            guard let value = message[.res], value.count >= 2 + expected.count,
                Int(value[0]) << 8 | Int(value[1]) == 8 * expected.count,
                constantTimeEqual(Array(value[2..<2 + expected.count]), expected)
            else { return fail(.proof("AT_RES"), identifier) }
        }
        if let checked = message[.checkcode], checked != checkcode { return fail(.proof("AT_CHECKCODE"), identifier) }
        indicatesResult = settings.usesResultIndication && message[.resultIndication] != nil
        return authorize(EAPKeys(msk: challenge.keys.msk, emsk: challenge.keys.emsk, sessionID: challenge.sessionID))
    }

    /// The card's sequence number is ahead of ours: take it over and try once more (RFC 4187 §6.3.1).
    private func resynchronise(_ message: SIMMessage, _ challenge: Challenge, _ identifier: UInt8) -> EAPMethodStep {
        guard let auts = message[.auts], auts.count == 14 else { return fail(.malformed("AT_AUTS"), identifier) }
        resynchronisations += 1
        guard resynchronisations == 1 else { return fail(.proof("the card stays out of step"), identifier) }
        do throws(AKAVectorError) {
            try settings.vectors.resynchronise(imsi: imsi, rand: challenge.rand, auts: auts)
        } catch {
            return fail(Self.failure(error), identifier)
        }
        return self.challenge(nonceMT: [], identifier)
    }

    /// AT_CHECKCODE's value: nothing, or a hash over all AKA-Identity packets (RFC 4187 §10.13, RFC 9048 §3.5.3).
    var checkcode: [UInt8] {
        guard !transcript.isEmpty else { return [0, 0] }
        return [0, 0] + (variant == .akaPrime ? DigestAlgorithm.sha256 : .sha1).hash(transcript)
    }

    /// Adds AT_NEXT_REAUTH_ID when the peer may use one and its name fits a User-Name.
    func addReauthenticationID(to content: inout SIMRequest, _ next: SIMReauthentication) {
        guard next.counter <= settings.maximumReauthentications, let userName = next.userName(variant, key: settings.key) else { return }
        let name = userName + (identity.realm.map { Array("@\($0)".utf8) } ?? [])
        if name.count <= 253 { content.add(.nextReauthenticationID, counted: name) }
    }

    private static let keyDerivationFunction: UInt16 = 1

    private static func failure(_ error: AKAVectorError) -> EAPFailure {
        switch error {
        case .unknownSubscriber: .proof("unknown subscriber")
        case .unavailable(let reason): .proof("no vectors: \(reason)")
        case .wrongSynchronisation: .proof("AT_AUTS")
        }
    }
}
