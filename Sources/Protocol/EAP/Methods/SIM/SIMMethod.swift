/// EAP-SIM, EAP-AKA and EAP-AKA', which differ in the packets of full authentication and in their key derivation only.
///
/// Keeps nothing between conversations: what the peer needs to come back as the same subscriber it carries itself, sealed.
final class SIMMethod: EAPMethod {
    /// Which identity the server asks for, each less private than the one before (RFC 4186 §4.2.4).
    enum IdentityRequest {
        case any, fullAuthentication, permanent

        var attribute: SIMAttribute {
            switch self {
            case .any: .anyIDRequest
            case .fullAuthentication: .fullAuthenticationIDRequest
            case .permanent: .permanentIDRequest
            }
        }

        var next: IdentityRequest? {
            switch self {
            case .any: .fullAuthentication
            case .fullAuthentication: .permanent
            case .permanent: nil
            }
        }
    }

    /// A full authentication whose answer is awaited.
    struct Challenge {
        var keys: SIMKeys
        /// What the peer appends to the response before it computes AT_MAC.
        var macSuffix: [UInt8]
        /// AT_RES of AKA.
        var expectedResponse: [UInt8]?
        var rand: [UInt8]
        var sessionID: [UInt8]
    }

    /// A fast re-authentication whose answer is awaited.
    struct Resumption {
        var state: SIMReauthentication
        var nonceS: [UInt8]
        var sessionID: [UInt8]
    }

    enum State {
        /// Start or AKA-Identity is sent; nil: a Start that asks for no identity.
        case identity(asked: IdentityRequest?)
        case challenge(Challenge)
        case reauthentication(Resumption)
        /// The card has proved itself; policy decides.
        case authorization(EAPKeys)
        /// The peer acknowledges the outcome.
        case notification(EAPMethodStep)
        case done
    }

    let type: EAPType
    let variant: SIMVariant
    let settings: SIMSettings
    let random: @Sendable (Int) -> [UInt8]
    var state = State.identity(asked: nil)
    /// The last one the peer gave.
    var identity: SIMIdentity
    var imsi = ""
    /// K_encr and K_aut in use.
    var keys: SIMKeys?
    /// Of the fast re-authentication in use.
    var counter: UInt16?
    /// All AKA-Identity packets so far, for AT_CHECKCODE.
    var transcript: [UInt8] = []
    /// Both sides want the result protected.
    var indicatesResult = false
    var resynchronisations = 0
    /// Identifier of the outstanding request.
    private var outstanding: UInt8 = 0

    init(_ variant: SIMVariant, _ settings: SIMSettings, _ context: EAPMethodContext) {
        type = variant.type
        self.variant = variant
        self.settings = settings
        random = context.settings.random
        identity = SIMIdentity(context.identity)
    }

    /// Vectors may come from afar.
    var needsWorker: Bool {
        switch state {
        case .identity, .challenge, .reauthentication: true
        case .authorization, .notification, .done: false
        }
    }

    /// IMSI@realm, once known.
    var innerIdentity: [UInt8]? {
        guard !imsi.isEmpty else { return nil }
        let realm = identity.realm ?? settings.defaultRealm
        return Array((imsi + (realm.map { "@\($0)" } ?? "")).utf8)
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        guard !settings.alwaysRequestsIdentity else { return askIdentity(.any, identifier) }
        switch identity.meaning(variant, key: settings.key) {
        case .reauthentication(let state) where mayReauthenticate(state):
            return reauthenticate(state, identifier)
        case .subscriber(let imsi):
            self.imsi = imsi
            return variant == .sim ? askIdentity(nil, identifier) : challenge(nonceMT: [], identifier)
        case .reauthentication, .unknown:
            return askIdentity(.any, identifier)
        }
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        if case .notification(.failure(let failure)) = state {
            // Whatever the peer says to it.
            state = .done
            return .failure(failure)
        }
        let message: SIMMessage
        do throws(EAPFailure) {
            message = try SIMMessage(data)
        } catch {
            return fail(error, identifier)
        }
        if message.subtype == .clientError {
            state = .done
            return .failure(.proof("peer reports error \(message.number(.clientErrorCode).map(String.init) ?? "without code")"))
        }
        switch (state, message.subtype) {
        case (.identity(let asked), variant.identitySubtype): return receiveIdentity(message, data, asked: asked, identifier)
        case (.challenge(let challenge), _): return receiveChallenge(message, challenge, identifier)
        case (.reauthentication(let resumption), .reauthentication): return receiveReauthentication(message, resumption, identifier)
        case (.notification(let outcome), _): return receiveNotification(message, outcome)
        default: return fail(.unexpected("subtype \(message.subtype.rawValue)"), identifier)
        }
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        guard case .authorization(let exported) = state else { return .failure(.unexpected("verdict")) }
        guard verdict.isAccepted else { return notify(.temporarilyDenied, then: .failure(.refused), identifier) }
        guard indicatesResult else {
            state = .done
            return .success(exported)
        }
        return notify(.success, then: .success(exported), identifier)
    }

