import RADIUSTransport
import RADIUSWire

/// Packets of a NAS that were not made with the secret we know.
struct WrongSecretCheck: Check {
    static let name = "nas.wrong-secret"
    /// Logins that fail one after the other without a single success; passwords that come out as noise look like this.
    private static let suspiciousRejects: UInt64 = 20

    func findings(_ scene: CheckScene) -> [Finding] {
        (scene.statistics?.clients ?? []).compactMap { client in
            let counts = client.counts
            let command = "radian nas remove \(client.name); radian nas add \(client.name) --address \(client.address) --secret-stdin"
            if counts.badAuthenticators > 0 {
                return found(
                    .error,
                    "wrong secret seen from '\(client.name)' (\(client.address)): \(counts.badAuthenticators) \(client.role.rawValue) "
                        + "packets, the last at \(scene.time(counts.lastBadAuthenticator))",
                    advice: "give the NAS and the server the same shared secret; mind blanks and letter case", command: command)
            }
            if client.role == .authentication, counts.rejects >= Self.suspiciousRejects, counts.accepts == 0, counts.challenges == 0,
                counts.withoutMessageAuthenticator > 0
            {
                return found(
                    .warning,
                    "all \(counts.rejects) logins from '\(client.name)' (\(client.address)) failed; a wrong secret looks like this",
                    advice: "compare the shared secrets; without Message-Authenticator the server cannot tell", command: command)
            }
            return nil
        }
    }
}

/// Packets from addresses that no NAS client covers.
struct UnknownNASCheck: Check {
    static let name = "nas.unknown"

    func findings(_ scene: CheckScene) -> [Finding] {
        (scene.statistics?.strangers ?? []).prefix(20).map { stranger in
            found(
                .error,
                "unknown NAS \(stranger.address): \(stranger.packets) \(stranger.role.rawValue) packets, the last at "
                    + scene.time(stranger.lastSeen),
                advice: "add it, or keep it out by the firewall; a server in a container may see another address than the NAS's",
                command: "radian nas add NAME --address \(stranger.address) --secret-stdin")
        }
    }
}

/// Access-Requests that anyone between NAS and server can forge answers to (CVE-2024-3596).
struct MessageAuthenticatorCheck: Check {
    static let name = "nas.message-authenticator"

    func findings(_ scene: CheckScene) -> [Finding] {
        (scene.statistics?.clients ?? []).filter { $0.role == .authentication && $0.counts.withoutMessageAuthenticator > 0 }.map { client in
            found(
                .warning,
                "'\(client.name)' (\(client.address)) sends Access-Requests without Message-Authenticator: "
                    + "\(client.counts.withoutMessageAuthenticator) of \(client.counts.requests)",
                advice: "update its firmware or switch Message-Authenticator on (BlastRADIUS, CVE-2024-3596), or use RadSec")
        }
    }
}

/// NAS devices whose accounting carries another time than ours.
struct ClockSkewCheck: Check {
    static let name = "nas.clock"
    private static let limit: Int64 = 60

    func findings(_ scene: CheckScene) -> [Finding] {
        (scene.statistics?.clients ?? []).compactMap { client in
            guard let skew = client.counts.clockSkew, abs(skew) > Self.limit else { return nil }
            return found(
                .warning, "the clock of '\(client.name)' (\(client.address)) is \(abs(skew)) s \(skew > 0 ? "ahead" : "behind")",
                advice: "let the NAS and this machine take their time from the same NTP server")
        }
    }
}

/// NAS devices that log users in and never say when they leave.
struct MissingAccountingCheck: Check {
    static let name = "nas.accounting"
    /// Sessions that should have been accounted for by then.
    private static let accepts: UInt64 = 5
    private static let patience: Int64 = 600

    func findings(_ scene: CheckScene) -> [Finding] {
        guard let statistics = scene.statistics, scene.epoch - statistics.startedAt >= Self.patience else { return [] }
        let accounted = Set(statistics.clients.filter { $0.role == .accounting && $0.counts.requests > 0 }.map(\.name))
        return statistics.clients.filter {
            $0.role == .authentication && $0.counts.accepts >= Self.accepts && !accounted.contains($0.name)
        }.map { client in
            found(
                .warning, "'\(client.name)' (\(client.address)) logs users in (\(client.counts.accepts)) and sends no accounting",
                advice: "switch RADIUS accounting on at the NAS, to port \(scene.configuration.acctPort) of this server; without it "
                    + "sessions, Simultaneous-Use and quotas do not work")
        }
    }
}

/// Shared secrets that are guessed, too short or shared by several devices.
struct WeakSecretCheck: Check {
    static let name = "nas.weak-secret"
    /// RFC 2865 §3 wants 16 octets at least.
    private static let length = 16
    private static let known: Set<String> = [
        "testing123", "secret", "radius", "cisco", "password", "mysecret", "radsec", "shared", "changeme", "admin", "test", "123456",
    ]

    func findings(_ scene: CheckScene) -> [Finding] {
        // Nobody listens on the loopback interface who could not read the database.
        let devices = scene.devices.filter { device in !IPPrefix.loopback.contains { $0.contains(device.prefix.address) } }
        var findings = devices.compactMap { device -> Finding? in
            let text = String(decoding: device.secret.bytes, as: UTF8.self)
            let isKnown = Self.known.contains(text.lowercased())
            guard isKnown || device.secret.bytes.count < Self.length else { return nil }
            return found(
                isKnown ? .error : .warning,
                isKnown
                    ? "the shared secret of '\(device.name)' is one that everybody tries first"
                    : "the shared secret of '\(device.name)' has only \(device.secret.bytes.count) octets",
                advice:
                    "take 16 or more random characters: passwords travel under it, and whoever records traffic can try secrets at leisure",
                command: "openssl rand -base64 24")
        }
        let shared = Dictionary(grouping: devices, by: \.secret.bytes).values.filter { $0.count > 1 }
        for group in shared.sorted(by: { ($0.first?.name ?? "") < ($1.first?.name ?? "") }) {
            findings.append(
                found(
                    .notice, "one shared secret serves \(group.map { "'\($0.name)'" }.shortened())",
                    advice: "give each NAS a secret of its own, so that a stolen device gives away one only"))
        }
        return findings
    }
}
