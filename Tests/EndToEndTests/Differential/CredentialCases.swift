import RADIUSClient

/// Stored passwords, methods, Auth-Type, and the limits that follow the password.
extension PolicyCorpus {
    /// Each form of `hello`, with the right and with a wrong password.
    static var passwords: [PolicyCase] {
        let stored = [
            "NT-Password := 066ddfd4ef0e9cd7c256fe77191ef43c", "NT-Password := 066DDFD4EF0E9CD7C256FE77191EF43C",
            "LM-Password := FDA95FBECA288D44AAD3B435B51404EE", "MD5-Password := 5d41402abc4b2a76b9719d911017c592",
            "MD5-Password := XUFAKrxLKna5cZ2REBfFkg==", "SMD5-Password := 105e0277665b679184a4d3218022748473616c7473616c74",
            "SHA-Password := aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "SHA1-Password := aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
            "SSHA-Password := bd07be9d792437ce69fc0b1342f4cabddb7a419473616c7473616c74",
            "SSHA1-Password := bd07be9d792437ce69fc0b1342f4cabddb7a419473616c7473616c74",
            "SHA2-Password := 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "SSHA2-224-Password := NIWp3mJd/THRdos1ea5l1AxlJGQRx6XsqsUtMXNhbHRzYWx0",
            "SSHA2-256-Password := 8yoiA7TIBG+NQtzf378Ixb9uMWPYXS8YAhnPVM5IJ7xzYWx0c2FsdA==",
            "SSHA2-384-Password := skWNnfZzJHaxooZxzljj0PY0NW4CXXD6RkVC+g55ndLfFic1ekdJcMg2oE9f+joNc2FsdHNhbHQ=",
            "SSHA2-512-Password := WEImTz1m6PfmWudyDPA1QvgZv753FVG0nWz25tXPulMn3Y2ca1cKmUIjFDlth/0DepCijfRGMwSSScrEQKp55XNhbHRzYWx0",
            "Crypt-Password := saPPmoXIbs91M", "Crypt-Password := $1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0",
            "Crypt-Password := $5$saltsalt$kfE3pS1dKPPHrilLCLWxLECEVLX8Au49cWIQg7GMQ05",
            "Crypt-Password := $6$saltsalt$YTeBOLnmm3CoeJTzBuijUEtOEWCqrw/nQ8/AeMmON4LGp3k0ZiMjC1OdqzWFUAfDQBvYkOch9BWtQTBcZ1E/p0",
            "Crypt-Password := $y$j9T$F5Jx5fExrKuPp53xLKQ..1$pAanBp0GxdDoC.EK6Si0uTUwzIJFEvkXDPG7l9k5OFB",
            "Password-With-Header := {ssha}vQe+nXkkN85p/AsTQvTKvdt6QZRzYWx0c2FsdA==", "Password-With-Header := {clear}hello",
            "Password-With-Header := {nt}066ddfd4ef0e9cd7c256fe77191ef43c",
            "Password-With-Header := {crypt}$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0",
            "Password-With-Header := hello", "Password-With-Header := e2NsZWFyfWhlbGxv",
            "PBKDF2-Password := HMACSHA2+256:AAAD6A==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8=",
            "Cleartext-Password := hello", "NT-Password := 0123", "MD5-Password := not a digest",
        ]
        var cases: [PolicyCase] = []
        for (number, row) in stored.enumerated() {
            let form = "\(number) \(PolicyText(row).attribute)"
            for password in ["hello", "Hello", ""] {
                cases.append(
                    PolicyCase(
                        "stored \(form) \(password.isEmpty ? "empty" : password)", check: [row], password: password, storesPassword: false))
            }
        }
        for method in [AuthenticationMethod.chap, .mschapv1, .mschapv2] {
            for (row, text) in [
                ("Cleartext-Password := hello", "clear"), ("NT-Password := 066ddfd4ef0e9cd7c256fe77191ef43c", "nt"),
                ("MD5-Password := 5d41402abc4b2a76b9719d911017c592", "md5"), ("Password-With-Header := {clear}hello", "header"),
            ] {
                for password in ["hello", "wrong"] {
                    cases.append(
                        PolicyCase(
                            "\(method.rawValue) \(text) \(password)", check: [row], password: password, storesPassword: false,
                            reply: ["Session-Timeout = 60"], method: method))
                }
            }
            cases.append(
                PolicyCase("\(method.rawValue) no password", storesPassword: false, reply: ["Session-Timeout = 60"], method: method))
        }
        return cases
    }

