import Database
import Digests
import Foundation
import HTTPTypes
import Localization
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts

/// Passwords: rules, forms, changes, resets, age.
@Suite struct PasswordTests {
    @Test(arguments: [
        "", "short", "1234567", "12345678", "98765432101", "password", "Password1!", "p4$$w0rd", "PASSWORD123", "qwertyuiop", "aaaaaaaa",
        "abababab", "abcdefgh", "zyxwvuts", "12341234", "letmein123", "bob.smith@example.org", "bobsmith", "smith1234", "393664255801",
        String(repeating: "ab c", count: 33), "good\u{7}enough",
    ]) func `weak`(_ password: String) {
        let attributes = ["bob", "bob.smith@example.org", "Bob", "Smith", "+393664255801"]
        #expect(!PasswordStore.problems(password, attributes: attributes).isEmpty)
    }

    @Test(arguments: ["correct horse", "tr0mbone-Sky", "Grüße aus Köln", "x9K!mQ2v", "bob likes trams", "密码很难猜到的吧"]) func `good`(
        _ password: String
    ) {
        let attributes = ["bob", "bob.smith@example.org", "Bob", "Smith", "+393664255801"]
        #expect(PasswordStore.problems(password, attributes: attributes) == [])
    }

    @Test(arguments: Engine.available)
    func `a weaker hash is replaced at login, clear text and hashes for challenges stay`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let cases = [
                ("django", "PBKDF2-Password", "pbkdf2_sha256$1000$salt$" + Self.pbkdf2, "Argon2-Password"),
                ("sha", "SHA-Password", Hexadecimal.encode(DigestAlgorithm.sha1.hash(Array("correct horse".utf8))), "Argon2-Password"),
                ("nt", "NT-Password", Hexadecimal.encode(NTHash.hash(utf8: Array("correct horse".utf8)) ?? []), "NT-Password"),
                ("clear", "Cleartext-Password", "correct horse", "Cleartext-Password"),
            ]
            for (name, attribute, value, _) in cases {
                try await installation.add(User(username: name), password: nil)
                try await installation.write {
                    try PasswordStore($0).set(username: name, credential: PolicyCredential(attribute: attribute, value: value), at: 0)
                }
            }
            for (name, _, _, expected) in cases {
                for _ in 0..<2 {
                    #expect(try await installation.module.passwords.verify("correct horse", of: [name]) == name)
                    #expect(try await installation.module.passwords.verify("correct horsE", of: [name]) == nil)
                    let rows = try await installation.write { try PasswordStore($0).rows([name]) }
                    #expect(rows.map(\.credential.attribute) == [expected], "\(name)")
                }
            }
        }
    }

    /// PBKDF2 of "correct horse" with SHA-256, salt "salt", 1000 rounds.
    private static let pbkdf2: String = {
        let hmac = HMACSHA256(key: Array("correct horse".utf8))
        var block = hmac.authenticate(Array("salt".utf8) + [0, 0, 0, 1])
        var result = block
        for _ in 1..<1000 {
            block = hmac.authenticate(block)
            for index in result.indices { result[index] ^= block[index] }
        }
        return Data(result).base64EncodedString()
    }()

    @Test(arguments: PasswordScheme.allCases) func `each scheme makes what verifies`(_ scheme: PasswordScheme) throws {
        let credential = try #require(scheme.credential("Grüße $ % correct"))
        let other = try #require(scheme.credential("Grüße $ % correct"))
        #expect(scheme == .cleartext || credential.value != other.value)
        let stored = try #require(StoredPassword(attribute: credential.attribute, value: credential.value))
        #expect(stored.verify(Array("Grüße $ % correct".utf8)))
        #expect(!stored.verify(Array("Grüße $ % Correct".utf8)))
        #expect(!scheme.replaces(stored))
        #expect(!"\(credential)".contains("correct"))
    }

    @Test(arguments: Engine.available)
    func `a verified password is remembered until it changes`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "bob"))
            let passwords = installation.module.passwords
            #expect(try await passwords.verify("correct horse", of: ["bob"]) == "bob")
            #expect(try await passwords.verify("correct horse", of: ["bob"]) == "bob")
            let credential = try await passwords.hash("another horse")
            try await installation.write { try PasswordStore($0).set(username: "bob", credential: credential, at: 0) }
            #expect(try await passwords.verify("correct horse", of: ["bob"]) == nil)
            #expect(try await passwords.verify("another horse", of: ["bob"]) == "bob")
            try await installation.write { try PasswordStore($0).remove(username: "bob") }
            #expect(try await passwords.verify("another horse", of: ["bob"]) == nil)
            #expect(try await installation.write { try PasswordStore($0).isUsable(username: "bob") } == false)
        }
    }

    @Test func `what is remembered is bounded, ends in time and is told apart by all three parts`() throws {
        let time = NIOLockedValueBox(0.0)
        let cache = VerifiedPasswords(capacity: 2, seconds: 60) { time.withLockedValue { $0 } }
        func row(_ name: String) throws -> PasswordStore.Row {
            let credential = try #require(PasswordScheme.argon2.credential("x"))
            return PasswordStore.Row(
                id: 1, username: name, credential: credential,
                stored: StoredPassword(attribute: credential.attribute, value: credential.value))
        }
        let (bob, eve) = (try row("bob"), try row("eve"))
        cache.insert("one", bob)
        #expect(cache.contains("one", bob))
        #expect(!cache.contains("two", bob) && !cache.contains("one", eve))
        time.withLockedValue { $0 = 61 }
        #expect(!cache.contains("one", bob))
        cache.insert("one", bob)
        cache.insert("two", bob)
        cache.insert("three", bob)
        #expect(!cache.contains("one", bob) && cache.contains("three", bob))
    }

    @Test func `when too many hashes wait the next is refused`() async throws {
        let threads = HashingThreads(threads: 1, capacity: 1)
        defer { threads.stop() }
        let release = DispatchSemaphore(value: 0)
        let started = NIOLockedValueBox(false)
        async let running = threads.run {
            started.withLockedValue { $0 = true }
            release.wait()
            return 1
        }
        #expect(await eventually { started.withLockedValue { $0 } })
        async let waiting = threads.run { 2 }
        #expect(await eventually { threads.waiting == 1 })
        do {
            _ = try await threads.run { 3 }
            Issue.record("there was room for one more")
        } catch let problem as Problem {
            #expect(problem.status == .serviceUnavailable)
            #expect(problem.headers[.retryAfter] != nil)
        }
        release.signal()
        #expect(try await running == 1)
        #expect(try await waiting == 2)
    }

    @Test(arguments: Engine.available)
    func `one changes one's own password with the old one`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "bob"))
            let client = try await installation.client(user)
            let path = "/api/v1/users/user/password/change/"
            let login: JSONValue = ["username": "bob", "password": "correct horse"]
            let here = installation.client.inSession(await installation.client.post("/api/v1/auth/session/", login))
            let there = installation.client.inSession(await installation.client.post("/api/v1/auth/session/", login))
            func body(_ old: JSONValue, _ first: JSONValue, _ second: JSONValue) -> JSONValue {
                ["old_password": old, "new_password1": first, "new_password2": second]
            }
            #expect(await installation.client.post(path, body("correct horse", "another horse", "another horse")).status == 401)
            #expect(
                await client.post(path, body("wrong", "another horse", "another horse")).errors("old_password")
                    == ["Your old password was entered incorrectly. Please enter it again."])
            #expect(
                await client.post(path, body("correct horse", "another horse", "another house")).errors("new_password2")
                    == ["The two password fields didn't match."])
            #expect(await client.post(path, body("correct horse", "12345678", "12345678")).errors("new_password1").isEmpty == false)
            #expect(
                await client.post(path, body("correct horse", "correct horse", "correct horse")).errors("new_password1")
                    == ["New password cannot be the same as your old password."])
            let changed = await here.post(path, body("correct horse", "another horse", "another horse"))
            #expect(changed.status == 200)
            #expect(changed.json == ["detail": "New password has been saved."])
            #expect(try await installation.module.passwords.verify("another horse", of: ["bob"]) == "bob")
            // Other browsers have to log in again; this one and the API token go on.
            #expect(await here.get("/api/v1/auth/sessions/").status == 200)
            #expect(await there.get("/api/v1/auth/sessions/").status == 401)
            #expect(await client.get("/api/v1/auth/sessions/").status == 200)
            let today = Int64(Date().timeIntervalSince1970) / 86_400
            #expect(try await installation.user(user.id)?.passwordUpdated == today)
        }
    }

    @Test(arguments: Engine.available)
    func `an operator sets a password, a user his own with the old one only`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let bob = try await installation.add(User(username: "bob"))
            let client = try await installation.client(bob)
            func path(_ user: User) -> String { "/api/v1/users/user/\(user.id)/password/" }
            let new: JSONValue = ["new_password": "another horse", "confirm_password": "another horse"]
            #expect(
                await root.put(path(bob), ["new_password": "another horse", "confirm_password": "x"]).errors("confirm_password")
                    == ["The two password fields didn't match."])
            #expect(await root.put(path(bob), ["new_password": "bob", "confirm_password": "bob"]).errors("new_password").isEmpty == false)
            let same: JSONValue = ["new_password": "correct horse", "confirm_password": "correct horse"]
            #expect(await root.put(path(bob), same).errors("new_password") == ["New password cannot be the same as your old password."])
            let set = await root.put(path(bob), new)
            #expect(set.status == 200)
            #expect(set.json == ["message": "Password updated successfully", "status": "Success"])

            let again: JSONValue = ["new_password": "third horse", "confirm_password": "third horse"]
            #expect(await client.put(path(bob), again).errors("current_password").count == 1)
            let eve = try await installation.add(User(username: "eve"))
            #expect(await client.put(path(eve), again).status == 403)
            let known: JSONValue = [
                "current_password": "another horse", "new_password": "third horse", "confirm_password": "third horse",
            ]
            #expect(await client.put(path(bob), known).status == 200)
            #expect(try await installation.module.passwords.verify("third horse", of: ["bob"]) == "bob")
        }
    }

    @Test("a stranger cannot have somebody's link lead to himself", arguments: Engine.available)
    func strangeHost(engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "bob", email: "bob@example.org"))
            var stranger = installation.client
            stranger.authority = "evil.example"
            for name in ["bob@example.org", "nobody"] {
                let answer = await stranger.post("/api/v1/users/password/reset/", ["input": .string(name)])
                #expect(answer.status == 503)
                #expect(answer.keys == ["detail"])
            }
            #expect(installation.mail.withLockedValue { $0.isEmpty })
        }
    }

    @Test(arguments: Engine.available)
    func `a reset goes by mail, works once, and tells nobody who exists`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let bob = try await installation.add(User(username: "bob", email: "bob@example.org"))
            try await installation.add(User(username: "gone", email: "gone@example.org", isActive: false))
            try await installation.add(User(username: "external", email: "external@example.org"), password: nil)
            let path = "/api/v1/users/password/reset/"
            for name in ["bob@example.org", "gone", "external", "nobody"] {
                let answer = await installation.client.post(path, ["input": .string(name)])
                #expect(answer.status == 200)
                #expect(answer.json == ["detail": "Password reset e-mail has been sent."])
            }
            #expect(await installation.client.post(path).errors("input") == ["This field is required."])
            let letters = installation.mail.withLockedValue { $0 }
            #expect(letters.map(\.recipient) == ["bob@example.org"])
            let address = letters.first?.action?.address ?? ""
            #expect(address.hasPrefix("http://radian.test/accounts/password/reset/key/\(bob.id)/"))
            let token = address.split(separator: "/").last.map(String.init) ?? ""

            func confirm(_ uid: String, _ token: String, _ first: String, _ second: String) async -> TestAnswer {
                await installation.client.post(
                    path + "confirm/",
                    ["uid": .string(uid), "token": .string(token), "new_password1": .string(first), "new_password2": .string(second)])
            }
            #expect(await confirm("x", token, "another horse", "another horse").errors("uid") == ["Invalid value"])
            #expect(await confirm(bob.id, "x", "another horse", "another horse").errors("token") == ["Invalid value"])
            #expect(await confirm(bob.id, token, "another horse", "x").errors("new_password2").count == 1)
            #expect(await confirm(bob.id, token, "bob", "bob").errors("new_password1").isEmpty == false)
            let digits = bob.id.replacingOccurrences(of: "-", with: "")
            let done = await confirm(digits, token, "another horse", "another horse")
            #expect(done.status == 200)
            #expect(done.json == ["detail": "Password has been reset with the new password."])
            #expect(try await installation.module.passwords.verify("another horse", of: ["bob"]) == "bob")
            #expect(await confirm(bob.id, token, "third horse", "third horse").errors("token") == ["Invalid value"])
        }
    }

    @Test(arguments: Engine.available)
    func `the answer to a reset takes its time, whoever is meant`(_ engine: Engine) async throws {
        try await Installation.with(engine, settings: .quick { $0.passwordResetPause = .milliseconds(300) }) { installation in
            let clock = ContinuousClock()
            let took = await clock.measure {
                _ = await installation.client.post("/api/v1/users/password/reset/", ["input": "nobody"])
            }
            #expect(took >= .milliseconds(300))
        }
    }

    @Test(arguments: Engine.available)
    func `the page of the link takes the new password`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let bob = try await installation.add(User(username: "bob", email: "bob@example.org"))
            _ = await installation.client.post("/api/v1/users/password/reset/", ["input": "bob"])
            let address = installation.mail.withLockedValue { $0.first?.action?.address } ?? ""
            let path = String(address.dropFirst("http://radian.test".count))
            let page = await installation.client.get(path)
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.text.contains("name=\"new_password1\""))
            let weak = await installation.client.post(path, form: [("new_password1", "12345678"), ("new_password2", "12345678")])
            #expect(weak.status == 400)
            #expect(weak.text.contains("role=\"alert\""))
            let set = await installation.client.post(path, form: [("new_password1", "another horse"), ("new_password2", "another horse")])
            #expect(set.status == 200)
            #expect(try await installation.module.passwords.verify("another horse", of: [bob.username]) == "bob")
            let again = await installation.client.post(path, form: [("new_password1", "third horse"), ("new_password2", "third horse")])
            #expect(again.status == 404)
        }
    }

    @Test(arguments: Engine.available)
    func `the page for passwords that are too old asks for the old one`(_ engine: Engine) async throws {
        try await Installation.with(engine, settings: .quick { $0.passwordExpirationDays = 30 }) { installation in
            try await installation.add(User(username: "bob"))
            let path = "/accounts/password/change/"
            let shown = await installation.client.get(path)
            #expect(shown.status == 200)
            #expect(shown.headers[.cacheControl] == "no-store")
            func send(_ current: String, _ first: String, _ second: String) async -> TestAnswer {
                await installation.client.post(
                    path,
                    form: [
                        ("username", "bob"), ("current_password", current), ("new_password1", first), ("new_password2", second),
                    ])
            }
            for answer in [
                await send("wrong", "another horse", "another horse"), await send("correct horse", "another horse", "x"),
                await send("correct horse", "bob", "bob"), await send("correct horse", "correct horse", "correct horse"),
            ] {
                #expect(answer.status == 400)
                #expect(answer.text.contains("role=\"alert\""))
                #expect(answer.text.contains("value=\"bob\""))
                #expect(!answer.text.contains("horse"))
            }
            #expect(await send("correct horse", "another horse", "another horse").status == 200)
            #expect(try await installation.module.passwords.verify("another horse", of: ["bob"]) == "bob")
            #expect(try await installation.module.passwords.verify("correct horse", of: ["bob"]) == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a password that is too old stops sessions until it is changed, not API tokens`(_ engine: Engine) async throws {
        try await Installation.with(engine, settings: .quick { $0.passwordExpirationDays = 30 }) { installation in
            // The fixture's passwords are of 2023.
            let bob = try await installation.add(User(username: "bob"))
            let login = await installation.client.post("/api/v1/auth/session/", ["username": "bob", "password": "correct horse"])
            #expect(login.status == 200)
            #expect(login.json?["user"]?["password_expired"] == true)
            let browser = installation.client.inSession(login)
            let refused = await browser.get("/api/v1/auth/sessions/")
            #expect(refused.status == 403)
            #expect(refused.json?["code"] == "password_expired")
            #expect(refused.keys == ["api_password_change_url", "api_password_reset_url", "code", "detail", "web_password_change_url"])
            #expect(refused.json?["web_password_change_url"] == "http://radian.test/accounts/password/change/")
            #expect(refused.json?["api_password_change_url"] == "http://radian.test/api/v1/users/user/password/change/")
            #expect(await (try installation.client(bob)).get("/api/v1/auth/sessions/").status == 200)
            let changed = await browser.post(
                "/api/v1/users/user/password/change/",
                ["old_password": "correct horse", "new_password1": "another horse", "new_password2": "another horse"])
            #expect(changed.status == 200)
            #expect(await browser.get("/api/v1/auth/sessions/").status == 200)
        }
    }

    @Test func `the age of a password`() {
        var settings = AccountsSettings()
        let day: Int64 = 86_400_000_000
        var user = User(username: "bob", passwordUpdated: 100)
        #expect(!settings.isPasswordExpired(user, at: 10_000 * day))
        settings.passwordExpirationDays = 30
        #expect(!settings.isPasswordExpired(user, at: 130 * day + day - 1))
        #expect(settings.isPasswordExpired(user, at: 131 * day))
        user.isStaff = true
        #expect(settings.isPasswordExpired(user, at: 131 * day))
        settings.staffPasswordExpirationDays = 90
        #expect(!settings.isPasswordExpired(user, at: 131 * day))
        user.passwordUpdated = nil
        #expect(!settings.isPasswordExpired(user, at: 10_000 * day))
    }
}
