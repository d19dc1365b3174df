import TestCards
import Testing

@testable import EAP

/// wpa_supplicant, for which our MILENAGE plays the card, against EAP-SIM, EAP-AKA and EAP-AKA'.
@Suite(.enabled(if: EAPOLTest.isInstalled, "needs eapol_test and openssl"))
struct SIMEAPOLTests {
    private static let key = "90dca4eda45b53cf0f12d7c9c3bc6a89"
    private static let opc = "cb9cccc4b9258e6dca4760379fb82581"
    static let methods = [("SIM", "1", EAPType.sim), ("AKA", "0", .aka), ("AKA'", "6", .akaPrime)]

    private func settings(_ type: EAPType, _ change: (inout SIMSettings) -> Void = { _ in }) throws -> EAPSettings {
        var settings = EAPSettings(methods: [type])
        var sim = SIMSettings(
            vectors: try MilenageVectors("232010000000000 \(Self.key) \(Self.opc) 61df 000000000001"),
            key: EAPServerKey([1]))
        change(&sim)
        settings.sim = sim
        return settings
    }

    private func network(_ method: (name: String, prefix: String, type: EAPType)) -> [String] {
        ["eap=\(method.name)", #"identity="\#(method.prefix)232010000000000@wlan.mnc001.mcc232.3gppnetwork.org""#]
    }

    private func card(key: String = key, sequence: UInt64 = 0) throws -> SoftwareCard {
        try #require(SoftwareCard(key: key, opc: Self.opc, sequence: sequence))
    }

    private static let policy: @Sendable (EAPAuthentication) -> EAPVerdict = { authentication in
        EAPVerdict(isAccepted: authentication.identity == Array("232010000000000@wlan.mnc001.mcc232.3gppnetwork.org".utf8))
    }

    @Test(arguments: methods)
    func full(_ method: (String, String, EAPType)) throws {
        let result = try EAPOLTest.run(settings(method.2), network(method), ["-e"], card: card(), policy: Self.policy)
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        #expect(result.outcomes.map(\.identity) == ["232010000000000@wlan.mnc001.mcc232.3gppnetwork.org"])
    }

    @Test(arguments: methods, [false, true])
    func reauthentication(_ method: (String, String, EAPType), _ usesResultIndication: Bool) throws {
        let settings = try settings(method.2) {
            $0.usesResultIndication = usesResultIndication
            $0.maximumReauthentications = 2
        }
        let phase1 = usesResultIndication ? [#"phase1="result_ind=1""#] : []
        let result = try EAPOLTest.run(settings, network(method) + phase1, ["-r", "3", "-e"], card: card(), policy: Self.policy)
        #expect(result.isSuccess)
        #expect(result.output.contains("MPPE keys OK: 4  mismatch: 0"))
        #expect(result.outcomes.count == 4)
        #expect(result.outcomes.allSatisfy { $0.identity == "232010000000000@wlan.mnc001.mcc232.3gppnetwork.org" })
        let first = { (outcome: TestRADIUSServer.Outcome) in outcome.outerIdentity.first }
        // Two re-authentications, then the pseudonym.
        let prefixes: (Character?, Character?) = [.sim: ("5", "3"), .aka: ("4", "2"), .akaPrime: ("8", "7")][method.2] ?? (nil, nil)
        #expect(result.outcomes.dropFirst().map(first) == [prefixes.0, prefixes.0, prefixes.1])
    }

    @Test(arguments: methods)
    func identityInsideTheMethod(_ method: (String, String, EAPType)) throws {
        let settings = try settings(method.2) { $0.alwaysRequestsIdentity = true }
        let result = try EAPOLTest.run(settings, network(method), ["-r", "1"], card: card(), policy: Self.policy)
        #expect(result.isSuccess)
        #expect(result.output.contains("MPPE keys OK: 2  mismatch: 0"))
    }

    @Test(arguments: methods.dropFirst())
    func cardAhead(_ method: (String, String, EAPType)) throws {
        let result = try EAPOLTest.run(settings(method.2), network(method), card: card(sequence: 0x1000), policy: Self.policy)
        #expect(result.isSuccess)
        #expect(result.keysMatch)
    }

    @Test(arguments: methods)
    func anotherCard(_ method: (String, String, EAPType)) throws {
        let other = "465b5ce8b199b49faa5f0a2ee238a6bc"
        let result = try EAPOLTest.run(settings(method.2), network(method), card: card(key: other), policy: Self.policy)
        #expect(!result.isSuccess)
        #expect(result.outcomes.allSatisfy { !$0.isAccepted })
    }

    @Test(arguments: methods)
    func policyRefuses(_ method: (String, String, EAPType)) throws {
        let result = try EAPOLTest.run(settings(method.2), network(method), card: card()) { _ in EAPVerdict(isAccepted: false) }
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }
}
