import Digests
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Makes the reply of a decided request, logs the decision and hands the trace on.
struct RequestFinisher: Sendable {
    let log: any AuthenticationLog
    let trace: any TraceSink
    let rejectsWithoutDatabase: Bool

    var isTraced: Bool { trace.isArmed }

    func finish(_ context: inout RequestContext) -> Decision {
        let isAuthentication = context.packet.code == .accessRequest
        context.concludeEAP()
        context.trace?.begin("Reply")
        let decision =
            switch context.packet.code {
            case .accountingRequest: accounting(&context)
            case .disconnectRequest, .coaRequest: dynamicAuthorization(&context)
            default: authentication(&context)
            }
        context.trace?.end(nil)
        if isAuthentication, context.isLogged, !context.isRehearsal { logAuthentication(decision, &context) }
        guard let stages = context.trace else { return decision }
        var traced = decision
        let record = record(decision, stages, context)
        traced.record = record
        // A rehearsal is no login: whoever follows those does not see it.
        if trace.isArmed, !context.isRehearsal { trace.record(record) }
        return traced
    }

    private func authentication(_ context: inout RequestContext) -> Decision {
        let reason: RejectReason
        switch context.outcome {
        case nil where context.isAuthenticated: return reply(ReplyComposer.accept(&context), nil)
        case nil: reason = .credentialsMissing
        case .ok, .updated, .noop:
            // A stage that says ok does not replace a credential.
            guard context.isAuthenticated else { return reply(ReplyComposer.reject(.credentialsMissing, &context), .credentialsMissing) }
            return reply(ReplyComposer.accept(&context), nil)
        case .notFound: reason = .userUnknown
        case .challenge(let challenge): return reply(ReplyComposer.challenge(challenge, &context), nil)
        case .relayed(let relayed):
            return reply(ReplyComposer.relayed(relayed), relayed.code == .accessReject ? .homeServerRejected : nil)
        case .reject(let given): reason = given
        case .fail(let error) where rejectsWithoutDatabase:
            if case .unavailable = error { reason = .databaseUnavailable } else { reason = .databaseFailed }
        case .fail: return silence(.databaseUnavailable)
        case .disallow: return silence(.policy)
        case .invalid: return silence(.malformed)
        case .timeout: return silence(.deadlineExceeded)
        }
        return reply(ReplyComposer.reject(reason, &context), reason)
    }

    private func accounting(_ context: inout RequestContext) -> Decision {
        switch context.outcome {
        case nil where context.isRecorded, .ok where context.isRecorded, .updated where context.isRecorded, .noop where context.isRecorded:
            reply(ReplyComposer.Reply(code: .accountingResponse), nil)
        case .fail: silence(.databaseUnavailable)
        case .disallow: silence(.policy)
        case .timeout: silence(.deadlineExceeded)
        default: silence(.unusableRecord)
        }
    }

    /// RFC 5176 §2: an ACK only for what a stage says was done.
    private func dynamicAuthorization(_ context: inout RequestContext) -> Decision {
        switch context.outcome {
        case .ok, .updated, .noop: reply(ReplyComposer.acknowledge(&context), nil)
        case .disallow: silence(.policy)
        case .invalid: silence(.malformed)
        case .timeout: silence(.deadlineExceeded)
        case .fail: reply(ReplyComposer.refuse(context.errorCause ?? .resourcesUnavailable, &context), nil)
        case .notFound: reply(ReplyComposer.refuse(context.errorCause ?? .sessionContextNotFound, &context), nil)
        case .reject: reply(ReplyComposer.refuse(context.errorCause ?? .administrativelyProhibited, &context), nil)
        case .relayed(let relayed): reply(ReplyComposer.relayed(relayed), nil)
        case nil, .challenge: reply(ReplyComposer.refuse(context.errorCause ?? .requestNotRoutable, &context), nil)
        }
    }

    private func reply(_ reply: ReplyComposer.Reply, _ reason: RejectReason?) -> Decision {
        Decision(
            disposition: .reply(ReplyPacket(code: reply.code, attributes: reply.octets, delay: reply.delay)), list: reply.list,
            reason: reason)
    }

    private func silence(_ reason: DropReason) -> Decision {
        Decision(disposition: .silence(reason), list: [])
    }

    private func logAuthentication(_ decision: Decision, _ context: inout RequestContext) {
        // A challenge decides nothing yet.
        guard let code = decision.code, code != .accessChallenge, log.keeps(accepted: code == .accessAccept) else { return }
        var entry = context.logEntry(code.name, reason: decision.reason)
        entry.userName = context.shownUserName ?? ""
        if let definition = context.environment.known.classAttribute, code == .accessAccept,
            case .bytes(let value)? = decision.list.first(where: { $0.attribute.definition == definition })?.attribute.value
        {
            entry.classText = "0x" + Hexadecimal.encode(value)
        }
        log.append(entry)
    }

    private func record(_ decision: Decision, _ stages: DecisionTrace, _ context: RequestContext) -> DecisionRecord {
        var outcome = ""
        switch decision.disposition {
        case .reply(let reply): outcome = reply.code.name
        case .silence(let reason): outcome = "silence: \(reason.rawValue)"
        case .deferred: break
        }
        return DecisionRecord(
            requestID: context.requestID, epochMicroseconds: context.epochMicroseconds, requestName: context.packet.code.name,
            nasName: context.client.name, nasAddress: context.source.address.description, userName: context.shownUserName,
            callingStationID: context.callingStationID, calledStationID: context.packet.text(StandardAttribute.calledStationID),
            ssid: context.ssid, method: context.methodName, organizationID: context.organizationID,
            requestAttributes: context.requestLines, stages: stages.stages, decidedBy: stages.decidedBy, outcome: outcome,
            reason: decision.reason,
            replyAttributes: decision.attributes.map { attribute in
                let tag = attribute.tag.map { ":\($0)" } ?? ""
                return "\(attribute.definition.name)\(tag) = \(attribute.isSecret ? "<secret>" : attribute.printedValue)"
            },
            elapsedNanoseconds: context.age(at: DecisionTrace.now))
    }
}

extension RequestContext {
    /// The name inside of a tunnel is the user's; the one outside may be anonymous.
    fileprivate var shownUserName: String? { isEAP && !userName.isEmpty ? userName : receivedUserName }

    /// For the name as received.
    func logEntry(_ replyName: String, reason: RejectReason?) -> AuthenticationLogEntry {
        var entry = AuthenticationLogEntry(
            userName: receivedUserName ?? "", replyName: replyName, reason: reason?.rawValue, nasName: client.name,
            nasAddress: source.address.description, epochMicroseconds: epochMicroseconds)
        entry.calledStationID = packet.text(StandardAttribute.calledStationID)
        entry.callingStationID = callingStationID
        entry.organizationID = organizationID
        entry.method = methodName
        return entry
    }

    /// `PAP`, `CHAP`, `MS-CHAPv1`, `MS-CHAPv2`, `EAP` or `MAC`; nil before the credential is known.
    fileprivate var methodName: String? {
        stationAddress == nil ? credential.method?.rawValue : AuthenticationMethod.mac.rawValue
    }

    /// Receipt, microseconds since 1970 UTC.
    public var epochMicroseconds: Int64 { Int64(max(-1e18, min(1e18, receivedEpoch * 1_000_000))) }

    /// Nanoseconds since receipt.
    func age(at now: UInt64) -> UInt64 { now > receivedNanoseconds ? now - receivedNanoseconds : 0 }
}
