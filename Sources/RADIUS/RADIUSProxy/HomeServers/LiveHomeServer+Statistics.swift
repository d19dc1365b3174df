import NIOConcurrencyHelpers
public import RADIUSTransport

/// What home servers that are not in use any more had counted, so that the totals never fall.
final class RetiredCounts: Sendable {
    private let counts = NIOLockedValueBox<[ProxyRole: ProxiedCounts]>([:])

    func add(_ more: ProxiedCounts, _ role: ProxyRole) {
        counts.withLockedValue { $0[role, default: ProxiedCounts()].add(more) }
    }

    subscript(role: ProxyRole) -> ProxiedCounts { counts.withLockedValue { $0[role] ?? ProxiedCounts() } }
}

extension HomeServerStatus {
    /// The same with what the server's link counted.
    func counts(_ link: any OutgoingLink) -> ProxiedCounts {
        let received = link.counts
        var counts = ProxiedCounts()
        counts.requests = sent
        counts.retransmissions = received.retransmitted
        counts.accepts = accepts
        counts.rejects = rejects
        counts.challenges = challenges
        counts.responses = replies
        counts.malformed = received.malformed
        counts.badAuthenticators = received.forged + received.missingMessageAuthenticator + received.unknownProxyState
        counts.dropped = received.late
        counts.unknownTypes = received.unexpectedCode
        return counts
    }
}

extension LiveHomeServer {
    /// As FreeRADIUS's statistics tell of it.
    var statistics: HomeServerCounts {
        let status = status
        let state: HomeServerCounts.State =
            switch status.condition {
            case .alive: .alive
            case .zombie: .zombie
            case .dead, .down: .dead
            }
        var counts = HomeServerCounts(endpoint: configuration.endpoint(role), role: role.listenerRole, state: state)
        counts.outstanding = status.outstanding
        counts.counts = status.counts(link)
        counts.secondsInState = status.secondsInCondition
        counts.secondsSinceReply = status.secondsSinceReply
        counts.secondsSinceSent = status.secondsSinceSent
        counts.recentMicroseconds = status.recentMilliseconds * 1000
        counts.averageMicroseconds = status.averageMilliseconds * 1000
        return counts
    }
}

extension ProxyRole {
    var listenerRole: ListenerRole {
        switch self {
        case .authentication: .authentication
        case .accounting: .accounting
        case .dynamicAuthorization: .dynamicAuthorization
        }
    }
}

extension ProxyRouter: ProxyStatistics {
    public func totals(_ role: ListenerRole) -> ProxiedCounts {
        var sum = ProxiedCounts()
        for server in homeServers where server.role == role { sum.add(server.counts) }
        if let role = ProxyRole.allCases.first(where: { $0.listenerRole == role }) { sum.add(retired[role]) }
        return sum
    }

    public var homeServers: [HomeServerCounts] { live.map(\.statistics) }
}