    static let authTypes = [
        PolicyCase("Auth-Type Reject", check: ["Auth-Type := Reject"], reply: ["Reply-Message = no", "Session-Timeout = 60"]),
        PolicyCase("Auth-Type Accept", check: ["Auth-Type := Accept"], password: "wrong", reply: ["Session-Timeout = 60"]),
        PolicyCase("Auth-Type PAP", check: ["Auth-Type := PAP"]),
        PolicyCase("Auth-Type PAP wrong", check: ["Auth-Type := PAP"], password: "wrong"),
        PolicyCase("Auth-Type CHAP for PAP", check: ["Auth-Type := CHAP"]),
        PolicyCase("Auth-Type CHAP", check: ["Auth-Type := CHAP"], method: .chap),
        PolicyCase("Auth-Type MS-CHAP", check: ["Auth-Type := MS-CHAP"], method: .mschapv2),
        PolicyCase("Auth-Type PAP for CHAP", check: ["Auth-Type := PAP"], method: .chap),
        PolicyCase("Auth-Type unless Reject", check: ["Auth-Type = Reject"]),
        PolicyCase("Auth-Type compares Reject", check: ["Auth-Type == Reject"]),
        PolicyCase("Auth-Type Accept and Reject", check: ["Auth-Type := Accept", "Auth-Type := Reject"]),
        PolicyCase("Auth-Type Local", check: ["Auth-Type := Local"]),
        PolicyCase("Auth-Type unknown", check: ["Auth-Type := Kerberos"]),
        PolicyCase("reply only no password", storesPassword: false, reply: ["Session-Timeout = 60"]),
        PolicyCase("Crypt-Password compares", check: ["Crypt-Password == saPPmoXIbs91M"], storesPassword: false),
        PolicyCase("Crypt-Password unless", check: ["Crypt-Password = saPPmoXIbs91M"], storesPassword: false),
        PolicyCase("reject keeps Reply-Message", password: "wrong", reply: ["Reply-Message = wrong?", "Session-Timeout = 60"]),
        PolicyCase("unknown user", storesPassword: false),
        PolicyCase("legacy User-Password", check: ["User-Password == hello"], storesPassword: false),
        PolicyCase("name with 'quote'"),
        PolicyCase("name@realm"),
        PolicyCase("DOMAIN\\name"),
        PolicyCase("name with ünïcode"),
    ]

    static let limits = [
        PolicyCase(
            "Expiration past", check: ["Expiration := 01 Jan 2020 00:00:00 UTC"], reply: ["Session-Timeout = 60", "Reply-Message = bye"]),
        PolicyCase("Expiration past day only", check: ["Expiration := 01 Jan 2020"]),
        PolicyCase("Expiration past American", check: ["Expiration := Jan 01 2020 00:00:00 UTC"]),
        PolicyCase("Expiration future", check: ["Expiration := 01 Jan 2037 00:00:00 UTC"]),
        PolicyCase("Expiration future shorter session", check: ["Expiration := 01 Jan 2037 00:00:00 UTC"], reply: ["Session-Timeout = 60"]),
        PolicyCase("Expiration future ISO 8601", check: ["Expiration := 2037-01-01T00:00:00Z"]),
        PolicyCase("Expiration epoch", check: ["Expiration := 2114380800"]),
        PolicyCase("Expiration wrong password", check: ["Expiration := 01 Jan 2020"], password: "wrong"),
        PolicyCase("Login-Time always", check: ["Login-Time := Any"], reply: ["Session-Timeout = 60"]),
        PolicyCase("Login-Time always no session", check: ["Login-Time := Al"]),
        PolicyCase("Login-Time all day", check: ["Login-Time := Al0000-2359"]),
        PolicyCase("Login-Time never", check: ["Login-Time := \(Weekday.other)"], reply: ["Session-Timeout = 60"]),
        PolicyCase("Login-Time today", check: ["Login-Time := \(Weekday.today)"]),
        PolicyCase("Login-Time today and tomorrow", check: ["Login-Time := \(Weekday.today),\(Weekday.tomorrow)"]),
        PolicyCase("Login-Time today by range", check: ["Login-Time := \(Weekday.today)-\(Weekday.tomorrow)"]),
        PolicyCase("Login-Time today or other", check: ["Login-Time := \(Weekday.other)|\(Weekday.today)0000-2359"]),
        PolicyCase(
            "Login-Time shorter session", check: ["Login-Time := \(Weekday.today),\(Weekday.tomorrow)"], reply: ["Session-Timeout = 60"]),
        PolicyCase("Login-Time malformed", check: ["Login-Time := whenever"]),
        PolicyCase("Simultaneous-Use reached", check: ["Simultaneous-Use := 1"], reply: ["Session-Timeout = 60"]),
        PolicyCase("Simultaneous-Use free", check: ["Simultaneous-Use := 1"]),
        PolicyCase("Simultaneous-Use two of three", check: ["Simultaneous-Use := 3"]),
        PolicyCase("Simultaneous-Use ended sessions", check: ["Simultaneous-Use := 1"]),
        PolicyCase("Simultaneous-Use unless", check: ["Simultaneous-Use = 1"]),
        PolicyCase("Current-Time any", check: ["Current-Time == Any"], reply: ["Filter-Id = hit"]),
        PolicyCase("Current-Time other day", check: ["Current-Time == \(Weekday.other)"], reply: ["Filter-Id = hit"]),
        PolicyCase("Time-Of-Day later", check: ["Time-Of-Day >= 00:00:00"], reply: ["Filter-Id = hit"]),
        PolicyCase("Time-Of-Day earlier", check: ["Time-Of-Day < 00:00:01"], reply: ["Filter-Id = hit"]),
        PolicyCase("Client-IP-Address", check: ["Client-IP-Address == 127.0.0.1"], reply: ["Filter-Id = hit"]),
        PolicyCase("Client-IP-Address other", check: ["Client-IP-Address == 127.0.0.2"], reply: ["Filter-Id = hit"]),
        PolicyCase("Packet-Src-IP-Address", check: ["Packet-Src-IP-Address == 127.0.0.1"], reply: ["Filter-Id = hit"]),
        PolicyCase("Packet-Type", check: ["Packet-Type == Access-Request"], reply: ["Filter-Id = hit"]),
    ]

    /// Open (true) and ended sessions by user.
    static let sessions: [(user: String, isOpen: Bool)] = [
        ("Simultaneous-Use reached", true), ("Simultaneous-Use two of three", true), ("Simultaneous-Use two of three", true),
        ("Simultaneous-Use ended sessions", false), ("Simultaneous-Use unless", true), ("group one session", true),
    ]
}
