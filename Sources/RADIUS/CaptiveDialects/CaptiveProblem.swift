/// Why somebody is not online, in the terms of a login page.
public enum CaptiveProblem: String, Error, Sendable, CaseIterable {
    // What a NAS reports of a login.
    case wrongPassword = "wrong_password"
    case sessionLimit = "session_limit"
    case timeUsed = "time_used"
    case volumeUsed = "volume_used"
    case expired
    case blocked
    case wrongDevice = "wrong_device"
    case radiusTimeout = "radius_timeout"
    case alreadyOnline = "already_online"
    case busy
    case nasFault = "nas_fault"
    case loggedOut = "logged_out"
    case sessionTimeout = "session_timeout"
    case idleTimeout = "idle_timeout"
    /// The NAS refused and gave no reason, or one that nobody knows.
    case refused

    // What is wrong with the redirect or the set-up.
    /// What arrived lacks a field that the dialect needs, or does not hold together.
    case malformed
    /// The redirect is not signed with the secret of the NAS.
    case badSignature = "bad_signature"
    /// The redirect names a host that is neither local, nor the vendor's, nor known for this NAS: the password would go to a stranger.
    case untrustedTarget = "untrusted_target"
    /// The dialect needs a secret that is not set.
    case missingSecret = "missing_secret"
    /// The dialect needs a controller that is not set.
    case missingController = "missing_controller"
    /// The controller does not answer as expected.
    case controllerFault = "controller_fault"
    /// The controller refuses the name and password, or the key, that is set for it.
    case controllerRefused = "controller_refused"
    /// The NAS has no way to do this.
    case unsupported

    /// The problem that a text of a NAS tells of; ``refused`` for one that is not known.
    ///
    /// NASes pass Reply-Message on as well, so that the texts of RADIUS servers are among them.
    public init(reply text: String) {
        let text = text.lowercased()
        self = Self.fragments.first { text.contains($0.0) }?.1 ?? .refused
    }

    /// The first that occurs decides: special ones stand before general ones.
    private static let fragments: [(String, CaptiveProblem)] = [
        ("no more sessions", .sessionLimit), ("already logged in", .sessionLimit), ("simultaneous", .sessionLimit),
        ("maximum sessions", .sessionLimit), ("too many", .sessionLimit), ("license", .busy),
        ("uptime limit", .timeUsed), ("session time", .timeUsed), ("maximum daily", .timeUsed), ("time limit", .timeUsed),
        ("maximum never usage", .timeUsed), ("traffic limit", .volumeUsed), ("traffic", .volumeUsed), ("quota", .volumeUsed),
        ("expired", .expired), ("from this mac", .wrongDevice), ("unknown mac", .wrongDevice), ("invalid mac", .wrongDevice),
        ("not responding", .radiusTimeout), ("timeout", .radiusTimeout), ("timed out", .radiusTimeout), ("unreachable", .radiusTimeout),
        ("no response", .radiusTimeout),
        ("authorizing", .busy), ("already", .alreadyOnline), ("in progress", .busy), ("retry", .busy), ("shutting down", .nasFault),
        ("internal error", .nasFault), ("configuration error", .nasFault), ("not configured", .nasFault),
        ("excluded", .blocked), ("blacklist", .blocked), ("blocked", .blocked), ("disabled", .blocked), ("inactive", .blocked),
        ("logged off", .loggedOut), ("logged out", .loggedOut),
        ("password", .wrongPassword), ("username", .wrongPassword), ("credential", .wrongPassword),
        ("authentication failed", .wrongPassword), ("login failed", .wrongPassword), ("access denied", .wrongPassword),
        ("invalid user", .wrongPassword), ("reject", .wrongPassword),
    ]
}
