import EAP
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Carries EAP through RADIUS (RFC 3579): finds the conversation by State, hands it the peer's packet and sends what it answers.
///
/// Most rounds end here, without a visit to the database. When the method asks whether an identity may log in, the request goes on through
/// the steps as if that identity and its proof had come in the packet itself; ``EAPVerdicts`` gives the method the answer.
public struct AuthenticateEAP: Stage {
    public let name = "EAP"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        let packet = context.packet
        guard packet.contains(StandardAttribute.eapMessage) else { return .next }
        context.isEAP = true
        guard context.environment.known.eapMessage != nil, !context.settings.deniedMethods.contains(.eap) else {
            return .decided(.reject(.eapUnsupported))
        }
        let message = packet.eapMessage
        let state = packet.value(StandardAttribute.state).map { Array($0) }
        let conversations = context.environment.eapConversations
        let taken = state.map { conversations.take($0, clientName: context.client.name, now: context.receivedEpoch) }
        switch taken {
        case .exchange(let exchange):
            guard let question = exchange.question else { return go(on: exchange, with: message, &context) }
            // Policy was silent before.
            guard message == exchange.questioned else {
                conversations.putBack(exchange, now: context.receivedEpoch)
                return .decided(.invalid)
            }
            context.ask(question, exchange)
            return .next
        case .busy:
            return .suspend { $0.silence(.duplicateInProgress) }
        case nil,
            .unknown where message.isIdentityOrStart:
            guard let settings = context.settings.eap(context.client, context.outerRealm) else {
                return .decided(.reject(.eapUnsupported))
            }
            let size = packet.integer(StandardAttribute.framedMTU).map { Int($0) }
            let station = context.callingStationID.map { "\(context.client.name) \($0)" }
            let wanted = station.flatMap { conversations.wantedMethod(of: $0, now: context.receivedEpoch) }
            let exchange = EAPExchange(
                EAPConversation(settings, maximumSize: size, wanted: wanted),
                station: station, beginning: context.logEntry("Access-Challenge", reason: .eapAbandoned))
            return go(on: exchange, with: message, &context)
        case .unknown:
            // Forgotten, answered already, or another server's: the peer has to begin again.
            context.eapFinal = message.failure
            return .decided(.reject(.eapConversationUnknown))
        }
    }

    private func go(on exchange: EAPExchange, with message: [UInt8], _ context: inout RequestContext) -> StageResult {
        let conversation = exchange.conversation
        let canStay = context.computesInPlace && !conversation.asksElsewhere
        // What is no answer costs no work.
        guard conversation.needsWorker, !canStay, conversation.expects(message) else { return Self.handle(message, exchange, &context) }
        let (environment, now) = (context.environment, context.receivedEpoch)
        return .suspend { resumption in
            environment.handshakes.submit {
                resumption { Self.handle(message, exchange, &$0) }
            } onShed: {
                // For the packet's repetition.
                environment.eapConversations.putBack(exchange, now: now)
                resumption.silence(.queueFull)
            }
        }
    }

    private static func handle(_ message: [UInt8], _ exchange: EAPExchange, _ context: inout RequestContext) -> StageResult {
        let step = exchange.conversation.handle(message)
        context.noteEAP(exchange)
        switch step {
        case .authenticate(let question):
            exchange.questioned = message
            context.ask(question, exchange)
            return .next
        case .challenge(let request):
            return .decided(context.challengeEAP(request, exchange))
        case .accept(let success, let keys):
            return .decided(context.acceptEAP(success, keys, exchange))
        case .reject(let failure, let reason):
            return .decided(context.rejectEAP(failure, reason, exchange))
        case .discard(let reason):
            context.note("discarded: \(reason)")
            // The peer's real answer may still come: the conversation stays as it was.
            context.environment.eapConversations.putBack(exchange, now: context.receivedEpoch)
            return .decided(.invalid)
        }
    }
}

extension RequestContext {
    /// The realm of the name outside of any tunnel, which chooses EAP settings; nil without one.
    var outerRealm: String? {
        guard let name = receivedUserName, let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let realm = name[name.utf8.index(after: at)...]
        return realm.isEmpty ? nil : realm.lowercased()
    }

    /// Has the steps that follow answer a method's question.
    fileprivate mutating func ask(_ question: EAPAuthentication, _ exchange: EAPExchange) {
        exchange.question = question
        eapExchange = exchange
        adopt(question)
    }

    /// Makes the peer's (inner) identity and proof those of the request.
    private mutating func adopt(_ question: EAPAuthentication) {
        let identity = String(decoding: question.identity, as: UTF8.self)
        userName = identity
        note("identity \(identity)")
        credential = Credential(question.proof)
        tunneledAttributes = question.facts.compactMap { fact in
            guard let definition = dictionary.attribute(named: fact.name) else { return nil }
            return try? Attribute.parse(fact.value, for: definition)
        }
        for (type, value) in question.attributes {
            guard let definition = dictionary.attribute(standard: type) else { continue }
            tunneledAttributes.append(Attribute(definition, value: .raw(value)))
        }
        for fact in question.facts { note("\(fact.name) = \(fact.value)") }
    }

