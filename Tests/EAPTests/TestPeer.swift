import Digests

@testable import EAP

/// What a peer's user knows, and policy's fixed answers about it.
struct TestUser {
    var name: String
    var password: String

    static let bob = TestUser(name: "bob", password: "hello")

    /// Policy that knows one password and, for proven identities, one name.
    func verdict(_ authentication: EAPAuthentication) -> EAPVerdict {
        guard authentication.identity == Array(name.utf8) else { return EAPVerdict(isAccepted: false, message: "No such user") }
        switch authentication.proof {
        case .lookup:
            var verdict = EAPVerdict(isAccepted: true)
            verdict.clearPasswords = [Array(password.utf8)]
            verdict.preSharedKey = Hexadecimal.decode(password.utf8)
            return verdict
        case .proven:
            return EAPVerdict(isAccepted: true)
        case .pap(let sent):
            return EAPVerdict(isAccepted: sent == Array(password.utf8), message: "Wrong password")
        case .chap(let identifier, let response, let challenge):
            let expected = MD5.hash([identifier] + password.utf8 + challenge).bytes
            return EAPVerdict(isAccepted: response == expected, message: "Wrong password")
        case .mschapv1(_, let challenge, _, _, let response):
            let expected = MSCHAP.challengeResponse(challenge: challenge, hash: NTHash.hash(password: password))
            return EAPVerdict(isAccepted: response == expected, message: "Wrong password")
        case .mschapv2(_, let challenge, let peerChallenge, let response, let userName):
            return mschapv2(challenge, peerChallenge, response, userName.isEmpty ? authentication.identity : userName)
        case .mschapv2Change:
            return EAPVerdict(isAccepted: false, message: "Nothing has expired")
        }
    }

    private func mschapv2(_ challenge: [UInt8], _ peerChallenge: [UInt8], _ response: [UInt8], _ userName: [UInt8]) -> EAPVerdict {
        let hash = NTHash.hash(password: password)
        let expected = MSCHAP.ntResponse(authenticatorChallenge: challenge, peerChallenge: peerChallenge, userName: userName, ntHash: hash)
        guard response == expected else { return EAPVerdict(isAccepted: false, message: "Wrong password") }
        var verdict = EAPVerdict(isAccepted: true)
        let joined = MSCHAP.challengeHash(peerChallenge: peerChallenge, authenticatorChallenge: challenge, userName: userName)
        verdict.authenticatorResponse = MSCHAP.authenticatorResponse(
            hashOfHash: NTHash.hashOfHash(hash), ntResponse: response, challengeHash: joined)
        let keys = MSCHAP.mppeKeys(hashOfHash: NTHash.hashOfHash(hash), ntResponse: response)
        verdict.mppeSendKey = keys.serverSend
        verdict.mppeReceiveKey = keys.serverReceive
        return verdict
    }
}

extension TestUser {
    /// Policy for a user whose password has expired: whoever knows it may have a new one.
    func expired(_ authentication: EAPAuthentication) -> EAPVerdict {
        guard case .mschapv2Change(let change) = authentication.proof else {
            var verdict = verdict(authentication)
            if verdict.isAccepted {
                verdict = EAPVerdict(isAccepted: false, message: "Password expired")
                verdict.mschapError = 648
            }
            return verdict
        }
        let oldHash = NTHash.hash(password: password)
        guard let new = MSCHAP.newPassword(encrypted: change.encryptedPassword, oldNTHash: oldHash),
            MSCHAP.verifyOldHash(encryptedHash: change.encryptedHash, newNTHash: NTHash.hash(password: new), oldNTHash: oldHash)
        else { return EAPVerdict(isAccepted: false, message: "Wrong password") }
        var renewed = authentication
        renewed.proof = .mschapv2(
            identifier: change.identifier, challenge: change.challenge, peerChallenge: change.peerChallenge,
            ntResponse: change.ntResponse, userName: change.userName)
        return TestUser(name: name, password: new).verdict(renewed)
    }
}

extension EAPStep {
    /// The request to send, when that is the step.
    var request: EAPPacket? {
        if case .challenge(let bytes) = self { try? EAPPacket(bytes) } else { nil }
    }

    var authentication: EAPAuthentication? {
        if case .authenticate(let authentication) = self { authentication } else { nil }
    }

    var failure: EAPFailure? {
        switch self {
        case .reject(_, let failure), .discard(let failure): failure
        case .challenge, .authenticate, .accept: nil
        }
    }

    var isReject: Bool { if case .reject = self { true } else { false } }
    var isDiscard: Bool { if case .discard = self { true } else { false } }
    var isAccept: Bool { if case .accept = self { true } else { false } }
}

extension EAPConversation {
    /// Sends a response as the peer would.
    func respond(_ identifier: UInt8, _ type: EAPType, _ data: [UInt8]) -> EAPStep {
        handle(EAPPacket(.response, identifier: identifier, type: type, data: data).bytes)
    }

    func respond(_ identifier: UInt8, _ type: EAPType, _ text: String) -> EAPStep {
        respond(identifier, type, Array(text.utf8))
    }
}
