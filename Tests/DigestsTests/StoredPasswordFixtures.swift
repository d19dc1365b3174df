import Testing

/// One stored value, the program that made it and the password that it stands for.
struct StoredPasswordFixture: CustomTestStringConvertible, Sendable {
    let origin: String
    let attribute: String
    let value: String
    let kind: String
    let password: String

    init(_ origin: String, _ attribute: String, _ value: String, kind: String? = nil, password: String = "hello") {
        self.origin = origin
        self.attribute = attribute
        self.value = value
        self.kind = kind ?? attribute
        self.password = password
    }

    var testDescription: String { "\(attribute) of \(origin)" }

    static let all = plain + digests + ldap + crypt + pbkdf2 + webApplications

    static let plain: [Self] = [
        Self("hand", "Cleartext-Password", "hello"),
        Self("hand", "cleartext-password", "0x68656c6c6f", kind: "Cleartext-Password", password: "0x68656c6c6f"),
        Self("hand", "Cleartext-Password", "grüße € 😀", password: "grüße € 😀"),
        Self("smbencrypt", "NT-Password", "066DDFD4EF0E9CD7C256FE77191EF43C"),
        Self("smbencrypt", "NT-Password", "0x066ddfd4ef0e9cd7c256fe77191ef43c"),
        Self("passlib nthash", "NT-Password", "343b5f56098bef0de4739d82d102f3ca", password: "pässwörd€😀"),
        Self("base64 of the hash", "NT-Password", "Bm3f1O8OnNfCVv53GR70PA=="),
        Self("smbencrypt", "LM-Password", "FDA95FBECA288D44AAD3B435B51404EE"),
        Self("smbencrypt", "LM-Password", "FDA95FBECA288D44AAD3B435B51404EE", password: "HELLO"),
    ]

