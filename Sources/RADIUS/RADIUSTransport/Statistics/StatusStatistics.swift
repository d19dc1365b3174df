import Glibc
import RADIUSWire

/// Answers Status-Server's questions for statistics as FreeRADIUS does, by its vendor-specific attributes (vendor 11344), so that existing
/// monitoring works: FreeRADIUS-Statistics-Type says what is wanted, attributes 128 to 189 are the answer.
struct StatusStatistics: Sendable {
    private let counters: RADIUSCounters
    private let directory: any NASDirectory
    private let askers: [IPPrefix]
    private let proxy: (any ProxyStatistics)?

    /// - Parameter proxy: nil where nothing is passed on.
    init(counters: RADIUSCounters, directory: any NASDirectory, askers: [IPPrefix], proxy: (any ProxyStatistics)?) {
        self.counters = counters
        self.directory = directory
        self.askers = askers
        self.proxy = proxy
    }

    /// The encoded attributes of the reply to a Status-Server; none where none are asked for or the asker may not know.
    func attributes(for request: Packet, from source: IPAddress) -> [UInt8] {
        let question = FreeRADIUSAttributes(request)
        guard let bits = question.integer(.statisticsType), askers.contains(where: { $0.contains(source) }) else { return [] }
        let kinds = StatisticsKind(rawValue: bits)
        var answer = FreeRADIUSAttributes.Writer()
        if kinds.isDisjoint(with: [.listener, .homeServer]) { totals(kinds, &answer) }
        if !kinds.contains(.client) {
            if kinds.contains(.proxyAuthentication) { proxied(.authentication, proxy?.totals(.authentication), &answer) }
            if kinds.contains(.proxyAccounting) { proxied(.accounting, proxy?.totals(.accounting), &answer) }
        }
        if kinds.contains(.server) {
            answer.append(.startTime, counters.startedAt)
            answer.append(.reloadTime, counters.reloadedAt)
        }
        if kinds.contains(.client) { client(question, kinds, &answer) }
        // As FreeRADIUS, which tells of a listener or home server for one of the two kinds of request only.
        guard !kinds.isDisjoint(with: [.authentication, .accounting]) else { return answer.bytes }
        if kinds.contains(.listener) { listener(question, kinds, &answer) }
        if kinds.contains(.homeServer) { homeServer(question, kinds, &answer) }
        return answer.bytes
    }

    private func totals(_ kinds: StatisticsKind, _ answer: inout FreeRADIUSAttributes.Writer) {
        let totals = counters.snapshot()
        if kinds.contains(.authentication), let counts = totals[.authentication] {
            answer.append(StatisticsValues(authentication: counts), from: .accessRequests)
        }
        if kinds.contains(.accounting), let counts = totals[.accounting] {
            answer.append(StatisticsValues(accounting: counts), from: .accountingRequests)
        }
    }

    private func proxied(_ role: ListenerRole, _ counts: ProxiedCounts?, _ answer: inout FreeRADIUSAttributes.Writer) {
        let first: FreeRADIUSAttributes.Number = role == .authentication ? .proxyAccessRequests : .proxyAccountingRequests
        answer.append(StatisticsValues(proxied: counts ?? ProxiedCounts(), role), from: first)
    }

    /// Which client is meant, then its counters.
    private func client(_ question: FreeRADIUSAttributes, _ kinds: StatisticsKind, _ answer: inout FreeRADIUSAttributes.Writer) {
        let table = directory.table
        let asked = question.clientAddress
        let client: NASClient?
        if let asked {
            client = table.client(for: asked)
        } else {
            client = question.integer(.clientNumber).flatMap { Int($0) < table.count ? table.all[Int($0)] : nil }
        }
        guard let client else { return answer.append(.error, "No such client") }
        if let asked {
            answer.append(client: asked)
        } else {
            question.integer(.clientNumber).map { answer.append(.clientNumber, Int64($0)) }
            answer.append(client: client.prefix.address)
            if !client.prefix.isHost { answer.append(.clientNetmask, Int64(client.prefix.length)) }
        }
        if kinds.contains(.authentication) {
            let counts = counters.counts(of: client.key, role: .authentication)
            answer.append(StatisticsValues(authentication: counts), from: .accessRequests)
        }
        if kinds.contains(.accounting) {
            let counts = counters.counts(of: client.key, role: .accounting)
            answer.append(StatisticsValues(accounting: counts), from: .accountingRequests)
        }
    }

    /// The counters of a UDP listener; its addresses share them.
    private func listener(
        _ question: FreeRADIUSAttributes, _ kinds: StatisticsKind, _ answer: inout FreeRADIUSAttributes.Writer
    ) {
        guard let asked = endpoint(question), let role = counters.role(at: asked) else {
            return answer.append(.error, "No such listener")
        }
        answer.append(server: asked)
        totals(kinds.intersection(role == .authentication ? .authentication : role == .accounting ? .accounting : []), &answer)
    }

    private func homeServer(
        _ question: FreeRADIUSAttributes, _ kinds: StatisticsKind, _ answer: inout FreeRADIUSAttributes.Writer
    ) {
        let asked = endpoint(question)
        let servers = (proxy?.homeServers ?? []).filter { $0.endpoint == asked }
        guard let first = servers.first else { return answer.append(.error, "No such home server") }
        let roles: [ListenerRole] =
            (kinds.contains(.authentication) ? [.authentication] : []) + (kinds.contains(.accounting) ? [.accounting] : [])
        let wanted = roles.map { role in servers.first { $0.role == role } }
        describe(wanted.compactMap(\.self).first ?? first, &answer)
        for (role, server) in zip(roles, wanted) {
            if let server {
                proxied(role, server.counts, &answer)
            } else {
                answer.append(.error, "Home server is not \(role == .authentication ? "auth" : "acct")")
            }
        }
    }

    private func describe(_ server: HomeServerCounts, _ answer: inout FreeRADIUSAttributes.Writer) {
        let now = Double(time(nil))
        let epoch = { (seconds: Double?) in Int64(max(0, now - (seconds ?? now))) }
        answer.append(server: server.endpoint)
        answer.append(.serverOutstandingRequests, Int64(server.outstanding))
        answer.append(.serverState, Int64(server.state.rawValue))
        if server.secondsInState != nil {
            switch server.state {
            case .alive: answer.append(.serverTimeOfLife, epoch(server.secondsInState))
            case .dead: answer.append(.serverTimeOfDeath, epoch(server.secondsInState))
            case .zombie: break
            }
        }
        answer.append(.lastPacketReceived, epoch(server.secondsSinceReply))
        answer.append(.lastPacketSent, epoch(server.secondsSinceSent))
        guard server.counts.responses > 0 else { return }
        answer.append(.averageWindow, 10)
        answer.append(.recentMicroseconds, Int64(server.recentMicroseconds))
        answer.append(.averageMicroseconds, Int64(server.averageMicroseconds))
    }

    private func endpoint(_ question: FreeRADIUSAttributes) -> SocketEndpoint? {
        guard let address = question.serverAddress, let port = question.integer(.serverPort) else { return nil }
        return UInt16(exactly: port).map { SocketEndpoint(address: address, port: $0) }
    }
}
