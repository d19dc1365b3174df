/// Why an accepted Access-Request could have been forged (CVE-2024-3596).
public enum BlastWarning: String, Sendable, Codable, CaseIterable {
    /// Carried no Message-Authenticator.
    case missingMessageAuthenticator = "missing-message-authenticator"
    /// Carried Proxy-State but no Message-Authenticator: the shape of the attack.
    case proxyStateUnprotected = "proxy-state-unprotected"
}

/// The BlastRADIUS rules for one Access-Request over UDP.
struct BlastRADIUSCheck {
    enum MessageAuthenticator { case good, bad, missing }

    struct Verdict: Equatable {
        /// Nil: accept.
        var drop: DropReason?
        /// What the client's `auto` settings become; nil leaves them.
        var learnedRequirement: Requirement?
        var learnedLimit: Requirement?
        var warning: BlastWarning?
    }

    var requireMessageAuthenticator: Requirement
    var limitProxyState: Requirement
    /// Whether the client is a single address. A range holds devices of several kinds, so one of them may relax it but not tighten it.
    var isHost: Bool

    func verdict(_ messageAuthenticator: MessageAuthenticator, hasEAPMessage: Bool, hasProxyState: Bool) -> Verdict {
        var verdict = Verdict()
        switch messageAuthenticator {
        case .bad:
            verdict.drop = .badMessageAuthenticator
            return verdict
        case .missing:
            // RFC 3579 §3.1 demands it beside EAP whatever is configured.
            if requireMessageAuthenticator == .yes || hasEAPMessage {
                verdict.drop = .missingMessageAuthenticator
                return verdict
            }
            if limitProxyState == .yes, hasProxyState {
                verdict.drop = .proxyStateUnprotected
                return verdict
            }
            verdict.warning = hasProxyState ? .proxyStateUnprotected : .missingMessageAuthenticator
            if requireMessageAuthenticator == .auto { verdict.learnedRequirement = .no }
        case .good:
            // EAP always carries one, so it tells nothing about the NAS's other requests.
            if requireMessageAuthenticator == .auto, !hasEAPMessage, isHost { verdict.learnedRequirement = .yes }
        }
        if requireMessageAuthenticator != .yes, limitProxyState == .auto {
            if hasProxyState, messageAuthenticator == .missing {
                verdict.learnedLimit = .no
            } else if isHost {
                verdict.learnedLimit = .yes
            }
        }
        return verdict
    }
}
