import Digests
import Testing

@testable import EAP

/// wpa_supplicant's EAP-pwd against ours.
@Suite(.enabled(if: EAPOLTest.isInstalled, "needs eapol_test and openssl"))
struct PwdEAPOLTests {
    private func settings(_ group: PwdGroup, _ fragmentSize: Int = 1024) -> EAPSettings {
        var settings = EAPSettings(methods: [.pwd])
        settings.pwd.group = group
        settings.fragmentSize = fragmentSize
        return settings
    }

    @Test(arguments: PwdGroup.allCases, [1020, 100])
    func groupsAndFragments(_ group: PwdGroup, _ fragmentSize: Int) throws {
        let network = ["eap=PWD", #"identity="bob""#, #"password="hello""#, "fragment_size=\(fragmentSize)"]
        let result = try EAPOLTest.run(settings(group, fragmentSize), network, ["-e"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        #expect(result.outcomes.map(\.identity) == ["bob"])
        if fragmentSize == 100 { #expect(try #require(result.outcomes.first).rounds > 4) }
    }

    @Test(arguments: [#"password="hello""#, "password=hash:066ddfd4ef0e9cd7c256fe77191ef43c"])
    func ntHash(_ password: String) throws {
        let result = try EAPOLTest.run(settings(.p256), ["eap=PWD", #"identity="bob""#, password]) { authentication in
            var verdict = EAPVerdict(isAccepted: true)
            if case .lookup = authentication.proof { verdict.ntHashes = [NTHash.hash(password: "hello")] }
            return verdict
        }
        #expect(result.isSuccess)
        #expect(result.keysMatch)
    }

    @Test(arguments: [(PwdPreparation.saltedSHA1, DigestAlgorithm.sha1), (.saltedSHA256, .sha256), (.saltedSHA512, .sha512)])
    func saltedHash(_ preparation: PwdPreparation, _ algorithm: DigestAlgorithm) throws {
        let network = ["eap=PWD", #"identity="bob""#, #"password="hello""#]
        let result = try EAPOLTest.run(settings(.p256), network) { authentication in
            var verdict = EAPVerdict(isAccepted: true)
            let salt = Array("sodium".utf8)
            if case .lookup = authentication.proof {
                verdict.saltedHashes = [
                    SaltedPasswordHash(preparation: preparation, hash: algorithm.hash(Array("hello".utf8) + salt), salt: salt)
                ]
            }
            return verdict
        }
        #expect(result.isSuccess)
        #expect(result.keysMatch)
    }

    @Test(arguments: [("bob", "wrong"), ("nobody", "hello")])
    func refused(_ name: String, _ password: String) throws {
        let network = ["eap=PWD", #"identity="\#(name)""#, #"password="\#(password)""#]
        let result = try EAPOLTest.run(settings(.p256), network)
        #expect(!result.isSuccess)
        // The peer finds our confirm wrong and says no more.
        #expect(result.outcomes.allSatisfy { !$0.isAccepted })
    }

    @Test func refusedByPolicyAfterTheProof() throws {
        let network = ["eap=PWD", #"identity="bob""#, #"password="hello""#]
        let result = try EAPOLTest.run(settings(.p256), network) { authentication in
            var verdict = EAPVerdict(isAccepted: false)
            verdict.clearPasswords = [Array("hello".utf8)]
            return verdict
        }
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }
}