    // MARK: Identity

    /// Sends Start or AKA-Identity.
    /// - Parameter asked: nil only for a Start, whose answer is needed in any case.
    func askIdentity(_ asked: IdentityRequest?, _ identifier: UInt8) -> EAPMethodStep {
        var message = SIMRequest(variant.identitySubtype)
        if let asked { message.add(asked.attribute) }
        if variant == .sim { message.add(.versionList, counted: Self.versionList) }
        state = .identity(asked: asked)
        record(.request, identifier, message.data)
        return request(message.data, identifier)
    }

    private func receiveIdentity(
        _ message: SIMMessage, _ data: [UInt8], asked: IdentityRequest?, _ identifier: UInt8
    ) -> EAPMethodStep {
        record(.response, outstanding, data)
        if let asked {
            guard let given = message.counted(.identity) else { return fail(.malformed("AT_IDENTITY"), identifier) }
            identity = SIMIdentity(given)
            switch identity.meaning(variant, key: settings.key) {
            case .reauthentication(let state) where asked == .any && mayReauthenticate(state):
                return reauthenticate(state, identifier)
            case .subscriber(let imsi):
                self.imsi = imsi
            case .reauthentication, .unknown:
                guard let next = asked.next else { return fail(.proof("unknown identity"), identifier) }
                return askIdentity(next, identifier)
            }
        }
        guard variant == .sim else { return challenge(nonceMT: [], identifier) }
        guard let nonce = message.fixed(.nonceMT, 16), message.number(.selectedVersion) == 1 else {
            return fail(.malformed("AT_NONCE_MT or AT_SELECTED_VERSION"), identifier)
        }
        return challenge(nonceMT: nonce, identifier)
    }

    /// Version 1, the only one there is.
    static let versionList: [UInt8] = [0, 1]

    private func mayReauthenticate(_ state: SIMReauthentication) -> Bool {
        state.counter <= settings.maximumReauthentications
    }

    private func record(_ code: EAPCode, _ identifier: UInt8, _ data: [UInt8]) {
        guard variant != .sim else { return }
        transcript += EAPPacket(code, identifier: identifier, type: type, data: data).bytes
    }

    // MARK: Outcome

    /// Codes of AT_NOTIFICATION (RFC 4186 §10.18).
    enum Notification: UInt16 {
        case temporarilyDenied = 1026
        case generalFailureBeforeAuthentication = 16384
        case success = 32768
    }

    /// The card is genuine: policy decides.
    func authorize(_ exported: EAPKeys) -> EAPMethodStep {
        state = .authorization(exported)
        return .authenticate(EAPAuthentication(identity: innerIdentity ?? [], proof: .proven(.sim)))
    }

    /// Tells the peer and then fails (RFC 4186 §6.3.1).
    func fail(_ failure: EAPFailure, _ identifier: UInt8) -> EAPMethodStep {
        if case .notification = state {
            state = .done
            return .failure(failure)
        }
        return notify(.generalFailureBeforeAuthentication, then: .failure(failure), identifier)
    }

    private func notify(_ code: Notification, then outcome: EAPMethodStep, _ identifier: UInt8) -> EAPMethodStep {
        state = .notification(outcome)
        var message = SIMRequest(.notification)
        message.add(.notification, number: code.rawValue)
        // Before the card is authenticated there is no key that both sides trust.
        guard code != .generalFailureBeforeAuthentication, let keys else { return request(message.data, identifier) }
        if let counter {
            var content = SIMRequest(.notification)
            content.add(.counter, number: counter)
            message.add(encrypted: content, key: keys.encryption, iv: random(16))
        }
        return request(message.signed(variant, identifier: identifier, key: keys.authentication).data, identifier)
    }

    private func receiveNotification(_ message: SIMMessage, _ outcome: EAPMethodStep) -> EAPMethodStep {
        state = .done
        guard case .success = outcome else { return outcome }
        guard message.subtype == .notification, isAuthentic(message) else { return .failure(.proof("AT_MAC of the notification")) }
        return outcome
    }

    /// Whether the response carries the right AT_MAC.
    func isAuthentic(_ message: SIMMessage, suffix: [UInt8] = []) -> Bool {
        guard let keys else { return false }
        return message.hasValidMAC(variant, identifier: outstanding, key: keys.authentication, extra: suffix)
    }

    func request(_ data: [UInt8], _ identifier: UInt8) -> EAPMethodStep {
        outstanding = identifier
        return .request(data)
    }
}
