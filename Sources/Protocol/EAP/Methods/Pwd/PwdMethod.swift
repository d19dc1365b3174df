internal import Digests

/// EAP-pwd: both sides prove that they know the password and learn nothing else of it (RFC 5931, RFC 8146).
final class PwdMethod: EAPMethod {
    let type = EAPType.pwd

    private enum State {
        case start
        /// Policy is asked for the passwords of EAP-Response/Identity's name.
        case lookup
        case id(PwdCredential)
        /// The peer gave another name than before: policy is asked again.
        case secondLookup(preparation: PwdPreparation)
        case commit
        case confirm
        case authorization(EAPKeys)
        case done
    }

    private let settings: PwdSettings
    private var framing: PwdFraming
    private var state = State.start
    private let token: [UInt8]
    private var identity: [UInt8]
    private var curve: PwdCurve?
    private var passwordElement: PwdPoint?
    private var commitment: PwdCurve.Commitment?
    private var peerScalar: [UInt8] = []
    private var sharedSecret: [UInt8] = []
    private var serverConfirm: [UInt8] = []
    private var expectedConfirm: [UInt8] = []

    init(_ context: EAPMethodContext) {
        settings = context.settings.pwd
        identity = context.identity
        token = context.settings.random(4)
        framing = PwdFraming(fragmentSize: context.packetLimit)
    }

    var needsWorker: Bool {
        switch state {
        case .id, .secondLookup, .commit: true
        case .start, .lookup, .confirm, .authorization, .done: false
        }
    }

    /// Asks for the passwords first: which form is stored decides the preparation that the ID request names.
    func start(identifier: UInt8) -> EAPMethodStep {
        state = .lookup
        return .authenticate(EAPAuthentication(identity: identity, proof: .lookup))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        switch framing.receive(data) {
        case .answer(let answer): return .request(answer)
        case .failure(let failure): return fail(failure)
        case .message(_, let message):
            switch state {
            case .id(let credential): return receiveID(message, credential)
            case .commit: return receiveCommit(message)
            case .confirm: return receiveConfirm(message)
            case .start, .lookup, .secondLookup, .authorization, .done: return fail(.unexpected("message"))
            }
        }
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        switch state {
        case .lookup:
            let credential = PwdCredential(verdict) ?? unknown(settings.unknownUserPreparation)
            state = .id(credential)
            return .request(framing.send(.id, suite + token + [credential.preparation.rawValue] + settings.serverIdentity))
        case .secondLookup(let preparation):
            let credential = PwdCredential(verdict)
            // The preparation is agreed by now; a password kept in another form cannot be used.
            return commit(credential?.preparation == preparation ? credential ?? unknown(preparation) : unknown(preparation))
        case .authorization(let keys):
            state = .done
            return verdict.isAccepted ? .success(keys) : .failure(.refused)
        case .start, .id, .commit, .confirm, .done:
            return fail(.unexpected("verdict"))
        }
    }

    /// Group, Random Function 1 and PRF 1, both HMAC-SHA-256.
    private var suite: [UInt8] {
        [UInt8(truncatingIfNeeded: settings.group.rawValue >> 8), UInt8(truncatingIfNeeded: settings.group.rawValue), 1, 1]
    }

    private func unknown(_ preparation: PwdPreparation) -> PwdCredential {
        PwdCredential(of: identity, preparation: preparation, key: settings.key)
    }

    private func receiveID(_ message: [UInt8], _ credential: PwdCredential) -> EAPMethodStep {
        let expected = suite + token + [credential.preparation.rawValue]
        guard message.count > expected.count, message.starts(with: expected) else { return fail(.proof("the peer wants another suite")) }
        let name = Array(message.dropFirst(expected.count))
        guard name != identity else { return commit(credential) }
        identity = name
        state = .secondLookup(preparation: credential.preparation)
        return .authenticate(EAPAuthentication(identity: name, proof: .lookup))
    }

    private func commit(_ credential: PwdCredential) -> EAPMethodStep {
        guard let curve = PwdCurve(settings.group),
            let element = curve.passwordElement(
                token: token, peerIdentity: identity, serverIdentity: settings.serverIdentity, password: credential.password),
            let commitment = curve.commitment(to: element)
        else { return fail(.proof("no password element")) }
        self.curve = curve
        self.commitment = commitment
        passwordElement = element
        state = .commit
        let salt = credential.preparation.isSalted ? [UInt8(truncatingIfNeeded: credential.salt.count)] + credential.salt : []
        return .request(framing.send(.commit, salt + commitment.element + commitment.scalar))
    }

    private func receiveCommit(_ message: [UInt8]) -> EAPMethodStep {
        guard let curve, let passwordElement, let commitment, message.count == 3 * curve.length else {
            return fail(.malformed("EAP-pwd-Commit"))
        }
        let element = Array(message.prefix(2 * curve.length))
        peerScalar = Array(message.suffix(curve.length))
        guard element != commitment.element, peerScalar != commitment.scalar else { return fail(.proof("our own commit came back")) }
        guard
            let secret = curve.sharedSecret(
                commitment.secret, passwordElement: passwordElement, peerScalar: peerScalar, peerElement: element)
        else { return fail(.proof("scalar or element out of range")) }
        sharedSecret = secret
        let ours = commitment.element + commitment.scalar
        let theirs = element + peerScalar
        serverConfirm = PwdKeys.hash(secret + ours + theirs + suite)
        expectedConfirm = PwdKeys.hash(secret + theirs + ours + suite)
        state = .confirm
        return .request(framing.send(.confirm, serverConfirm))
    }

    private func receiveConfirm(_ message: [UInt8]) -> EAPMethodStep {
        guard let commitment, constantTimeEqual(message, expectedConfirm) else { return fail(.proof("confirm does not match")) }
        let keys = PwdKeys.keys(
            sharedSecret: sharedSecret, suite: suite, peerScalar: peerScalar, serverScalar: commitment.scalar, peerConfirm: message,
            serverConfirm: serverConfirm)
        state = .authorization(keys)
        return .authenticate(EAPAuthentication(identity: identity, proof: .proven(.password)))
    }

    private func fail(_ failure: EAPFailure) -> EAPMethodStep {
        state = .done
        return .failure(failure)
    }
}
