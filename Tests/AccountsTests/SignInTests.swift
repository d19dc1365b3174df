import Accounts
import Database
import Digests
import Foundation
import HTTPTypes
import ServerKernel
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Names and passwords, tokens, sessions.
@Suite struct SignInTests {
    @Test(arguments: Engine.available)
    func `user name, e-mail address in any case and telephone number with and without prefix lead to one token`(_ engine: Engine)
        async throws
    {
        let settings = AccountsSettings.quick { $0.phonePrefixes = ["+39"] }
        try await Installation.with(engine, settings: settings) { installation in
            try await installation.add(User(username: "bob", email: "Bob@example.org", phoneNumber: "+393664255801"))
            var tokens: Set<String> = []
            for name in ["bob", "bOB@EXAMPLE.org", "+393664255801", "3664255801", "0039 366 425-5801"] {
                let answer = await installation.client.post(
                    "/api/v1/users/token/", ["username": .string(name), "password": "correct horse"])
                #expect(answer.status == 200, "\(name)")
                #expect(answer.keys == ["token"])
                tokens.insert(answer.json?["token"]?.string ?? "")
            }
            #expect(tokens.count == 1)
            #expect(tokens.allSatisfy { APITokenStore.hasTokenForm($0) })
            #expect(try await installation.write { try UserStore($0).user(named: "bob")?.passwordBasedToken } == true)
            // Names are told apart by case.
            #expect(
                await installation.client.post("/api/v1/users/token/", form: [("username", "BOB"), ("password", "correct horse")]).status
                    == 400)
        }
    }

    @Test(arguments: Engine.available)
    func `wrong, missing and inactive`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "bob"))
            try await installation.add(User(username: "gone", isActive: false))
            try await installation.add(User(username: "late", expiresAt: 1_000_000_000))
            try await installation.add(User(username: "none"), password: nil)
            for (name, password) in [
                ("bob", "wrong"), ("nobody", "correct horse"), ("gone", "correct horse"), ("late", "correct horse"), ("none", ""),
                ("none", "correct horse"), ("bob\u{0}", "correct horse"),
            ] where !password.isEmpty && !name.contains("\u{0}") {
                let answer = await installation.client.post(
                    "/api/v1/users/token/", ["username": .string(name), "password": .string(password)])
                #expect(answer.status == 400, "\(name)")
                #expect(answer.errors("non_field_errors") == ["Unable to log in with provided credentials."], "\(name)")
                #expect(answer.keys == ["non_field_errors"])
            }
            let missing = await installation.client.post("/api/v1/users/token/", ["username": "bob"])
            #expect(missing.status == 400)
            #expect(missing.errors("password") == ["This field is required."])
            #expect(await installation.client.get("/api/v1/users/token/").status == 405)
        }
    }

    @Test(arguments: Engine.available)
    func `of several whom an identifier may mean the first whose password it is and who is active logs in`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            // Older installations have such collisions; new ones are refused.
            try await installation.add(User(username: "a", email: "x@example.org"), password: "first password")
            try await installation.add(User(username: "b"), password: "second password")
            try await installation.write { try $0.script("UPDATE radian_user SET username = 'x@example.org' WHERE username = 'b'") }
            try await installation.write { try $0.script("UPDATE radcheck SET username = 'x@example.org' WHERE username = 'b'") }
            for (password, name) in [("first password", "a"), ("second password", "x@example.org")] {
                let user = try await installation.module.signIn.user(
                    SignInService.Attempt(identifier: "x@example.org", password: password), from: "192.0.2.1")
                #expect(user?.username == name)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `bearer tokens are told apart by form`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let path = "/api/v1/users/user/"
            #expect(await root.get(path).status == 200)
            let anonymous = await installation.client.get(path)
            #expect(anonymous.status == 401)
            #expect(anonymous.headers[.wwwAuthenticate] == "Bearer")
            for token in [
                String(repeating: "0", count: 40), String(repeating: "A", count: 40), "abc", "a.b.c", "a.b", "..",
                "eyJhbGciOiJub25lIn0.e30.", "1d6e0f6a-0a0c-4d0d-8c5a-3a1ac0d0a001 0123456789", String(repeating: "a", count: 5000) + ".b.c",
            ] {
                let answer = await installation.client.bearing(token).get(path)
                #expect(answer.status == 401, "\(token)")
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            }
            var shouting = root
            shouting.headers[.authorization] = root.headers[.authorization]?.replacingOccurrences(of: "Bearer", with: "BEARER")
            #expect(await shouting.get(path).status == 200)
        }
    }

    @Test(arguments: Engine.available)
    func `a replaced token, an inactive user and an ended account are refused at the next request`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "root", isSuperuser: true))
            let client = try await installation.client(user)
            let path = "/api/v1/users/user/"
            #expect(await client.get(path).status == 200)
            let keys = installation.module.keys
            let new = try await installation.write { try APITokenStore($0, key: keys.apiToken(over: $0)).replace(userID: user.id) }
            #expect(await client.get(path).status == 401)
            let renewed = installation.client.bearing(new)
            #expect(await renewed.get(path).status == 200)
            _ = try await installation.write { try UserStore($0).setActive(false, username: "root") }
            #expect(await renewed.get(path).status == 401)
            _ = try await installation.write { try UserStore($0).setActive(true, username: "root") }
            #expect(await renewed.get(path).status == 200)
            try await installation.write { try $0.script("UPDATE radian_user SET expires_at = 1") }
            #expect(await renewed.get(path).status == 401)
        }
    }

    @Test(arguments: Engine.available)
    func `an adopted token stays as it is until it is replaced`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "root", isSuperuser: true))
            let old = "0123456789abcdef0123456789abcdef01234567"
            let keys = installation.module.keys
            let (again, owner, stored) = try await installation.write { connection in
                let store = APITokenStore(connection, key: try keys.apiToken(over: connection))
                try store.adopt(old, userID: user.id)
                return (
                    try store.token(userID: user.id), try store.userID(token: old),
                    try connection.table("SELECT token_sha256 FROM radian_api_token")
                )
            }
            #expect(again == old)
            #expect(owner == user.id)
            #expect(stored != [[old]])
            #expect(await installation.client.bearing(old).get("/api/v1/users/user/").status == 200)
        }
    }

    @Test(arguments: Engine.available)
    func `a browser logs in, needs the CSRF token to change something, and logs out`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "root", isStaff: true, isSuperuser: true))
            let path = "/api/v1/auth/session/"
            let nobody = await installation.client.get(path)
            #expect(nobody.status == 200)
            #expect(nobody.json?["authenticated"] == false)
            #expect(await installation.client.post(path, ["username": "root", "password": "wrong"]).status == 400)

            let answer = await installation.client.post(path, ["username": "root", "password": "correct horse"])
            #expect(answer.status == 200)
            #expect(answer.keys == ["authenticated", "csrf_token", "user"])
            let cookie = answer.headers[.setCookie] ?? ""
            #expect(
                cookie.hasPrefix("sid=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"))
            let browser = installation.client.inSession(answer)
            #expect(await browser.get(path).json?["csrf_token"] == answer.json?["csrf_token"])
            #expect(await browser.get("/api/v1/users/group/").status == 200)
            #expect(await browser.post("/api/v1/users/group/", ["name": "Staff"]).status == 201)

            var forged = browser
            forged.headers[HTTPField.Name(parsed: "x-csrf-token")!] = nil
            let refused = await forged.post("/api/v1/users/group/", ["name": "Thieves"])
            #expect(refused.status == 403)
            #expect(refused.json?["code"] == "csrf_failed")
            forged.headers[HTTPField.Name(parsed: "x-csrf-token")!] = String((answer.json?["csrf_token"]?.string ?? "").reversed())
            #expect(await forged.post("/api/v1/users/group/", ["name": "Thieves"]).status == 403)
            #expect(await forged.get("/api/v1/users/group/").status == 200)

            let crossSite = await installation.client.send(
                .post, path, json: ["username": "root", "password": "correct horse"],
                headers: [HTTPField.Name(parsed: "sec-fetch-site")!: "cross-site"])
            #expect(crossSite.status == 403)

            let out = await browser.delete(path)
            #expect(out.status == 204)
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(await browser.get("/api/v1/users/group/").status == 401)
            #expect(await browser.get(path).json?["authenticated"] == false)
        }
    }

    @Test(arguments: Engine.available)
    func `one ends one's own sessions and nobody else's`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            for name in ["bob", "eve"] { try await installation.add(User(username: name)) }
            func browser(_ name: String) async -> TestClient {
                installation.client.inSession(
                    await installation.client.post(
                        "/api/v1/auth/session/", ["username": .string(name), "password": "correct horse"]))
            }
            let (here, there, eve) = (await browser("bob"), await browser("bob"), await browser("eve"))
            let list = await here.get("/api/v1/auth/sessions/")
            #expect(list.status == 200)
            guard case .array(let entries)? = list.json else { return }
            #expect(entries.count == 2)
            #expect(entries.map { $0["current"] == true }.filter { $0 }.count == 1)
            #expect(entries.first?["client_address"] == "192.0.2.10")
            let other = entries.first { $0["current"] == false }?["id"]?.string ?? ""
            #expect(await eve.delete("/api/v1/auth/sessions/\(other)/").status == 404)
            #expect(await there.get("/api/v1/auth/sessions/").status == 200)
            #expect(await here.delete("/api/v1/auth/sessions/\(other)/").status == 204)
            #expect(await there.get("/api/v1/auth/sessions/").status == 401)
            #expect(await here.get("/api/v1/auth/sessions/").status == 200)
        }
    }

    @Test(arguments: Engine.available)
    func `JSON Web Tokens are got, replaced and revoked, and end with their key`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "root", isSuperuser: true))
            let path = "/api/v1/auth/token/"
            func token() async -> String {
                let answer = await installation.client.post(path, ["username": "root", "password": "correct horse"])
                #expect(answer.status == 200)
                #expect(answer.keys == ["access_token", "expires_in", "jti", "token_type"])
                return answer.json?["access_token"]?.string ?? ""
            }
            let first = await token()
            let client = installation.client.bearing(first)
            #expect(await client.get("/api/v1/users/user/").status == 200)
            #expect(await installation.client.bearing(first + "x").get("/api/v1/users/user/").status == 401)

            let refreshed = await client.post(path + "refresh/")
            #expect(refreshed.status == 200)
            // Requests under way from the same address go on for a moment, others do not.
            #expect(await client.get("/api/v1/users/user/").status == 200)
            var elsewhere = client
            elsewhere.address = "192.0.2.99"
            #expect(await elsewhere.get("/api/v1/users/user/").json?["code"] == "token_revoked")
            #expect(await client.post(path + "refresh/").status == 401)

            let second = installation.client.bearing(refreshed.json?["access_token"]?.string ?? "")
            #expect(await second.get("/api/v1/users/user/").status == 200)
            #expect(await second.delete(path).status == 204)
            let revoked = await second.get("/api/v1/users/user/")
            #expect(revoked.status == 401)
            #expect(revoked.json?["code"] == "token_revoked")

            let third = installation.client.bearing(await token())
            try await installation.write { connection in
                let key = try SigningKeyStore(connection).rotate(graceSeconds: 0)
                try LoginStore(connection).endAll(exceptSignedBy: key)
            }
            #expect(await third.get("/api/v1/users/user/").status == 401)
            #expect(await installation.client.bearing(await token()).get("/api/v1/users/user/").status == 200)
            // With a pause the old key's tokens go on.
            let fourth = installation.client.bearing(await token())
            _ = try await installation.write { try SigningKeyStore($0).rotate(graceSeconds: 600) }
            #expect(await fourth.get("/api/v1/users/user/").status == 200)
        }
    }

    @Test(arguments: Engine.available)
    func `a forged header, claim or signature is refused`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "root", isSuperuser: true))
            let answer = await installation.client.post("/api/v1/auth/token/", ["username": "root", "password": "correct horse"])
            let parts = (answer.json?["access_token"]?.string ?? "").split(separator: ".").map(String.init)
            func part(_ json: JSONValue) -> String { Base64URL.encode(json.bytes) }
            let forgeries = [
                part(["alg": "none", "typ": "JWT", "kid": "1"]) + ".\(parts[1]).",
                part(["alg": "none", "typ": "JWT", "kid": "1"]) + ".\(parts[1]).\(parts[2])",
                part(["alg": "HS512", "typ": "JWT", "kid": "1"]) + ".\(parts[1]).\(parts[2])",
                part(["alg": "HS256", "typ": "JWT", "kid": "1", "crit": ["exp"]]) + ".\(parts[1]).\(parts[2])",
                part(["alg": "HS256", "typ": "JWT", "kid": "99"]) + ".\(parts[1]).\(parts[2])",
                "\(parts[0]).\(part(["sub": "admin:somebody"])).\(parts[2])",
                "\(parts[0]).\(parts[1]).\(Base64URL.encode([UInt8](repeating: 0, count: 32)))",
                "\(parts[0]).\(parts[1]).\(parts[2])=",
            ]
            for token in forgeries {
                #expect(await installation.client.bearing(token).get("/api/v1/users/user/").status == 401, "\(token)")
            }
        }
    }

    @Test(arguments: Engine.available)
    func `tables have no token in clear text`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            try await installation.add(User(username: "root", isSuperuser: true))
            let credentials: JSONValue = ["username": "root", "password": "correct horse"]
            let texts = [
                (await installation.client.post("/api/v1/users/token/", credentials)).json?["token"]?.string,
                (await installation.client.post("/api/v1/auth/token/", credentials)).json?["access_token"]?.string,
                (await installation.client.post("/api/v1/auth/session/", credentials)).headers[.setCookie]?.split(separator: ";").first.map
                {
                    String($0.dropFirst(4))
                },
            ]
            let stored = try await installation.write { connection in
                try ["radian_api_token", "radian_login", "radian_ticket"].flatMap {
                    try connection.table("SELECT * FROM \($0)").flatMap { $0 }
                }
            }
            for text in texts {
                #expect(text?.isEmpty == false)
                #expect(!stored.contains(text ?? ""))
            }
        }
    }

    @Test(arguments: Engine.available)
    func `tickets are taken once, for their purpose, in their time`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "bob"))
            try await installation.write { connection in
                let store = TicketStore(connection)
                let text = try store.make(purpose: .webSocket, userID: user.id, data: "/ws/x/", lifetime: 60)
                #expect(try store.take(text, purpose: .oneTimeLogin) == nil)
                #expect(try store.take(text + "x", purpose: .webSocket) == nil)
                #expect(try store.peek(text, purpose: .webSocket)?.data == "/ws/x/")
                #expect(try store.take(text, purpose: .webSocket)?.userID == user.id)
                #expect(try store.take(text, purpose: .webSocket) == nil)
                let late = try store.make(purpose: .webSocket, userID: user.id, lifetime: -1)
                #expect(try store.take(late, purpose: .webSocket) == nil)
                let withdrawn = try store.make(purpose: .passwordReset, userID: user.id, lifetime: 60)
                try store.removeAll(of: user.id, purpose: .passwordReset)
                #expect(try store.take(withdrawn, purpose: .passwordReset) == nil)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a one-time token is good once, also for an inactive user, who is told so`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "bob", isActive: false))
            let text = try await installation.write {
                try TicketStore($0).make(purpose: .oneTimeLogin, userID: user.id, lifetime: 60)
            }
            var request = WebRequest(
                head: HTTPRequest(
                    method: .post, scheme: "http", authority: "x", path: "/", headerFields: [.authorization: "Sesame \(text)"]))
            let authenticator = installation.module.authenticator
            #expect(try await authenticator.principal(for: request, accepting: [.bearer, .session]) == nil)
            let principal = try await authenticator.principal(for: request, accepting: [.oneTimeToken])
            #expect(principal?.id == user.id)
            #expect(principal?.method == .oneTimeToken)
            #expect(principal?.isActive == false)
            await #expect(throws: Problem.self) { try await authenticator.principal(for: request, accepting: [.oneTimeToken]) }
            request.head.headerFields[.authorization] = "sesame"
            await #expect(throws: Problem.self) { try await authenticator.principal(for: request, accepting: [.oneTimeToken]) }
        }
    }

    @Test(arguments: Engine.available)
    func `too many wrong passwords stop the account at this address, not the address`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            for name in ["bob", "eve"] { try await installation.add(User(username: name), password: "correct horse") }
            let path = "/api/v1/auth/session/"
            for _ in 0..<10 {
                #expect(await installation.client.post(path, ["username": "bob", "password": "wrong"]).status == 400)
            }
            let stopped = await installation.client.post(path, ["username": "bob", "password": "correct horse"])
            #expect(stopped.status == 429)
            #expect(stopped.headers[.retryAfter] != nil)
            #expect(await installation.client.post(path, ["username": "eve", "password": "correct horse"]).status == 200)
            var elsewhere = installation.client
            elsewhere.address = "198.51.100.7"
            #expect(await elsewhere.post(path, ["username": "bob", "password": "correct horse"]).status == 200)
        }
    }

    @Test(arguments: Engine.available)
    func `the twenty-first request of a day is throttled`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            for number in 1...20 {
                let answer = await installation.client.post(
                    "/api/v1/users/token/", ["username": .string("nobody\(number)"), "password": "correct horse"])
                #expect(answer.status == 400)
            }
            let answer = await installation.client.post("/api/v1/users/token/", ["username": "bob", "password": "correct horse"])
            #expect(answer.status == 429)
            #expect(answer.headers[.retryAfter] != nil)
        }
    }

    @Test(arguments: Engine.available)
    func `without the authentication API its routes are not there`(_ engine: Engine) async throws {
        try await Installation.with(engine, settings: .quick { $0.servesAuthentication = false }) { installation in
            for path in ["token/", "password/reset/", "password/reset/confirm/", "user/password/change/"] {
                #expect(await installation.client.post("/api/v1/users/" + path).status == 404, "\(path)")
            }
        }
    }
}
