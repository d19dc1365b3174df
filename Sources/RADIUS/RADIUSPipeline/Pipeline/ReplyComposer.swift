import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Turns a decided request into reply attributes: only what the dictionary can encode, what the code may carry and what fits.
enum ReplyComposer {
    /// Header and Message-Authenticator.
    private static let overhead = 20 + 18

    /// What a reply is made of.
    struct Reply {
        var code: PacketCode
        /// What is encoded of the reply list.
        var list: [PolicyAttribute] = []
        var octets: [UInt8] = []
        var delay: Duration?
    }

    static func accept(_ context: inout RequestContext) -> Reply {
        compose(.accessAccept, withLawfulInterimInterval(context.reply, &context), &context)
    }

    /// Acct-Interim-Interval below a minute is raised to one; 0 leaves the interval to the NAS, which is told none (RFC 2869 §5.16).
    private static func withLawfulInterimInterval(_ list: [PolicyAttribute], _ context: inout RequestContext) -> [PolicyAttribute] {
        guard let definition = context.environment.known.acctInterimInterval,
            let index = list.firstIndex(where: { $0.attribute.definition == definition }),
            case .unsigned(let seconds) = list[index].attribute.value, seconds < 60
        else { return list }
        var list = list
        context.note("\(definition.name) \(seconds) is too short")
        if let source = list[index].source { context.environment.reporter.report(source, "is below 60 seconds") }
        if seconds == 0 { list.remove(at: index) } else { list[index].attribute.value = .unsigned(60) }
        return list
    }

    static func challenge(_ challenge: ChallengeReply, _ context: inout RequestContext) -> Reply {
        var list = challenge.attributes.map { PolicyAttribute(attribute: $0, source: nil) }
        if let definition = context.environment.known.state {
            list.append(PolicyAttribute(attribute: Attribute(definition, value: .bytes(challenge.state)), source: nil))
        }
        return compose(.accessChallenge, list, &context)
    }

    /// What another server composed goes out as it is.
    static func relayed(_ relayed: RelayedReply) -> Reply {
        Reply(
            code: relayed.code, list: relayed.attributes.map { PolicyAttribute(attribute: $0, source: nil) }, octets: relayed.octets)
    }

    /// Keeps what RFC 2865 §5.44 allows a Reject and adds MS-CHAP-Error.
    static func reject(_ reason: RejectReason, _ context: inout RequestContext) -> Reply {
        let known = context.environment.known
        var list = context.reply.filter { item in
            let definition = item.attribute.definition
            return definition == known.replyMessage || definition == known.microsoft.chapError || definition == known.responseDelay
        }
        if context.isEAP {
            // Not beside EAP-Message (RFC 3579 §2.6.5).
            list.removeAll { $0.attribute.definition == known.replyMessage }
            if let definition = known.eapMessage {
                list.append(PolicyAttribute(attribute: Attribute(definition, value: .bytes(context.eapFailure)), source: nil))
            }
            return compose(.accessReject, list, &context)
        }
        var generator = SystemRandomNumberGenerator()
        if let definition = known.microsoft.chapError, !list.contains(where: { $0.attribute.definition == definition }),
            let value = MSCHAPError(reason).value(for: context.credential, using: &generator)
        {
            list.append(PolicyAttribute(attribute: Attribute(definition, value: .bytes(value)), source: nil))
        }
        return compose(.accessReject, list, &context)
    }

    /// Disconnect-ACK or CoA-ACK with the attributes of the reply list.
    static func acknowledge(_ context: inout RequestContext) -> Reply {
        compose(context.packet.code == .coaRequest ? .coaACK : .disconnectACK, context.reply, &context)
    }

    /// Disconnect-NAK or CoA-NAK with the attributes of the reply list; an Error-Cause among them stands.
    static func refuse(_ cause: ErrorCause, _ context: inout RequestContext) -> Reply {
        if let definition = context.dictionary.attribute(standard: StandardAttribute.errorCause),
            !context.reply.contains(where: { $0.attribute.definition == definition })
        {
            context.append(.unsigned(UInt64(cause.rawValue)), definition)
        }
        return compose(context.packet.code == .coaRequest ? .coaNAK : .disconnectNAK, context.reply, &context)
    }

    private static func compose(_ code: PacketCode, _ list: [PolicyAttribute], _ context: inout RequestContext) -> Reply {
        var reply = Reply(code: code)
        if code == .accessReject { reply.delay = delay(list, context) }
        guard !list.isEmpty else { return reply }
        var limit = context.maximumReplyLength - overhead
        for attribute in context.packet.attributes where attribute.type == StandardAttribute.proxyState { limit -= attribute.length + 2 }
        var encoder = AttributeEncoder(secret: context.client.secret, vector: context.packet.authenticator, dictionary: context.dictionary)
        // The list goes on as it is; it is another one only where some are left out.
        var omitted: Set<Int> = []
        for (index, item) in list.enumerated() {
            let definition = item.attribute.definition
            guard definition.space != .internal, !definition.flags.isInternal else {
                omitted.insert(index)
                continue
            }
            let before = encoder.bytes.count + largestSize(item.attribute) > limit ? encoder : nil
            do {
                try encoder.append(item.attribute)
            } catch {
                omitted.insert(index)
                context.note("\(definition.name) cannot be encoded")
                if let source = item.source { context.environment.reporter.report(source, "cannot be encoded: \(error)") }
                continue
            }
            if encoder.bytes.count > limit, let before {
                omitted.insert(index)
                encoder = before
                context.note("\(definition.name) does not fit the packet")
            }
        }
        reply.list = omitted.isEmpty ? list : list.indices.filter { !omitted.contains($0) }.map { list[$0] }
        reply.octets = encoder.bytes
        return reply
    }

    /// Octets an attribute takes at most; the encoder is kept for a step back only where that might not fit.
    private static func largestSize(_ attribute: Attribute) -> Int {
        switch attribute.value {
        // Long values travel in pieces with a header each.
        case .bytes(let octets), .raw(let octets): octets.count + 64 + octets.count / 8
        case .tlv: 4096
        default: 64
        }
    }

    /// FreeRADIUS-Response-Delay, 0 to 10 seconds from receipt; nil leaves it to the NAS's setting and the listener's.
    private static func delay(_ list: [PolicyAttribute], _ context: RequestContext) -> Duration? {
        guard let definition = context.environment.known.responseDelay,
            case .unsigned(let seconds)? = list.last(where: { $0.attribute.definition == definition })?.attribute.value
        else { return nil }
        return .seconds(Int64(min(seconds, 10)))
    }
}
