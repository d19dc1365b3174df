import Digests
import Testing

@testable import EAP

@Suite struct SIMKeysTests {
    /// RFC 4186 appendix A.
    static let keys = SIMKeys.sim(
        identity: Array("1244070100000001@eapsim.foo".utf8),
        kc: [octets("a0a1a2a3a4a5a6a7"), octets("b0b1b2b3b4b5b6b7"), octets("c0c1c2c3c4c5c6c7")],
        nonceMT: octets("0123456789abcdeffedcba9876543210"), versionList: [0, 1], selectedVersion: [0, 1])

    @Test func sim() {
        #expect(Self.keys.reauthentication == octets("e576d5ca332e9930018bf1baee2763c795b3c712"))
        #expect(Self.keys.encryption == octets("536e5ebc4465582aa6a8ec9986ebb620"))
        #expect(Self.keys.authentication == octets("25af1942efcbf4bc72b3943421f2a974"))
        #expect(
            Self.keys.msk
                == octets(
                    """
                    39d45aea f4e30601 983e972b 6cfd46d1 c3637733 65690d09 cd44976b 525f47d3
                    a60a985e 955c53b0 90b2e4b7 3719196a 40254296 8fd14a88 8f46b9a7 886e4488
                    """))
        #expect(
            Self.keys.emsk
                == octets(
                    """
                    5949eab0 fff69d52 315c6c63 4fd14a7f 0d52023d 56f79698 fa6596ab eed4f93f
                    bb48eb53 4d985414 ceed0d9a 8ed33c38 7c9dfdab 92ffbdf2 40fcecf6 5a2c93b9
                    """))
    }

    @Test func simReauthentication() {
        let exported = Self.keys.exported(
            .sim, identity: Array("Y24fNSrz8BP274jOJaF17WfxI8YO7QX00pMXk9XMMVOw7broaNhTczuFq53aEpOkk3L0dm@eapsim.foo".utf8), counter: 1,
            nonceS: octets("0123456789abcdeffedcba9876543210"))
        #expect(
            exported.msk
                == octets(
                    """
                    6263f614 973895e1 335f7e30 cff028ee 2176f519 002c9abe 732fe0ef 00cf167c
                    756d9e4c ed6d5ed6 40eb3fe3 8565ca07 6e7fb8a8 17cfe8d9 adbce441 d47c4f5e
                    """))
        #expect(
            exported.emsk
                == octets(
                    """
                    3d8ff786 3a630b2b 06e2cf20 9684c13f 6b82f992 f2b06f1b 54bf51ef 237f2a40
                    1ef5e0d7 e098a34c 533eaebf 34578854 b7721526 20a777f0 e0340884 a294fb73
                    """))
    }

    /// RFC 9048 appendix E, case 1, from the card's key on (TS 35.208 test set 19).
    @Test func akaPrime() throws {
        let key = octets("5122250214c33e723a5dd523fc145fc0")
        let opc = try #require(Milenage.opc(key: key, op: octets("c9e8763286b5b9ffbdf56e1297d0887b")))
        let vector = try #require(Milenage(key: key, opc: opc)).quintuplet(
            rand: octets("81e92b6c0ee0e12ebceba8d92a99dfa5"), sqn: octets("16f3b3f70fc2"), amf: octets("c3ab"))
        #expect(vector.autn == octets("bb52e91c747ac3ab2a5c23d15ee351d5"))
        #expect(vector.ck == octets("5349fbe098649f948f5d2e973a81c00f"))
        #expect(vector.ik == octets("9744871ad32bf9bbd1dd5ce54e3e2e5a"))
        #expect(vector.xres == octets("28d7b0f2a2ec3de5"))
        let bound = vector.bound(to: Array("WLAN".utf8))
        #expect(bound.ck == octets("0093962d0dd84aa5684b045c9edffa04"))
        #expect(bound.ik == octets("ccfc230ca74fcc96c0a5d61164f5a76c"))
        let keys = SIMKeys.akaPrime(identity: Array("0555444333222111".utf8), ik: bound.ik, ck: bound.ck)
        #expect(keys.encryption == octets("766fa0a6c317174b812d52fbcd11a179"))
        #expect(keys.authentication == octets("0842ea722ff6835bfa2032499fc3ec23c2f0e388b4f07543ffc677f1696d71ea"))
        #expect(keys.reauthentication == octets("cf83aa8bc7e0aced892acc98e76a9b2095b558c7795c7094715cb3393aa7d17a"))
        #expect(
            keys.msk
                == octets(
                    """
                    67c42d9aa56c1b79e295e3459fc3d187d42be0bf818d3070e362c5e967a4d544
                    e8ecfe19358ab3039aff03b7c930588c055babee58a02650b067ec4e9347c75a
                    """))
        #expect(
            keys.emsk
                == octets(
                    """
                    f861703cd775590e16c7679ea3874ada866311de290764d760cf76df647ea01c
                    313f69924bdd7650ca9bac141ea075c4ef9e8029c0e290cdbad5638b63bc23fb
                    """))
    }

    @Test func sealedIdentitiesOpenWithTheirKeyAndMethodOnly() throws {
        let key = EAPServerKey(Array("an old secret of all our servers".utf8))
        let state = SIMReauthentication(imsi: "23201000000000", counter: 513, keys: Self.keys)
        let name = try #require(state.userName(.sim, key: key))
        guard case .reauthentication(let read) = SIMIdentity(name + Array("@a.example".utf8)).meaning(.sim, key: key) else {
            Issue.record("not read")
            return
        }
        #expect(read.imsi == "23201000000000")
        #expect(read.counter == 513)
        #expect(read.keys.authentication == Self.keys.authentication)
        #expect(read.keys.encryption == Self.keys.encryption)
        #expect(read.keys.reauthentication == Self.keys.reauthentication)
        let pseudonym = try #require(SIMIdentity.pseudonym(imsi: "232010000000001", .akaPrime, key: key))
        guard case .subscriber("232010000000001") = SIMIdentity(pseudonym).meaning(.akaPrime, key: key) else {
            Issue.record("not read")
            return
        }
        var changed = pseudonym
        changed[20] = changed[20] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let strangers: [([UInt8], SIMVariant, EAPServerKey)] = [
            (pseudonym, .akaPrime, .random()), (pseudonym, .aka, key), ([UInt8(ascii: "2")] + name.dropFirst(), .aka, key),
            (changed, .akaPrime, key), (Array("1anonymous@a.example".utf8), .sim, key), ([], .sim, key), (Array("8".utf8), .akaPrime, key),
        ]
        for (identity, variant, key) in strangers {
            guard case .unknown = SIMIdentity(identity).meaning(variant, key: key) else {
                Issue.record("\(String(decoding: identity, as: UTF8.self)) was read")
                continue
            }
        }
    }

    @Test(arguments: [6, 14, 15])
    func digitsPack(_ count: Int) throws {
        let imsi = String("232019876543210".prefix(count))
        #expect(SubscriberDigits.unpack(try #require(SubscriberDigits.pack(imsi))) == imsi)
    }

    @Test(arguments: ["", "12345", "1234567890123456", "12345x"])
    func whatIsNoIMSIDoesNotPack(_ text: String) {
        #expect(SubscriberDigits.pack(text) == nil)
    }

    @Test(arguments: 0...70)
    func base64RoundTrip(_ count: Int) {
        let octets = randomOctets(count)
        #expect(Base64URL.decode(Base64URL.encode(octets).utf8) == octets)
    }
}
