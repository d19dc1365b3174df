import Digests
import Testing

@Suite("Malformed stored passwords")
struct MalformedPasswordTests {
    @Test(
        "are refused",
        arguments: [
            ("Cleartext-Password", ""),
            ("NT-Password", "066ddfd4ef0e9cd7c256fe77191ef4"), ("NT-Password", ""),
            ("NT-Password", "0x066ddfd4ef0e9cd7c256fe77191ef43c00"), ("LM-Password", "short"),
            ("MD5-Password", "5d41402abc4b2a76b9719d911017c5"), ("MD5-Password", "ut31JpcwYwNie5eych6WSnNhbHQ="),
            ("SMD5-Password", "XUFAKrxLKna5cZ2REBfFkg=="), ("SHA2-Password", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
            ("SHA2-256-Password", "6gmunMZ2jFD87pA+0FRVblv8g0eQfxJZiqJBkw=="),
            ("NS-MTA-MD5-Password", "98cf2863ee144e063f9f019c37d915af6d8eb25c2598c55c8874260b24eb435"),
            ("NS-MTA-MD5-Password", "g8cf2863ee144e063f9f019c37d915af6d8eb25c2598c55c8874260b24eb4351"),
            ("Crypt-Password", ""), ("Crypt-Password", "*0"), ("Crypt-Password", "abl0JrMf6tlh"), ("Crypt-Password", "ab:0JrMf6tlhw"),
            ("Crypt-Password", "$1$saltsalt$"), ("Crypt-Password", "$1$$"), ("Crypt-Password", "$"), ("Crypt-Password", "$5$"),
            ("Crypt-Password", "$9$salt$hash"), ("Crypt-Password", "$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0$"),
            ("Crypt-Password", "$5$rounds=x$Kcn43TIQHezZImlU$niB5KsLOvTFjsOMCqKovwYNKBLZRRMuwMqm6CLMD110"),
            ("Bcrypt-Password", "$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0"), ("Bcrypt-Password", "bcrypt$"),
            ("PBKDF2-Password", ""), ("PBKDF2-Password", ":::"), ("PBKDF2-Password", "{"), ("PBKDF2-Password", "$PBKDF2$"),
            ("PBKDF2-Password", "HMACSHA2+256:AAAAAA==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            ("PBKDF2-Password", "HMACSHA3+256:AAAD6A==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            ("PBKDF2-Password", "HMACSHA2+256:AAAD6A==::QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            ("PBKDF2-Password", "HMACSHA2+256:AAAD6A==:c2FsdHNhbHQ=:QSk5"),
            ("PBKDF2-Password", "pbkdf2_md5$1000$salt$QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            ("PBKDF2-Password", "pbkdf2_sha256$-1$salt$QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            (
                "Scrypt-Password",
                "scrypt$15$salt$8$1$czpABjUsRKejzyH/JqZ6rRAmsIm6rbPc36vcDNRg+n5WhRNmttheZguJBPPllj97xGpsMTqGPv9iHmNbTiUybQ=="
            ),
            ("Scrypt-Password", "scrypt$16$$8$1$czpABjUsRKejzyH/JqZ6rRAmsIm6rbPc36vcDNRg+n5WhRNmttheZguJBPPllj97xGpsMTqGPv9iHmNbTiUybQ=="),
            ("Argon2-Password", "$argon2id$v=19$m=16,t=1$PMGjeY6NRcDgT2jTat9sEg$e5JDluZHS1GGig0CZhARuIyxI1xhr5k3wZN3wHZrhjg"),
            ("Argon2-Password", "$argon2x$v=19$m=16,t=1,p=1$PMGjeY6NRcDgT2jTat9sEg$e5JDluZHS1GGig0CZhARuIyxI1xhr5k3wZN3wHZrhjg"),
            ("PHPass-Password", "$P$5kiTmGPrW4yl8PHXjdUrY9IDOJeuaD"), ("PHPass-Password", "$Q$5kiTmGPrW4yl8PHXjdUrY9IDOJeuaD0"),
        ])
    func refused(attribute: String, value: String) {
        #expect(StoredPassword(attribute: attribute, value: value) == nil)
    }

    @Test(
        "behind a known header are refused, never taken for clear text",
        arguments: [
            "{ssha}garbage", "{crypt}*", "{nt}", "{clear}", "{x-pbkdf2}", "{pbkdf2-sha512}1000$salt", "{argon2}hello", "{md5}hello",
        ])
    func knownHeader(_ value: String) {
        #expect(StoredPassword(attribute: "Password-With-Header", value: value) == nil)
    }

    @Test(
        "that would hold a thread for minutes are refused",
        arguments: [
            ("Crypt-Password", "$2b$31$n3L8NHGCqBywSoLLz9C45OM4wXl9g8c.PzD9L9QOLb.jzfVF61Pl6"),
            ("Crypt-Password", "$5$rounds=999999999$Kcn43TIQHezZImlU$niB5KsLOvTFjsOMCqKovwYNKBLZRRMuwMqm6CLMD110"),
            ("Crypt-Password", "$y$jzz$/0Q1NOyWeDn29x1vk5K.Z.$1seB1pFH4A6SBm8NeT6zcAgrWi7td8vNSvqIEDaXAm9"),
            ("PBKDF2-Password", "HMACSHA2+256://///w==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            ("PBKDF2-Password", "pbkdf2_sha256$999999999$salt$QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
            (
                "Scrypt-Password",
                "scrypt$268435456$salt$8$1$czpABjUsRKejzyH/JqZ6rRAmsIm6rbPc36vcDNRg+n5WhRNmttheZguJBPPllj97xGpsMTqGPv9iHmNbTiUybQ=="
            ),
            (
                "Scrypt-Password",
                "scrypt$999999999$salt$999999999$999999999$czpABjUsRKejzyH/JqZ6rRAmsIm6rbPc36vcDNRg+n5WhRNmttheZguJBPPllj97xGpsMTqGPv9iHmNbTiUybQ=="
            ),
            ("Argon2-Password", "$argon2id$v=19$m=999999999,t=1,p=1$PMGjeY6NRcDgT2jTat9sEg$e5JDluZHS1GGig0CZhARuIyxI1xhr5k3wZN3wHZrhjg"),
            ("Argon2-Password", "$argon2id$v=19$m=16,t=999999999,p=1$PMGjeY6NRcDgT2jTat9sEg$e5JDluZHS1GGig0CZhARuIyxI1xhr5k3wZN3wHZrhjg"),
            ("PHPass-Password", "$P$zkiTmGPrW4yl8PHXjdUrY9IDOJeuaD0"),
        ])
    func unaffordable(attribute: String, value: String) {
        #expect(StoredPassword(attribute: attribute, value: value) == nil)
    }

    @Test("cut short verify nothing", arguments: StoredPasswordFixture.all)
    func truncated(_ fixture: StoredPasswordFixture) {
        let password = Array(fixture.password.utf8)
        for length in 0..<fixture.value.count {
            let value = String(fixture.value.prefix(length))
            // Base64 needs no padding: without it the value is the same.
            guard fixture.value.dropFirst(length).contains(where: { $0 != "=" }) else { continue }
            guard let stored = StoredPassword(attribute: fixture.attribute, value: value) else { continue }
            #expect(!stored.verify(password), "\(value)")
        }
    }

    @Test("never trap, whatever the octets", arguments: StoredPasswordFixture.all)
    func mutated(_ fixture: StoredPasswordFixture) {
        var random = SplitMix64(state: UInt64(fixture.value.utf8.reduce(0) { ($0 &* 31) &+ Int($1) }.magnitude))
        let attributes = StoredPasswordFixture.all.map(\.attribute)
        for _ in 0..<300 {
            let value = String(decoding: mutate(Array(fixture.value.utf8), &random), as: UTF8.self)
            for attribute in [fixture.attribute, attributes.randomElement(using: &random) ?? fixture.attribute] {
                guard let stored = StoredPassword(attribute: attribute, value: value), !stored.isSlow else { continue }
                #expect(!stored.verify(Array("not the password".utf8)))
            }
        }
    }

    private func mutate(_ octets: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var octets = octets
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: 0...octets.count, using: &random)
            let special = Array("${}:=,0x\u{0}/+. 9A".utf8)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where index < octets.count: octets[index] = UInt8.random(in: 0...255, using: &random)
            case 1 where index < octets.count: octets.remove(at: index)
            case 2: octets.insert(special.randomElement(using: &random) ?? 0, at: index)
            case 3: octets.insert(contentsOf: octets.prefix(index), at: index)
            default: octets.removeSubrange(index...)
            }
        }
        return octets
    }
}

/// A repeatable source of mutations.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