    mutating func noteEAP(_ exchange: EAPExchange) {
        let conversation = exchange.conversation
        if let identity = conversation.identity { userName = String(decoding: identity, as: UTF8.self) }
        note("\(conversation.methodName)\(conversation.facts.map { ", \($0.0) \($0.1)" }.joined())")
    }

    /// An Access-Challenge with the next EAP request.
    mutating func challengeEAP(_ request: [UInt8], _ exchange: EAPExchange) -> Outcome {
        guard let definition = environment.known.eapMessage else { return .reject(.eapUnsupported) }
        let state = environment.eapConversations.keep(exchange, now: receivedEpoch)
        return .challenge(ChallengeReply(attributes: [Attribute(definition, value: .bytes(request))], state: state))
    }

    /// The method has ended well: what policy granted leaves with the keys.
    mutating func acceptEAP(_ success: [UInt8], _ keys: EAPKeys?, _ exchange: EAPExchange) -> Outcome {
        guard let grant = exchange.grant else { return rejectEAP(success.asFailure, .refused, exchange) }
        environment.eapConversations.end(exchange, accepted: true)
        if let station = exchange.station, let method = exchange.conversation.methodInsteadOfAnother {
            environment.eapConversations.learn(method, of: station, now: receivedEpoch)
        }
        userName = grant.userName
        organizationID = grant.organizationID
        // Not beside EAP-Message (RFC 3579 §2.6.5).
        reply = grant.reply.filter { $0.attribute.definition != environment.known.replyMessage }
        isAuthenticated = true
        let known = environment.known
        if let keys {
            append(.bytes(Array(keys.msk.prefix(32))), known.microsoft.mppeReceiveKey)
            append(.bytes(Array(keys.msk.dropFirst(32).prefix(32))), known.microsoft.mppeSendKey)
            if packet.contains(StandardAttribute.eapKeyName), !keys.sessionID.isEmpty { append(.bytes(keys.sessionID), known.eapKeyName) }
        }
        if settings.sendsUserNameAfterEAP, !packet.contains(StandardAttribute.proxyState), grant.fullName != receivedUserName,
            !reply.contains(where: { $0.attribute.definition == known.userName })
        {
            append(.bytes(Array(grant.fullName.utf8)), known.userName)
        }
        append(.bytes(success), known.eapMessage)
        return .ok
    }

    mutating func rejectEAP(_ failure: [UInt8], _ reason: EAPFailure, _ exchange: EAPExchange) -> Outcome {
        environment.eapConversations.end(exchange, accepted: false)
        note("\(reason)")
        eapFinal = failure
        return .reject(exchange.refusal ?? RejectReason(reason))
    }
}

extension [UInt8] {
    /// Response/Identity, or EAP-Start (RFC 3579 §2.1), which begin a conversation.
    fileprivate var isIdentityOrStart: Bool { count <= 2 || (self[0] == 2 && count > 4 && self[4] == 1) }

    /// EAP-Failure to this packet.
    fileprivate var failure: [UInt8] { [4, count > 1 ? self[1] : 0, 0, 4] }

    fileprivate var asFailure: [UInt8] { failure }
}

extension Packet {
    /// EAP-Message attributes joined up to the first other attribute between them (RFC 3579 §3.1).
    fileprivate var eapMessage: [UInt8] {
        var message: [UInt8] = []
        var hasBegun = false
        for attribute in attributes {
            guard attribute.type == StandardAttribute.eapMessage else {
                if hasBegun { break }
                continue
            }
            hasBegun = true
            message += bytes[attribute.offset..<attribute.offset + attribute.length]
        }
        return message
    }
}

extension Credential {
    fileprivate init(_ proof: EAPProof) {
        switch proof {
        case .lookup: self = .lookup
        case .proven(let by): self = .proven(by)
        case .pap(let password): self = .pap(password: password)
        case .chap(let identifier, let response, let challenge):
            self = .chap(identifier: identifier, response: response, challenge: challenge)
        case .mschapv1(let identifier, let challenge, let usesNTResponse, let lmResponse, let ntResponse):
            self = .mschapv1(
                MSCHAPv1Response(
                    identifier: identifier, challenge: challenge, usesNTResponse: usesNTResponse, lmResponse: lmResponse,
                    ntResponse: ntResponse))
        case .mschapv2(let identifier, let challenge, let peerChallenge, let ntResponse, let userName):
            self = .mschapv2(
                MSCHAPv2Response(
                    identifier: identifier, challenge: challenge, peerChallenge: peerChallenge, ntResponse: ntResponse,
                    userName: userName.isEmpty ? nil : userName))
        case .mschapv2Change(let change):
            self = .mschapv2Change(
                MSCHAPv2Change(
                    response: MSCHAPv2Response(
                        identifier: change.identifier, challenge: change.challenge, peerChallenge: change.peerChallenge,
                        ntResponse: change.ntResponse, userName: change.userName),
                    encryptedHash: change.encryptedHash, encryptedPassword: change.encryptedPassword))
        }
    }
}

extension RejectReason {
    /// What an EAP method's failure is called in logs.
    init(_ failure: EAPFailure) {
        switch failure {
        case .malformed, .unexpected: self = .eapMalformed
        case .refused: self = .policyRejected
        case .proof: self = .eapProof
        case .tls: self = .eapTLS
        case .noCommonMethod: self = .eapNoCommonMethod
        case .limit: self = .eapLimit
        }
    }
}
