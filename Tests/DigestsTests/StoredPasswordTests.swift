import Digests
import Testing

@Suite("Stored passwords")
struct StoredPasswordTests {
    @Test("verify their password and no other", arguments: StoredPasswordFixture.all)
    func verify(_ fixture: StoredPasswordFixture) throws {
        let stored = try #require(StoredPassword(attribute: fixture.attribute, value: fixture.value))
        let password = Array(fixture.password.utf8)
        #expect(stored.kind == fixture.kind)
        #expect(stored.verify(password))
        #expect(!stored.verify(password + Array("x".utf8)))
        #expect(!stored.verify(password.dropLast()))
        #expect(!stored.verify(password + [0]))
        #expect(!stored.verify([]))
        #expect(!stored.verify([0xFF, 0xFE]))
    }

    @Test("know their attributes in any letter case", arguments: StoredPasswordFixture.all)
    func attributeNames(_ fixture: StoredPasswordFixture) {
        #expect(StoredPassword.isPasswordAttribute(fixture.attribute))
        let upper = StoredPassword(attribute: fixture.attribute.uppercased(), value: fixture.value)
        #expect(upper == StoredPassword(attribute: fixture.attribute, value: fixture.value))
    }

    @Test("are under no other attribute", arguments: ["User-Password", "CHAP-Password", "Simultaneous-Use", "", "Cleartext-Password "])
    func otherAttributes(_ name: String) {
        #expect(!StoredPassword.isPasswordAttribute(name))
        #expect(StoredPassword(attribute: name, value: "hello") == nil)
    }

    @Test("show nothing of the secret", arguments: StoredPasswordFixture.all)
    func redaction(_ fixture: StoredPasswordFixture) throws {
        let stored = try #require(StoredPassword(attribute: fixture.attribute, value: fixture.value))
        var dumped = ""
        dump(stored, to: &dumped)
        for text in ["\(stored)", String(reflecting: stored), dumped, "\([stored])"] {
            #expect(!text.contains(fixture.password))
            #expect(text.contains(fixture.kind))
        }
    }

    @Test("are slow where the form is costly by design")
    func slowness() throws {
        for fixture in StoredPasswordFixture.all {
            let stored = try #require(StoredPassword(attribute: fixture.attribute, value: fixture.value))
            let slow = ["Crypt-Password", "Bcrypt-Password", "PBKDF2-Password", "Scrypt-Password", "Argon2-Password", "PHPass-Password"]
            #expect(stored.isSlow == slow.contains(fixture.kind), "\(fixture.kind)")
        }
    }

    @Test("give CHAP and MS-CHAP what they need, where it is known")
    func derivedForms() throws {
        let cleartext = try #require(StoredPassword(attribute: "Cleartext-Password", value: "hello"))
        #expect(cleartext.cleartext == Array("hello".utf8))
        #expect(cleartext.ntHash == NTHash.hash(password: "hello"))
        #expect(cleartext.lmHash == LMHash.hash(password: "hello"))

        let nt = try #require(StoredPassword(attribute: "NT-Password", value: "066ddfd4ef0e9cd7c256fe77191ef43c"))
        #expect(nt.cleartext == nil && nt.lmHash == nil)
        #expect(nt.ntHash == NTHash.hash(password: "hello"))

        let lm = try #require(StoredPassword(attribute: "LM-Password", value: "FDA95FBECA288D44AAD3B435B51404EE"))
        #expect(lm.cleartext == nil && lm.ntHash == nil)
        #expect(lm.lmHash == LMHash.hash(password: "hello"))

        let digest = try #require(StoredPassword(attribute: "MD5-Password", value: "5d41402abc4b2a76b9719d911017c592"))
        #expect(digest.cleartext == nil && digest.ntHash == nil && digest.lmHash == nil)
        #expect(StoredPassword.cleartext([0xFF]).ntHash == nil)
    }

    @Test("take a raw hash octet for octet")
    func rawOctets() throws {
        // 16 ASCII octets are neither 32 digits nor base64 of 16.
        let stored = try #require(StoredPassword(attribute: "NT-Password", value: "!raw 16 octets !"))
        #expect(stored == .nt(Array("!raw 16 octets !".utf8)))
    }
}
