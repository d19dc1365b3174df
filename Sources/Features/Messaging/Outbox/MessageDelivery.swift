import Database
import Logging
import ServerKernel
import WebRouting

/// Carries out one message: checks that it may still be sent, finds a gateway that takes it, records what came of it.
struct MessageDelivery: Sendable {
    let kernel: Kernel
    let gateways: [any MessageGateway]
    let settings: MessagingSettings
    let health: GatewayHealth
    let counters: MessageCounters
    /// Prefixes that the organization allows beside ``SMSLimits/allowedPrefixes``; empty for all.
    let organizationPrefixes: @Sendable (_ organizationID: String) -> [String]
    /// Microseconds since 1970 UTC.
    let now: @Sendable () -> Int64

    /// Longer than one attempt may take, so that no other node sends the message at the same time.
    var leaseMicroseconds: Int64 { Int64(gateways.reduce(60) { $0 + $1.timeoutSeconds } * 1_000_000) }

    /// Whether every gateway of the channel rests.
    func isResting(_ channel: MessageChannel) -> Bool {
        let own = gateways.filter { $0.channel == channel }
        return !own.isEmpty && own.allSatisfy { health.isResting(key($0), now: now()) }
    }

    private func key(_ gateway: any MessageGateway) -> String { "\(gateway.channel.rawValue) \(gateway.name)" }

    /// - Throws: when the database is away; the lease ends then, and the message is taken again.
    func carryOut(_ message: LeasedMessage) async throws {
        if message.expires <= now() { return try await finish(message, .expired, "expired") }
        if message.channel == .sms, !isAllowed(message) { return try await finish(message, .failed, "prefix-not-allowed") }
        let candidates = candidates(message)
        guard !candidates.isEmpty else { return try await finish(message, .failed, "no-gateway") }
        let day = now() / 86_400_000_000
        if message.channel == .sms {
            let isWithin = try await kernel.withConnection { [settings] connection in
                try connection.transaction { () throws(DatabaseError) in
                    try MessageLimitStore(connection).reserve(message, day: day, limits: settings.smsLimits)
                }
            }
            guard isWithin else { return try await finish(message, .failed, "daily-limit") }
        }
        var last: (gateway: any MessageGateway, code: String, retryAfter: Int?)?
        for gateway in candidates {
            switch await gateway.send(message) {
            case .sent(let ids, let isDelivered):
                health.succeeded(key(gateway))
                return try await record(message, gateway, ids, isDelivered)
            case .refused(let code):
                health.succeeded(key(gateway))
                return try await finish(message, .failed, code, gateway: gateway.name, countedDay: message.countedDay ?? day)
            case .failed(let code, let retryAfter):
                health.failed(key(gateway), now: now())
                last = (gateway, code, retryAfter)
            case .deferred(let code):
                health.succeeded(key(gateway))
                last = (gateway, code, nil)
            }
            counters.count(message.channel, gateway.name, .retried)
            kernel.logger.warning(
                "a message could not be handed over",
                metadata: ["gateway": "\(gateway.name)", "message": "\(message.id)", "code": "\(last?.code ?? "")"])
        }
        let due = now() + max(pause(after: message.attempt), Int64(min(last?.retryAfter ?? 0, 3600)) * 1_000_000)
        guard due < message.expires else {
            return try await finish(message, .expired, last?.code ?? "expired", countedDay: message.countedDay ?? day)
        }
        try await kernel.withConnection { [now, last] connection in
            try MessageQueueStore(connection).postpone(
                message, until: due, code: last?.code ?? "", gateway: last?.gateway.name, now: now())
        }
    }

    private func isAllowed(_ message: LeasedMessage) -> Bool {
        let organization = message.organizationID.map(organizationPrefixes) ?? []
        return PhoneNumber.isAllowed(message.recipient, prefixes: settings.smsLimits.allowedPrefixes)
            && PhoneNumber.isAllowed(message.recipient, prefixes: organization)
    }

    /// Gateways in the order in which they are asked: those that the organization names, else all; resting ones last.
    private func candidates(_ message: LeasedMessage) -> [any MessageGateway] {
        var own = gateways.filter { $0.channel == message.channel }
        let metadata = message.metadata.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        let chosen: [String] =
            switch metadata?["gateway"] {
            case .string(let name): [name]
            case .array(let names): names.compactMap(\.string)
            default: []
            }
        if !chosen.isEmpty { own = chosen.compactMap { name in own.first { $0.name == name } } }
        let time = now()
        return own.filter { !health.isResting(key($0), now: time) } + own.filter { health.isResting(key($0), now: time) }
    }

    /// Doubled with each attempt, and a fifth more or less, so that not everybody comes back at once.
    func pause(after attempt: Int) -> Int64 {
        let doubled = settings.firstPauseSeconds * Double(Int64(1) << Int64(min(max(attempt, 1) - 1, 20)))
        return Int64(min(doubled, settings.longestPauseSeconds) * Double.random(in: 0.8...1.2) * 1_000_000)
    }

    private func record(_ message: LeasedMessage, _ gateway: any MessageGateway, _ ids: [String], _ isDelivered: Bool) async throws {
        let isText = message.channel == .sms
        let parts = isText ? SMSText(message.text).parts.count : 1
        let (prefix, price) = isText ? gateway.prices.price(of: message.recipient) : ("", 0)
        let cost = price * Int64(parts)
        let time = now()
        try await kernel.withConnection { connection in
            try connection.transaction { () throws(DatabaseError) in
                try MessageQueueStore(connection).markSent(
                    message, as: isDelivered ? .delivered : .sent, by: gateway.name, providerID: ids.first, parts: parts, cost: cost,
                    now: time)
                if !isDelivered, isText {
                    try MessageReceiptStore(connection).expect(ids, of: message.id, at: gateway.name, now: time)
                }
                try MessageCostStore(connection).add(
                    message, day: time / 86_400_000_000, gateway: gateway.name, prefix: prefix, parts: parts, cost: cost)
            }
        }
        counters.count(message.channel, gateway.name, .sent)
        if isText { counters.add(gateway.name, parts: parts, cost: cost) }
    }

    private func finish(
        _ message: LeasedMessage, _ state: MessageState, _ code: String, gateway: String = "", countedDay: Int64? = nil
    ) async throws {
        let day = countedDay ?? message.countedDay
        let time = now()
        try await kernel.withConnection { connection in
            try connection.transaction { () throws(DatabaseError) in
                let isOurs = try MessageQueueStore(connection).finish(message, as: state, code: code, now: time)
                if isOurs, message.channel == .sms, let day { try MessageLimitStore(connection).release(message, day: day) }
            }
        }
        counters.count(message.channel, gateway, state == .expired ? .expired : .failed)
        kernel.logger.warning(
            "a message is not sent", metadata: ["message": "\(message.id)", "kind": "\(message.kind)", "code": "\(code)"])
    }
}