    static let digests: [Self] = [
        Self("hashlib", "MD5-Password", "5d41402abc4b2a76b9719d911017c592"),
        Self("hashlib", "MD5-Password", "XUFAKrxLKna5cZ2REBfFkg=="),
        Self("hashlib", "MD5-Password", "0x5d41402abc4b2a76b9719d911017c592"),
        Self("hashlib", "SMD5-Password", "ut31JpcwYwNie5eych6WSnNhbHQ="),
        Self("hashlib", "SMD5-Password", "baddf52697306303627b97b2721e964a73616c74"),
        Self("hashlib", "SHA-Password", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        Self("hashlib", "SHA1-Password", "qvTGHdzF6KLavt4PO0gs2a6pQ00=", kind: "SHA-Password"),
        Self("hashlib", "SSHA-Password", "FPvT+WAOz8Kj1D5MB6mKh1x5EKJzYWx0"),
        Self("hashlib", "SSHA1-Password", "14fbd3f9600ecfc2a3d43e4c07a98a875c7910a273616c74", kind: "SSHA-Password"),
        Self("hashlib", "SHA2-Password", "6gmunMZ2jFD87pA+0FRVblv8g0eQfxJZiqJBkw==", kind: "SHA2-224-Password"),
        Self(
            "hashlib", "SHA2-Password", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            kind: "SHA2-256-Password"),
        Self("hashlib", "SHA2-256-Password", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
        Self(
            "hashlib", "SHA2-Password", "WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP",
            kind: "SHA2-384-Password"),
        Self(
            "hashlib", "SHA2-Password",
            "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043",
            kind: "SHA2-512-Password"),
        Self("hashlib", "SSHA2-224-Password", "HdcpdIwCxTeiK2iva7b89nMlyGjSvR6Cu7F7TnNhbHQ="),
        Self("hashlib", "SSHA2-256-Password", "87daba3fe263b34c335a0ee3b28ffec4d159aad6542502eaf551dc7b9128c26773616c74"),
        Self("hashlib", "SSHA2-384-Password", "eV6+DEjOdWkntVl8PhLEaFkPY/aa6Gi9HDPBQr3znI+sStRni03ry/L26lDuQECQc2FsdA=="),
        Self(
            "hashlib", "SSHA2-512-Password",
            "tnMoNq/Vy9eD05V48D0nBn/3hwVvUHv8PUZRRl6NCkX1eMWrm7dcwcmaue9TqJBxkEZNQSmxxAVympkZmQCgq3NhbHQ="),
        Self("hashlib", "NS-MTA-MD5-Password", "98cf2863ee144e063f9f019c37d915af6d8eb25c2598c55c8874260b24eb4351"),
        Self(
            "the example in FreeRADIUS 1's rlm_ns_mta_md5", "NS-MTA-MD5-Password",
            "f8b4eac9f051a61eebe266f9c29a193626d8eb25c2598c55c8874260b24eb435", password: "testpass"),
    ]

    static let ldap: [Self] = [
        header("hand", "hello", "Cleartext-Password"),
        header("hand", "{clear}hello", "Cleartext-Password"),
        header("hand", "{Cleartext}hello", "Cleartext-Password"),
        Self("hand", "Password-With-Header", "{unknown}hello", kind: "Cleartext-Password", password: "{unknown}hello"),
        Self("hand", "Password-With-Header", "{clear", kind: "Cleartext-Password", password: "{clear"),
        Self("hand, base64 of no header", "Password-With-Header", "aGVsbG8=", kind: "Cleartext-Password", password: "aGVsbG8="),
        header("base64 of {clear}hello", "e2NsZWFyfWhlbGxv", "Cleartext-Password"),
        header("base64 of {SSHA}…", "e1NTSEF9RlB2VCtXQU96OEtqMUQ1TUI2bUtoMXg1RUtKellXeDA=", "SSHA-Password"),
        header("base64 of {nt}…", "e250fTA2NmRkZmQ0ZWYwZTljZDdjMjU2ZmU3NzE5MWVmNDNj", "NT-Password"),
        header("smbencrypt", "{nt}066ddfd4ef0e9cd7c256fe77191ef43c", "NT-Password"),
        header("smbencrypt", "{md4}066ddfd4ef0e9cd7c256fe77191ef43c", "NT-Password"),
        header("smbencrypt", "{NTHash}066ddfd4ef0e9cd7c256fe77191ef43c", "NT-Password"),
        header("smbencrypt", "{x-nthash}066ddfd4ef0e9cd7c256fe77191ef43c", "NT-Password"),
        header("passlib ldap_md5", "{MD5}XUFAKrxLKna5cZ2REBfFkg==", "MD5-Password"),
        header("passlib ldap_md5", "{base64_md5}XUFAKrxLKna5cZ2REBfFkg==", "MD5-Password"),
        header("passlib ldap_salted_md5", "{SMD5}9mTwcDD+MT0g+VXG+Hgg5GyNEUI=", "SMD5-Password"),
        header("passlib ldap_sha1", "{SHA}qvTGHdzF6KLavt4PO0gs2a6pQ00=", "SHA-Password"),
        header("passlib ldap_salted_sha1", "{SSHA}5nEZMqsX9W079ABAtdnSPbIYBe8nROjd", "SSHA-Password"),
        header("passlib ldap_salted_sha256", "{SSHA256}sWtT3vif2p65FqjYatq4Fcn2GQPv8AewtzMoLeNf61gDQEjpvbcWIg==", "SSHA2-256-Password"),
        header(
            "passlib ldap_salted_sha512",
            "{SSHA512}kn7Yz8WmfmmfPDzGj9yCGfhQ+o2vZf6uHX/wU2M+dxx5lSqNM1L7bpdgCp4Zco10w15JcAqBNEQeMsFsgKPEaReCcE5JaQ3B",
            "SSHA2-512-Password"),
        header("hashlib", "{sha2}2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "SHA2-256-Password"),
        header("hashlib", "{sha224}6gmunMZ2jFD87pA+0FRVblv8g0eQfxJZiqJBkw==", "SHA2-224-Password"),
        header("hashlib", "{sha256}LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", "SHA2-256-Password"),
        header("hashlib", "{sha384}WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP", "SHA2-384-Password"),
        header(
            "hashlib", "{sha512}m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==",
            "SHA2-512-Password"),
        header("hashlib", "{ssha224}HdcpdIwCxTeiK2iva7b89nMlyGjSvR6Cu7F7TnNhbHQ=", "SSHA2-224-Password"),
        header("hashlib", "{ssha384}eV6+DEjOdWkntVl8PhLEaFkPY/aa6Gi9HDPBQr3znI+sStRni03ry/L26lDuQECQc2FsdA==", "SSHA2-384-Password"),
        header("hashlib", "{ns-mta-md5}98cf2863ee144e063f9f019c37d915af6d8eb25c2598c55c8874260b24eb4351", "NS-MTA-MD5-Password"),
        header("openssl passwd -1", "{CRYPT}$1$Qz7salts$KklIDBvrQ94ej45HWHZBe1", "Crypt-Password"),
        header("bcrypt 4.0 for Python", "{bcrypt}$2b$04$gL.7SdUMyE1vVYO/8f4MnuK2M5aIUxKE7JvHxr9GZQzF4qkQ2Ashe", "Bcrypt-Password"),
    ]

    static let crypt: [Self] = [
        Self("passlib des_crypt", "Crypt-Password", "abl0JrMf6tlhw"),
        Self("mkpasswd descrypt", "Crypt-Password", "ObNPdjs047fKU"),
        Self("mkpasswd bsdicrypt", "Crypt-Password", "_J9..sfac6PEOOqLz0gs"),
        Self("passlib md5_crypt", "Crypt-Password", "$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0"),
        Self("openssl passwd -1", "Crypt-Password", "$1$Qz7salts$KklIDBvrQ94ej45HWHZBe1"),
        Self("openssl passwd -5", "Crypt-Password", "$5$Qz7saltsalt$ve4iSCagzAzdnEhBEoNCpIOXbx7zzvS9ROrQzwTueu0"),
        Self(
            "mkpasswd sha256crypt -R 1000", "Crypt-Password",
            "$5$rounds=1000$Kcn43TIQHezZImlU$niB5KsLOvTFjsOMCqKovwYNKBLZRRMuwMqm6CLMD110"),
        Self(
            "openssl passwd -6", "Crypt-Password",
            "$6$Qz7saltsalt$JXw0cXyVpodERAoNuqxX/eXrAjOtIXNBtYGPWSd2tBG0/Z2Zsa/cTgMY1xrnFVLRPNTOcquFERyMPTvYg0Cnq."),
        Self(
            "mkpasswd sha512crypt -R 1000", "Crypt-Password",
            "$6$rounds=1000$he.ZnwUDW2xqjFLX$vL8KMEg4ILo4hnhd3Qan8rDYSMEmhB/Ga8LTmAKB.SzzP0VJB.9YCYJ4RIZC2W5pS.F5xN1iRbHmJaxoawBFD0"),
        Self("mkpasswd bcrypt", "Crypt-Password", "$2b$05$n3L8NHGCqBywSoLLz9C45OM4wXl9g8c.PzD9L9QOLb.jzfVF61Pl6"),
        Self("mkpasswd bcrypt-a", "Crypt-Password", "$2a$05$JEe9ES486EjHmG2crtB1UeNsWfyDQSF1xs7woYtviUEf38.n8qnlG"),
        Self("mkpasswd yescrypt", "Crypt-Password", "$y$j75$/0Q1NOyWeDn29x1vk5K.Z.$1seB1pFH4A6SBm8NeT6zcAgrWi7td8vNSvqIEDaXAm9"),
        Self("mkpasswd gost-yescrypt", "Crypt-Password", "$gy$j75$XiUQn0kSDP1cqVjhiqx1l.$Y7QKDHj3Q3RcDhfc/4CxZAesm1fURPn4NHBbt9Pi773"),
    ]

    static let pbkdf2: [Self] = [
        Self("hashlib", "PBKDF2-Password", "HMACSHA1:AAAD6A==:c2FsdHNhbHQ=:MNcWQOYl1hwUxdeLBHI83uHgW8o="),
        Self("hashlib", "PBKDF2-Password", "HMACSHA2+224:AAAD6A==:c2FsdHNhbHQ=:C5vu9n2hea+TJ7LWOpPtFalllO1sIuNQ8Uu79w=="),
        Self("hashlib", "PBKDF2-Password", "HMACSHA2+256:AAAD6A==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
        Self("hashlib", "PBKDF2-Password", "HMACSHA2:AAAD6A:c2FsdHNhbHQ:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8"),
        Self(
            "hashlib", "PBKDF2-Password",
            "HMACSHA2+384:AAAD6A==:c2FsdHNhbHQ=:qw/0qw8FXdUEj4UYhsukRDfrIKHi8gdns8u0AtIKQHvziWEJE4Ogvcc631UJ1kp7"),
        Self(
            "hashlib", "PBKDF2-Password",
            "$PBKDF2$HMACSHA2+512:1000:c2FsdHNhbHQ=$YpAYo+WMB4L+uWjN2pMKHNtFtflTneBK7S84oyIgDPtWLwp7Up5RFXOQEUrDty00abGu/BCtqsicjoQ/TQUlNg=="
        ),
        header(
            "hashlib", "{X-PBKDF2}HMACSHA2+256:AAAD6A==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8=", "PBKDF2-Password"),
        Self("passlib pbkdf2_sha1", "PBKDF2-Password", "$pbkdf2$1000$c2FsdHNhbHQ$MNcWQOYl1hwUxdeLBHI83uHgW8o"),
        Self(
            "passlib pbkdf2_sha256", "PBKDF2-Password", "$pbkdf2-sha256$1000$c2FsdHNhbHQ$QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8"),
        Self(
            "passlib pbkdf2_sha512", "PBKDF2-Password",
            "$pbkdf2-sha512$1000$c2FsdHNhbHQ$YpAYo.WMB4L.uWjN2pMKHNtFtflTneBK7S84oyIgDPtWLwp7Up5RFXOQEUrDty00abGu/BCtqsicjoQ/TQUlNg"),
        header("passlib ldap_pbkdf2_sha1", "{PBKDF2}1000$8h6DEKJ07r1XCgHAGGPMOQ$l5wzuDecOzV.wvsEHXK2vXHmO9o", "PBKDF2-Password"),
        header(
            "passlib ldap_pbkdf2_sha256", "{PBKDF2-SHA256}1000$Z6wVAgCgFOL8f6.V8v6/lw$CSAvtO0R3x0O0TkRS5ZK6H5nDd5SHHWLhf3TfHdQh9M",
            "PBKDF2-Password"),
        header(
            "passlib ldap_pbkdf2_sha512",
            "{PBKDF2-SHA512}1000$t/aekzKmVIpRyrn3PifEuA$qetWO5f1B/m0ccLTGfSX.Hee3NXwLdjM9u8RPLAEdUL.EIk4WDp.907/VbLtC2ut8byvrqNiP2F6Dbp6mS19GA",
            "PBKDF2-Password"),
        header(
            "hashlib, 389 Directory Server's packed layout, salt 00…3f, 2048 rounds",
            """
            {PBKDF2_SHA256}AAAIAAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8pa8tXjBIetXZD\
            zgocy3ruJy0iPvS9lv1WxUHHetz6Tsahp/wSf/SZxddQfvWGCdcngHomGfqM833f2y8+ToPu2QXVx7ly8a7cW8Zm/IhgJ3GK73E0/dXuGTf+ToyfcdznhwHF\
            JUbt9Hl0nVNSz34h/9ZGCmCihhcN95lixNh2B0bwpjcqmn0end9mcgTQR0+mcZwWvVOQBtFFIaSopBOy0o7EHgUI+Cc41sGKPEqkN7JjGiCbJEndMXHsWby1\
            eCt/BaUlQe/zok0fcOAFDx1hjGNUUeFKU69xCtPFLGPjZgMW0iGZLf4WNmNGv6aqaf4udyk2mVMMyOSd66fLTpQe
            """, "PBKDF2-Password"),
    ]

    static let webApplications: [Self] = [
        header(
            "Django 5.2", "pbkdf2_sha256$1000$NaClSalt22charsXXXXXXX$mcyQ8LAFGM3y5oLUa3u9sFh0epBa3SLjAIQk+EnNZEE=", "PBKDF2-Password"),
        Self("Django 5.2", "PBKDF2-Password", "pbkdf2_sha1$1000$NaClSalt22charsXXXXXXX$1xMya/9phCECyLfjDm+fDId43+0="),
        header(
            "Django 5.2",
            "scrypt$16$NaClSalt22charsXXXXXXX$8$1$czpABjUsRKejzyH/JqZ6rRAmsIm6rbPc36vcDNRg+n5WhRNmttheZguJBPPllj97xGpsMTqGPv9iHmNbTiUybQ==",
            "Scrypt-Password"),
        Self(
            "Django 5.2", "Scrypt-Password",
            "scrypt$16$NaClSalt22charsXXXXXXX$8$5$l1xrBFXGcahCbsZE9zOgPKT1v4WzTQyY6fDv9pkCATn8BQRNqL5htdi0KoFMIQWGts6Hh3JIiTlj4x94BGkquQ=="
        ),
        Self(
            "RFC 7914 §12 in Django's layout", "Scrypt-Password",
            "scrypt$1024$NaCl$8$16$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA==",
            password: "password"),
        header("Django 5.2", "bcrypt_sha256$$2b$04$U4sEVQxpQB83dXVmq0tobu1y/KbPTiQF7drY7ALSNIobInVYrVQdC", "Bcrypt-Password"),
        header("Django 5.2", "bcrypt$$2b$04$/xsu96QNGi3v9VXqagSxVOzywi7Li/nD9jYmL2u.Mkq5NwMKs5xFm", "Bcrypt-Password"),
        Self(
            "bcrypt 4.0 for Python", "Bcrypt-Password", "$2a$04$A8nUBcaLs2LcoEXsq5x1auPskb7kxYB.KKA1AoY3zQO7pAJqSLzb2", password: "grüße"),
        header("bcrypt 4.0 for Python", "$2b$04$gL.7SdUMyE1vVYO/8f4MnuK2M5aIUxKE7JvHxr9GZQzF4qkQ2Ashe", "Bcrypt-Password"),
        header(
            "Django 5.2", "argon2$argon2id$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0$T48UM+9RbbOGJEanxwo/XxJpU2NtG2Hi+mzD62dWjBA",
            "Argon2-Password"),
        Self(
            "argon2-cffi 25.1", "Argon2-Password",
            "$argon2id$v=19$m=16,t=1,p=1$PMGjeY6NRcDgT2jTat9sEg$e5JDluZHS1GGig0CZhARuIyxI1xhr5k3wZN3wHZrhjg"),
        header(
            "argon2-cffi 25.1",
            "{ARGON2}$argon2i$v=19$m=16,t=1,p=1$6f9fTLdfun6AYKppVuaAhA$kdHp2GSbQ/ye0dh+DRq9/Nxjfxm5MgxEkUGTXccIsx8", "Argon2-Password"),
        header(
            "argon2-cffi 25.1", "$argon2d$v=19$m=16,t=1,p=1$DIHrMS6JIRynl0hZUIOSHw$SXKZbCQOgyfRwJUGeG+Quj5dzp23qH/1DeiCfGAU4ns",
            "Argon2-Password"),
        header("passlib phpass", "$P$5kiTmGPrW4yl8PHXjdUrY9IDOJeuaD0", "PHPass-Password"),
        Self("passlib phpass", "PHPass-Password", "$H$5p.ekq8cN2dAQBf2ziS2dmiKQsgFuu."),
        Self("PHPass 0.3's own test program", "PHPass-Password", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", password: "test12345"),
        header("openssl passwd -5", "$5$Qz7saltsalt$ve4iSCagzAzdnEhBEoNCpIOXbx7zzvS9ROrQzwTueu0", "Crypt-Password"),
    ]

    private static func header(_ origin: String, _ value: String, _ kind: String) -> Self {
        Self(origin, "Password-With-Header", value, kind: kind)
    }
}
